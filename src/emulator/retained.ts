/**
 * Acknowledged messages that are kept, so that a seek can bring them back.
 *
 * @module
 */
import type { MessageLog } from "./message_log.ts";
import { publishTimeMs } from "./messages.ts";

/** One subscription's acknowledged messages, each until it is older than the retention. */
export class Retained {
  readonly #log: MessageLog;
  /** Publish time by position, in the order in which they were acknowledged: about that of publishing. */
  readonly #times = new Map<number, number>();

  constructor(log: MessageLog) {
    this.#log = log;
  }

  get count(): number {
    return this.#times.size;
  }

  /** Keeps an acknowledged message. */
  add(position: number): void {
    this.#times.set(position, publishTimeMs(this.#log.message(position)));
  }

  /** Forgets, and releases, what was published before this time (milliseconds since 1970). */
  expire(beforeMs: number): void {
    for (const [position, time] of this.#times) {
      // The rest is younger, or will be looked at when this one is.
      if (time >= beforeMs) return;
      this.#times.delete(position);
      this.#log.release(position);
    }
  }

  /** Takes out what was published at this time or later. Positions in ascending order. */
  takeSince(timeMs: number): number[] {
    const positions: number[] = [];
    for (const [position, time] of this.#times) {
      if (time < timeMs) continue;
      this.#times.delete(position);
      positions.push(position);
    }
    return positions.sort((a, b) => a - b);
  }
}
