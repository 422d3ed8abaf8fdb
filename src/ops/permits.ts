/**
 * Lets only so many do something at once.
 *
 * @module
 */

/** How to wait for a permit. */
export interface PermitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait. */
  readonly timeoutMs: number;
  /** What is thrown when they are over. */
  readonly timeout: () => Error;
}

/** A counting semaphore: those who wait come in turn. */
export class Permits {
  #free: number;
  readonly #waiting = new Set<() => void>();

  /** @param count At least 1. */
  constructor(count: number) {
    if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`Cannot give ${count} permits`);
    this.#free = count;
  }

  /** A permit, which is given back by disposing it. */
  async take({ signal, timeoutMs, timeout }: PermitOptions): Promise<AsyncDisposable> {
    signal?.throwIfAborted();
    if (this.#free > 0) {
      this.#free--;
      return this.#permit();
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(signal?.reason);
    const timer = setTimeout(() => reject(timeout()), timeoutMs);
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.add(resolve);
    try {
      await promise;
      return this.#permit();
    } finally {
      this.#waiting.delete(resolve);
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  #permit(): AsyncDisposable {
    let held = true;
    return {
      [Symbol.asyncDispose]: () => {
        if (held) this.#giveBack();
        held = false;
        return Promise.resolve();
      },
    };
  }

  /** Goes to whoever waits longest. Taken out of those who wait at once, so that no two permits go to one. */
  #giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
