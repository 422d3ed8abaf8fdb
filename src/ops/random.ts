/**
 * Random numbers: repeatable ones, and those for where any will do.
 *
 * @module
 */

/**
 * A seeded generator: sfc32 of Chris Doty-Humphrey's PractRand, 128 bits of state and a period of at least 2^32.
 * Written here, and not taken from a package, because the same seed has to give the same stream in every release,
 * whatever a package's next version does. Not for secrets.
 */
export class Random {
  #a = 0;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * @param seed A whole number from 0 to 2^32 - 1.
   * @param stream Of the same range: generators of one seed and different streams are independent.
   */
  constructor(seed: number, stream = 0) {
    for (const part of [seed, stream]) {
      if (!(Number.isInteger(part) && part >= 0 && part < 2 ** 32)) {
        throw new RangeError(`Cannot seed: must be a whole number from 0 to ${2 ** 32 - 1}: ${part}`);
      }
    }
    this.#b = seed | 0;
    this.#c = stream | 0;
    // PractRand mixes twelve rounds in before the first number; near seeds begin alike without them.
    for (let round = 0; round < 12; round++) this.uint32();
  }

  /** 0 to 2^32 - 1, evenly. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** 0 to just below 1, evenly. */
  fraction(): number {
    return this.uint32() / 2 ** 32;
  }

  /** 0 to `bound - 1`, as evenly as matters for a bound far below 2^32. */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  /** `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** True in `share` of the calls: never at 0, always at 1. */
  chance(share: number): boolean {
    return this.fraction() < share;
  }

  /** One of the items. */
  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** Random numbers from 0 to just below 1, as whoever needs them is handed them. */
export type Fractions = () => number;

/** Those of a seed: the same for the same seed. */
export function seededFractions(seed: number): Fractions {
  const random = new Random(seed);
  return () => random.fraction();
}

/** Those of the runtime, for where any will do; not for secrets. */
export const anyFractions: Fractions = Math.random;

/** A seed for where any will do. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
