/**
 * What landed since: from the ledger, whose ids begin in order and commit in any.
 *
 * @module
 */
import type { LogReader } from "../store/log_reader.ts";
import { type BatchId, type LedgerBatch, OLD_NEWS, type ReadEntry } from "../store/log_rows.ts";
import type { Budget } from "./budget.ts";
import type { TailPoint, TailRequest, TailStep } from "./log_queries.ts";
import { matcherOf } from "./match_query.ts";
import { shifted } from "./position.ts";
import { KeyStream } from "./streams.ts";
import { batchIdAt, msOfBatchId, TAIL_HOUR, TAIL_WINDOW } from "./tail_point.ts";

/** Ledger rows of one question. */
const LEDGER_ROWS = 1_000;
/** Batches whose rows are read together. */
const BATCHES_TOGETHER = 100;
const MINUTE_MS = 60_000;

/** See `LogQueries.tailPoint`. */
export async function readTailPoint(reader: LogReader, budget: Budget): Promise<TailPoint> {
  const position = batchIdAt(await reader.nowMs(budget.bounds));
  const since = atLeast0(position - TAIL_WINDOW);
  const seen = new Set((await ledgerFrom(reader, since, budget)).map(({ id }) => id));
  return { position, since, seen };
}

/** See `LogQueries.tail`. */
export async function readTail(reader: LogReader, request: TailRequest, budget: Budget): Promise<TailStep> {
  const { from, query } = request;
  // The clock first: what the ledger then lacks began later or is not committed, and both are within the next window.
  const now = batchIdAt(await reader.nowMs(budget.bounds));
  const minutePassed = Math.floor(msOfBatchId(now) / MINUTE_MS) > Math.floor(msOfBatchId(from.position) / MINUTE_MS);
  const earlier = now < from.position ? now : from.position;
  const back = earlier - (minutePassed ? TAIL_HOUR : TAIL_WINDOW);
  const unseen = (await ledgerFrom(reader, back > from.since ? back : from.since, budget))
    .filter(({ id }) => !from.seen.has(id));
  const batches: LedgerBatch[] = [];
  let rows = 0;
  for (const batch of unseen) {
    const isNews = !OLD_NEWS.includes(batch.cause);
    if (isNews && batches.length > 0 && rows + batch.entries > budget.rowsLeft) break;
    batches.push(batch);
    if (isNews) rows += batch.entries;
  }
  const more = batches.length < unseen.length;
  const news = batches.filter(({ cause }) => !OLD_NEWS.includes(cause));
  const entries = await rowsOf(reader, news, budget);
  const matches = query === undefined ? () => true : matcherOf(query);
  return {
    entries: entries.filter(matches),
    batches: news,
    point: pointAfter(from, { batches, position: more ? from.position : now }),
    more,
  };
}

function pointAfter(
  { since, seen }: TailPoint,
  { batches, position }: { readonly batches: readonly LedgerBatch[]; readonly position: BatchId },
): TailPoint {
  const forgotten = position - TAIL_HOUR - TAIL_WINDOW;
  const kept = [...seen, ...batches.map(({ id }) => id)].filter((id) => id >= forgotten);
  return { position, since, seen: new Set(kept) };
}

async function ledgerFrom(reader: LogReader, from: BatchId, budget: Budget): Promise<LedgerBatch[]> {
  const batches: LedgerBatch[] = [];
  while (true) {
    const start = batches.length === 0 ? from : batches.at(-1)!.id + 1n;
    const more = await reader.ledger({ from: start, newestFirst: false, limit: LEDGER_ROWS }, budget.bounds);
    batches.push(...more);
    if (more.length < LEDGER_ROWS) return batches;
  }
}

/** The rows of these batches, in their order. A row and its batch are of one transaction: all of them are there. */
async function rowsOf(reader: LogReader, batches: readonly LedgerBatch[], budget: Budget): Promise<ReadEntry[]> {
  const withRows = batches.filter(({ entries }) => entries > 0);
  const { byBatch } = withRows.length === 0 ? { byBatch: true } : await reader.indexes(budget.bounds);
  const entries: ReadEntry[] = [];
  for (let i = 0; i < withRows.length; i += BATCHES_TOGETHER) {
    const together = withRows.slice(i, i + BATCHES_TOGETHER);
    const ids = new Set(together.map(({ id }) => id));
    const byId = new Map<BatchId, ReadEntry[]>();
    const firsts = together.map(({ publishTimeFirst }) => publishTimeFirst!).sort();
    const lasts = together.map(({ publishTimeLast }) => publishTimeLast!).sort();
    const stream = new KeyStream({
      reader,
      way: "newer",
      span: { from: firsts[0]!, to: shifted(lasts.at(-1)!, 1) },
      ...byBatch ? { by: { batches: [...ids] } } : {},
      first: Math.min(together.reduce((sum, batch) => sum + batch.entries, 0) + 1, ROWS_FIRST),
      unbounded: true,
    });
    while (stream.place !== undefined) {
      for (const entry of (await stream.step(budget)).entries) {
        if (entry.batch === undefined || !ids.has(entry.batch)) continue;
        const list = byId.get(entry.batch);
        if (list === undefined) byId.set(entry.batch, [entry]);
        else list.push(entry);
      }
    }
    for (const { id } of together) entries.push(...byId.get(id) ?? []);
  }
  return entries;
}

/** Rows of the first question: one, for most steps. */
const ROWS_FIRST = 2_000;

function atLeast0(id: BatchId): BatchId {
  return id < 0n ? 0n : id;
}
