/**
 * How long to wait before another try.
 *
 * @module
 */
import { anyFractions } from "./random.ts";

/** Bounds of a {@linkcode Backoff}, in milliseconds. */
export interface BackoffOptions {
  /** Upper bound of the first wait. */
  readonly firstMs: number;
  /** Upper bound of every later wait; each is twice the one before until then. */
  readonly maxMs: number;
  /** 0 to 1, for tests; default: any. */
  readonly random?: () => number;
}

/**
 * Exponential backoff with jitter over the upper half: many clients that lost the same server come back spread
 * out, and none of them at once.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #boundMs: number;

  constructor(options: BackoffOptions) {
    if (!(options.firstMs > 0 && options.maxMs >= options.firstMs)) {
      throw new RangeError(`Cannot back off: firstMs must be above 0 and at most maxMs: ${options.firstMs}`);
    }
    this.#options = options;
    this.#boundMs = options.firstMs;
  }

  /** The next wait in milliseconds: between half the bound and the bound. */
  next(): number {
    const bound = this.#boundMs;
    this.#boundMs = Math.min(bound * 2, this.#options.maxMs);
    return bound * (0.5 + 0.5 * (this.#options.random ?? anyFractions)());
  }

  /** Starts over, after a success. */
  reset(): void {
    this.#boundMs = this.#options.firstMs;
  }
}
