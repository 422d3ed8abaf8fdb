/**
 * Looks for the entries of a plan: which streams bring them, and what the answer owes to the state of the tables.
 *
 * @module
 */
import type { MessageKey, Severity } from "../entry/entry.ts";
import {
  type KeySpan,
  type LogReader,
  type PairFilter,
  PAIRS_MAX,
  type RowFilter,
  type Way,
} from "../store/log_reader.ts";
import type { ReadEntry } from "../store/log_rows.ts";
import type { Budget } from "./budget.ts";
import type { Remark } from "./log_queries.ts";
import { Merge, type Merged } from "./merge.ts";
import { WordRow } from "./match_query.ts";
import type { IndexedWord, QueryPlan } from "./plan_query.ts";
import { BatchStream, Covered, KeyStream, type RowStream, ScanStream, SlicedStream } from "./streams.ts";
import { batchIdAt } from "./tail_point.ts";
import { WordStream } from "./word_stream.ts";

/** What to look for, and where. */
export interface SearchOptions<T extends MessageKey> {
  readonly reader: LogReader;
  readonly plan: QueryPlan;
  readonly span: KeySpan;
  readonly way: Way;
  readonly budget: Budget;
  readonly matches: (entry: ReadEntry) => boolean;
  readonly kept: (entry: ReadEntry) => T;
  /** See `MergeOptions.enough`. */
  readonly enough: number;
}

/** What was found. */
export interface Found<T> extends Merged<T> {
  readonly remarks: readonly Remark[];
  readonly unknownWords: readonly IndexedWord[];
}

/** Rows of so few pairs are read from their ranges, whatever words they are to hold. */
const PAIR_ROWS_FEW = 20_000;

/** So many rows that are not adopted are read by themselves. */
const UNADOPTED_FEW = 10_000;

/** A transaction is given up when it is older than 30 s: so far back, in milliseconds, may an id begin that commits now. */
const COMMIT_MS = 60_000;

/** Searches; see {@linkcode Merge} for the order. */
export async function search<T extends MessageKey>(options: SearchOptions<T>): Promise<Found<T>> {
  const { reader, plan, budget } = options;
  const merge = new Merge<T>(options);
  const remarks = new Set<Remark>();
  const indexes = await reader.indexes(budget.bounds);
  const ofPairs = await pairStreams(options, { remarks, indexed: indexes.byService });
  if (ofPairs !== undefined) {
    merge.add(ofPairs);
    return { ...await merge.run(), remarks: [...remarks], unknownWords: [] };
  }
  if (plan.by !== "words" || !indexes.byBatch) {
    if (plan.by === "words") remarks.add("no_index");
    merge.add([wholeStream(options)]);
    return { ...await merge.run(), remarks: [...remarks], unknownWords: [] };
  }
  return await searchWords(options, { merge, remarks });
}

/** The plan's services and severities as ranges of their index; `undefined` where others serve better. */
async function pairStreams<T extends MessageKey>(
  { reader, plan, span, way, budget, enough }: SearchOptions<T>,
  { remarks, indexed }: { readonly remarks: Set<Remark>; readonly indexed: boolean },
): Promise<RowStream[] | undefined> {
  const filter = filterOf(plan);
  if (filter === undefined) return undefined;
  if (!indexed) {
    remarks.add("no_index");
    return undefined;
  }
  const pairs = await reader.pairs(filter, { ...budget.bounds, limit: PAIRS_MAX + 1 });
  if (pairs.length === 0) return [];
  if (pairs.length > PAIRS_MAX) return undefined;
  const rows = pairs.reduce((sum, { count }) => sum + count, 0);
  if (plan.by === "words" && rows > PAIR_ROWS_FEW) return undefined;
  const first = plan.residual.length === 0 && Number.isFinite(enough) ? { first: enough } : {};
  const hours = await reader.countedHours(budget.bounds);
  const reading = (slice: KeySpan) => new KeyStream({ reader, way, span: slice, by: { pairs }, ...first });
  return [hours === undefined ? reading(span) : new SlicedStream({ reader, way, span, hours, reading })];
}

