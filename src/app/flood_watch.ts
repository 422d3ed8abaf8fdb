/**
 * Notices when much of what comes is no log entry.
 *
 * @module
 */
import type { DeadLetterReason } from "../entry/entry.ts";
import { looksLike } from "../entry/foreign.ts";
import type { Log } from "../ops/logger.ts";
import type { Flush } from "../pipeline.ts";

/** A few are noise, and a tenth of all may be one service that is wrong: more than both is a flood. */
const UNDECODABLE_MIN = 20;
const UNDECODABLE_PART_MIN = 0.1;

/** How long messages are counted together, and how long a warning stays alone, in milliseconds. */
const WINDOW_MS = 60_000;

/** How many of a batch's messages are looked at for what they are. */
const LOOKED_AT_MAX = 20;

/** Warns of a flood of messages that do not decode, with the reasons, at most once a minute. */
export class FloodWatch {
  readonly #log: Log;
  #since = -Infinity;
  #told = false;
  #messages = 0;
  readonly #reasons = new Map<DeadLetterReason, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Takes a batch into account. */
  flushed({ size, undecodable }: Pick<Flush, "size" | "undecodable">): void {
    const now = performance.now();
    const over = now - this.#since >= WINDOW_MS;
    // What came during a window that nobody was told of says nothing of the next one.
    if (over && !this.#told) this.#begin(now);
    this.#messages += size;
    for (const { reason } of undecodable) this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    if (this.#told && !over) return;
    const count = [...this.#reasons.values()].reduce((sum, n) => sum + n, 0);
    const flood = count >= UNDECODABLE_MIN && count > UNDECODABLE_PART_MIN * this.#messages;
    if (flood) this.#tell(count, undecodable.slice(0, LOOKED_AT_MAX).map(({ data }) => data));
    if (flood || this.#told) this.#begin(now);
    this.#told = flood;
  }

  #tell(count: number, samples: readonly Uint8Array[]): void {
    const format = samples.map(looksLike).find((name) => name !== undefined);
    this.#log.warn("many messages are no log entries: they are kept as dead letters", {
      messages: this.#messages,
      undecodable: count,
      reasons: Object.fromEntries(this.#reasons),
      ...(format === undefined ? {} : { looks_like: format }),
    });
  }

  #begin(now: number): void {
    this.#since = now;
    this.#messages = 0;
    this.#reasons.clear();
  }
}
