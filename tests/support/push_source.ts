/**
 * An async iterable that yields what a test pushes, when the test pushes it.
 *
 * @module
 */

/**
 * Yields pushed values in order, then waits for more. Its `return()` never answers, like a generator's that is
 * waiting for its next value: who leaves it must not wait for it.
 */
export class PushSource<T> implements AsyncIterable<T> {
  /** How often a value was asked for. */
  reads = 0;
  /** Whether `return()` was called. */
  left = false;
  readonly #values: T[] = [];
  #ending: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** Values that were pushed and not asked for. */
  get waiting(): number {
    return this.#values.length;
  }

  push(...values: T[]): void {
    this.#values.push(...values);
    this.#wake?.();
  }

  /** Ends the iteration after what was pushed. */
  end(): void {
    this.#ending ??= {};
    this.#wake?.();
  }

  /** Fails the iteration after what was pushed. */
  fail(error: unknown): void {
    this.#ending ??= { error };
    this.#wake?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return {
      next: async () => {
        this.reads++;
        while (this.#values.length === 0 && this.#ending === undefined) {
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
        if (this.#values.length > 0) return { done: false, value: this.#values.shift()! };
        if ("error" in this.#ending!) throw this.#ending.error;
        return { done: true, value: undefined };
      },
      return: () => {
        this.left = true;
        return new Promise(() => {});
      },
    };
  }
}
