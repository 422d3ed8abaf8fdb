/**
 * Merges the filters of small batches in an SQLite database.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import type { BatchId } from "../log_rows.ts";
import { FILTERS_MIN, mergeRange, mergeSmall, nextHour, type SmallFilter } from "../merge_plan.ts";
import { INSERT_FILTER } from "./record.ts";
import { inTransaction } from "./transaction.ts";

/** Batches whose own filter has their words, all of one day of publish time. */
const UNMERGED = "word_filter = id AND substr(publish_time_first, 1, 10) = substr(publish_time_last, 1, 10)";

/** What a call did. */
export interface MergeResult {
  /** Filters that were merged into others. */
  readonly merged: number;
  /** For the next call; `undefined`: no hour is left. */
  readonly next: BatchId | undefined;
}

/** Merges the filters of one hour, see `Maintenance.mergeFilters`. @param since Where the last call came to. */
export function mergeHour(db: DatabaseSync, since: BatchId | undefined): MergeResult {
  return inTransaction(db, () => {
    const now = db.prepare("SELECT CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER) AS ms").get();
    const range = mergeRange(Number(now?.ms));
    const from = since === undefined || since < range.from ? range.from : since;
    const row = db.prepare(
      `SELECT CAST(MIN(id) AS TEXT) AS first FROM batches WHERE id >= ? AND id < ? AND ${UNMERGED}`,
    ).get(from, range.to);
    if (row === undefined || row.first === null) return { merged: 0, next: undefined };
    const first = BigInt(String(row.first));
    const to = nextHour(first);
    const batches = db.prepare(
      `SELECT CAST(id AS TEXT) AS id, substr(publish_time_first, 1, 10) AS day FROM batches
       WHERE id >= ? AND id < ? AND ${UNMERGED} ORDER BY id`,
    ).all(first, to);
    let merged = 0;
    for (const [day, own] of Map.groupBy(batches, ({ day }) => String(day))) {
      const ids = own.map(({ id }) => BigInt(String(id)));
      if (ids.length >= FILTERS_MIN) merged += mergeDay(db, { day, ids });
    }
    return { merged, next: to };
  });
}

function mergeDay(
  db: DatabaseSync,
  { day, ids }: { readonly day: string; readonly ids: readonly BatchId[] },
): number {
  const filters = new Map<BatchId, SmallFilter["rows"][number][]>(ids.map((id) => [id, []]));
  const rows = db.prepare(
    `SELECT CAST(batch AS TEXT) AS batch, level, chunk, bits FROM word_filters WHERE day = ? AND batch BETWEEN ? AND ?`,
  ).all(day, ids[0]!, ids.at(-1)!);
  for (const { batch, level, chunk, bits } of rows) {
    filters.get(BigInt(String(batch)))?.push({
      level: Number(level),
      chunk: Number(chunk),
      bits: new Uint8Array(bits as Uint8Array),
    });
  }
  const remove = db.prepare("DELETE FROM word_filters WHERE day = ? AND level < 0 AND batch = ?");
  const insert = db.prepare(INSERT_FILTER);
  const update = db.prepare("UPDATE batches SET word_filter = ? WHERE id = ?");
  let count = 0;
  for (const merged of mergeSmall([...filters].map(([batch, rows]) => ({ batch, rows })))) {
    for (const batch of merged.batches) remove.run(day, batch);
    for (const { level, chunk, bits } of merged.rows) insert.run(day, level, chunk, merged.id, bits);
    for (const batch of merged.batches) update.run(merged.id, batch);
    count += merged.batches.length;
  }
  return count;
}