/** All rows, by the key. */
function wholeStream(
  { reader, plan, span, way, enough }: Pick<SearchOptions<MessageKey>, "reader" | "plan" | "span" | "way" | "enough">,
): RowStream {
  const filter = rowFilterOf(plan);
  if (filter.contains.length > 0 || filterOf(plan) !== undefined) return new ScanStream({ reader, way, span, filter });
  const first = plan.residual.length === 0 && Number.isFinite(enough) ? { first: enough } : {};
  return new KeyStream({ reader, way, span, ...first });
}

/** The same, and of its words the longest, which the database can look for in a row. */
function rowFilterOf(plan: QueryPlan): RowFilter & { readonly contains: readonly string[] } {
  const words = plan.residual.flatMap((term) => term.kind === "text" && !term.negated ? new WordRow(term).words : []);
  const longest = [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, CONTAINED_MAX);
  return { ...filterOf(plan), contains: longest };
}

/** Each is looked for in every row. */
const CONTAINED_MAX = 2;

/** What the plan asks of services and severities; `undefined`: nothing. */
export function filterOf({ services, exceptServices, severities }: QueryPlan): PairFilter | undefined {
  const all = services === undefined && exceptServices.length === 0 && severities.length === SEVERITY_COUNT;
  return all ? undefined : { services, exceptServices, severities: severities as readonly Severity[] };
}

const SEVERITY_COUNT = 5;

/**
 * By the word index, and beside it by reading the rows that are not adopted, which no filter knows. What is adopted while
 * the search runs may be seen by neither: batches that adopted are read at the end.
 */
async function searchWords<T extends MessageKey>(
  { reader, plan, span, way, budget }: SearchOptions<T>,
  { merge, remarks }: { readonly merge: Merge<T>; readonly remarks: Set<Remark> },
): Promise<Found<T>> {
  const filter = rowFilterOf(plan);
  const within = { span: { from: span.from, to: span.to }, limit: UNADOPTED_FEW + 1 };
  const unadopted = await reader.unadopted(within, budget.bounds);
  let adoptedFrom: bigint | undefined;
  if (unadopted > UNADOPTED_FEW) {
    // Nearly all that there is, just after an upgrade: no index has them in an order that every database can stop in.
    remarks.add("unadopted");
    merge.add([wholeStream({ reader, plan, span, way, enough: Infinity })]);
    return { ...await merge.run(), remarks: [...remarks], unknownWords: [] };
  }
  if (unadopted > 0) {
    remarks.add("unadopted");
    adoptedFrom = batchIdAt(await reader.nowMs(budget.bounds) - COMMIT_MS);
    merge.add([new ScanStream({ reader, way, span, filter, by: { unadopted: true } })]);
  }
  const days = await reader.filterDays(budget.bounds);
  const covered = new Covered();
  const words = days && new WordStream({ reader, way, span, filter, words: plan.words, days, covered });
  if (words !== undefined) merge.add([words]);
  let merged = await merge.run();
  while (adoptedFrom !== undefined) {
    const question = { from: adoptedFrom, causes: ["adopt"] as const, newestFirst: false, limit: ADOPTED_MAX };
    const adopted = await reader.ledger(question, budget.bounds);
    if (adopted.length === 0) break;
    adoptedFrom = adopted.at(-1)!.id + 1n;
    const streams = adopted.flatMap(({ id, entries, publishTimeFirst: first, publishTimeLast: last }) =>
      first === undefined || last === undefined ? [] : [
        new BatchStream({ reader, way, span, filter, covered, batch: { id, first, last, entries, unfiltered: false } }),
      ]
    );
    merge.add(streams);
    merged = await merge.run();
  }
  if (words?.sawUnfiltered === true) remarks.add("unfiltered");
  const over = words === undefined || words.place === undefined;
  const unknownWords = !over || unadopted > 0 ? [] : words?.unknownWords ?? plan.words.slice(0, 1);
  return { ...merged, remarks: [...remarks], unknownWords };
}

/** Batches of 5,000 rows each that are adopted while a search runs. */
const ADOPTED_MAX = 100;
