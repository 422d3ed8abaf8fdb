/**
 * Which filters are merged: those of small batches of one hour, so that ten days of flushes every second are not read
 * for one word.
 *
 * @module
 */
import { type FilterRow, isMergeable, mergedFilters } from "../words/word_filter.ts";
import type { BatchId } from "./log_rows.ts";

/** Bits of an id below its milliseconds. */
const BITS_BELOW_MS = 21n;
const HOUR_MS = 3_600_000n;

/** An hour is merged when it is over for so long: an attempt is committed within half a minute. */
const OVER_FOR_MS = 120_000n;
/** And this many hours are looked at; what an instance did not come to within two days stays as it is. */
export const HOURS_BACK = 48n;

/** Fewer filters than this in an hour are not worth it. */
export const FILTERS_MIN = 8;

/** One batch's filter on a day. */
export interface SmallFilter {
  readonly batch: BatchId;
  readonly rows: readonly FilterRow[];
}

/** Several filters in one. */
export interface MergedFilter {
  /** The greatest of the merged ones, under which the rows are. */
  readonly id: BatchId;
  readonly batches: readonly BatchId[];
  readonly rows: readonly FilterRow[];
}

/** The ids of the hours that may be merged: from the first to before the last. */
export function mergeRange(nowMs: number): { readonly from: BatchId; readonly to: BatchId } {
  const hour = (BigInt(nowMs) - OVER_FOR_MS) / HOUR_MS;
  return { from: idOfHour(hour - HOURS_BACK), to: idOfHour(hour) };
}

/** The first id of the hour after the one that an id is of. */
export function nextHour(id: BatchId): BatchId {
  return idOfHour((id >> BITS_BELOW_MS) / HOUR_MS + 1n);
}

function idOfHour(hour: bigint): BatchId {
  return (hour * HOUR_MS) << BITS_BELOW_MS;
}

/** Merges as many as go into one filter, in order; what holds bits stays as it is. */
export function mergeSmall(filters: readonly SmallFilter[]): MergedFilter[] {
  return merged(filters.filter(({ rows }) => rows.length > 0 && isMergeable(rows)));
}

function merged(filters: readonly SmallFilter[]): MergedFilter[] {
  if (filters.length < FILTERS_MIN) return [];
  const rows = mergedFilters(filters.map(({ rows }) => rows));
  if (rows === undefined) {
    // More words than a filter takes.
    const middle = filters.length >> 1;
    return [...merged(filters.slice(0, middle)), ...merged(filters.slice(middle))];
  }
  const batches = filters.map(({ batch }) => batch).sort((a, b) => a < b ? -1 : 1);
  return [{ id: batches.at(-1)!, batches, rows }];
}
