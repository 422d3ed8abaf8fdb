/**
 * Ids of the ledger, each made anew for its transaction.
 *
 * @module
 */
import type { BatchId } from "./log_rows.ts";

/** Instances that may have a number at once: 12 bits. */
export const INSTANCES_MAX = 4_096;

const SEQUENCE_BITS = 9n;
const SEQUENCE_MAX = 2 ** 9 - 1;
const INSTANCE_BITS = 12n;

/** A clock that is behind by more, in milliseconds, was set: then it counts, and not what it said before. */
const BEHIND_MAX_MS = 60_000;

/** The ids that one instance gives. */
export class LedgerIds {
  #ms = -Infinity;
  #sequence = 0;

  /**
   * The next id: greater than the last of this instance, unless the clock was set back.
   *
   * @param nowMs By the database's clock, in milliseconds since 1970.
   * @param instance The instance's number.
   */
  next(nowMs: number, instance: number): BatchId {
    if (nowMs > this.#ms || nowMs < this.#ms - BEHIND_MAX_MS) {
      this.#ms = nowMs;
      this.#sequence = 0;
    } else if (++this.#sequence > SEQUENCE_MAX) {
      this.#ms++;
      this.#sequence = 0;
    }
    return (((BigInt(this.#ms) << INSTANCE_BITS) | BigInt(instance)) << SEQUENCE_BITS) | BigInt(this.#sequence);
  }
}

/** When an id was given, in milliseconds since 1970. */
export function idTimeMs(id: BatchId): number {
  return Number(id >> (INSTANCE_BITS + SEQUENCE_BITS));
}
