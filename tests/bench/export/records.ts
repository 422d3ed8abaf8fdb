/**
 * Counts the records of an export as its bytes come. Pure.
 *
 * @module
 */

const [LINE_FEED, QUOTE] = [10, 34];

/** A count of the lines, but for line ends within the quotes of CSV. */
export class Records {
  count = 0;
  bytes = 0;
  readonly #quoting: boolean;
  #quoted = false;

  constructor(format: "ndjson" | "csv") {
    this.#quoting = format === "csv";
  }

  take(part: Uint8Array): void {
    this.bytes += part.length;
    for (let at = 0; at < part.length; at++) {
      const byte = part[at];
      if (byte === LINE_FEED && !this.#quoted) this.count++;
      else if (byte === QUOTE && this.#quoting) this.#quoted = !this.#quoted;
    }
  }
}
