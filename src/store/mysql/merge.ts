/**
 * Merges the filters of small batches in a MySQL or MariaDB database.
 *
 * @module
 */
import type { BatchId } from "../log_rows.ts";
import { FILTERS_MIN, mergeRange, mergeSmall, nextHour, type SmallFilter } from "../merge_plan.ts";
import { insertFilters } from "./insert.ts";
import { type Elsewhere, locked } from "./lock.ts";
import { serverNow } from "./migrate.ts";
import type { MysqlSession } from "./session.ts";
import { statementBytesMax } from "./statement_size.ts";

/** Batches whose own filter has their words, all of one day of publish time. */
const UNMERGED = "word_filter = id AND DATE(publish_time_first) = DATE(publish_time_last)";

/** What merging needs. */
export interface MergeOptions {
  readonly elsewhere: Elsewhere;
  /** Where the last call came to; the first looks at all hours. */
  readonly since: BatchId | undefined;
}

/** What a call did. */
export interface MergeResult {
  /** Filters that were merged into others. */
  readonly merged: number;
  /** For the next call; `undefined`: no hour is left. */
  readonly next: BatchId | undefined;
}

/** Merges the filters of one hour, see `Maintenance.mergeFilters`. */
export async function mergeHour(
  session: MysqlSession,
  { elsewhere, since }: MergeOptions,
): Promise<MergeResult | "busy"> {
  const range = mergeRange(await serverNow(session));
  const from = since === undefined || since < range.from ? range.from : since;
  const [first] = await session.values(
    `SELECT CAST(MIN(id) AS CHAR) FROM batches WHERE id >= ${from} AND id < ${range.to} AND ${UNMERGED}`,
  );
  if (first === null || first === undefined) return { merged: 0, next: undefined };
  const to = nextHour(BigInt(String(first)));
  const lock = { name: "merge", waitSeconds: 0, elsewhere } as const;
  const merged = await locked(session, lock, async ({ confirm }) => {
    await session.begin();
    await confirm();
    const batches = await session.tuples(
      `SELECT CAST(id AS CHAR), DATE_FORMAT(publish_time_first, '%Y-%m-%d') FROM batches \
WHERE id >= ${first} AND id < ${to} AND ${UNMERGED} ORDER BY id FOR UPDATE`,
    );
    let count = 0;
    for (const [day, own] of Map.groupBy(batches, ([, day]) => String(day))) {
      const ids = own.map(([id]) => BigInt(String(id)));
      if (ids.length >= FILTERS_MIN) count += await mergeDay(session, { day, ids });
    }
    await session.change("COMMIT");
    return count;
  });
  return merged === undefined ? "busy" : { merged, next: to };
}

async function mergeDay(
  session: MysqlSession,
  { day, ids }: { readonly day: string; readonly ids: readonly BatchId[] },
): Promise<number> {
  const filters = new Map<BatchId, SmallFilter["rows"][number][]>(ids.map((id) => [id, []]));
  const rows = await session.tuples(
    `SELECT CAST(batch AS CHAR), level, chunk, bits FROM word_filters WHERE day = '${day}' \
AND batch BETWEEN ${ids[0]} AND ${ids.at(-1)}`,
  );
  for (const [batch, level, chunk, bits] of rows) {
    filters.get(BigInt(String(batch)))?.push({
      level: Number(level),
      chunk: Number(chunk),
      bits: new Uint8Array(bits as Uint8Array),
    });
  }
  let count = 0;
  for (const merged of mergeSmall([...filters].map(([batch, rows]) => ({ batch, rows })))) {
    const list = merged.batches.join(",");
    await session.change(`DELETE FROM word_filters WHERE day = '${day}' AND level < 0 AND batch IN (${list})`);
    const options = { bytesMax: statementBytesMax(session), batch: merged.id };
    for (const sql of insertFilters(merged.rows.map((row) => ({ day, ...row })), options)) await session.change(sql);
    await session.change(`UPDATE batches SET word_filter = ${merged.id} WHERE id IN (${list})`);
    count += merged.batches.length;
  }
  return count;
}
