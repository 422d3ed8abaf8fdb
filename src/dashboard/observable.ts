/**
 * Values that are watched.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";

/** A value, and those who want to know when it changes. */
export class Observable<T> {
  #value: T;
  readonly #watchers = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** @returns Ends it. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }
}

/** What it is now; the component is drawn again when that changes. */
export function useObservable<T>(observable: Observable<T>): T {
  const [, redraw] = useState({});
  useEffect(() => {
    const seen = observable.value;
    const end = observable.watch(() => redraw({}));
    return (Object.is(seen, observable.value) || redraw({}), end);
  }, [observable]);
  return observable.value;
}
