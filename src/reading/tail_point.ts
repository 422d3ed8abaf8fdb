/**
 * Where a tail begins, from a position alone.
 *
 * @module
 */
import type { BatchId } from "../store/log_rows.ts";
import type { TailPoint } from "./log_queries.ts";

/** Bits of a batch's id below its milliseconds: 12 of the instance's number, 9 of the sequence. */
const BITS_BELOW_MS = 21n;

/** How far back a tail looks at each step, as a difference of ids: two minutes. */
export const TAIL_WINDOW: BatchId = 120_000n << BITS_BELOW_MS;
/** And once a minute: an hour. */
export const TAIL_HOUR: BatchId = 3_600_000n << BITS_BELOW_MS;

/** The smallest id of a moment, in milliseconds since 1970. */
export function batchIdAt(ms: number): BatchId {
  return BigInt(ms) << BITS_BELOW_MS;
}

/** When a batch of this id began, by the database's clock, in milliseconds since 1970. */
export function msOfBatchId(id: BatchId): number {
  return Number(id >> BITS_BELOW_MS);
}

/** A tail's point from its position: what landed up to two minutes before it comes again. */
export function tailPointAt(position: BatchId): TailPoint {
  const since = position - TAIL_WINDOW;
  return { position, since: since < 0n ? 0n : since, seen: new Set() };
}
