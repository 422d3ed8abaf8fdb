/**
 * Whether the words of every row are found by the filter of its batch: the same for every store, which answers what is
 * asked here.
 *
 * @module
 */
import { eachHashOf, type WordSource } from "../words/batch_words.ts";
import { FILTER_WORDS_MAX, filterOf, type FilterRow, LEVELS, mayHold, probesOf } from "../words/word_filter.ts";
import { type FilterRecord, SCAN_LEVEL } from "./batch_record.ts";
import type { BatchId } from "./log_rows.ts";

/** A filter by which some word is not found that a row has. */
export interface DamagedFilter {
  /** The batch that it is of; of merged ones the last. */
  readonly batch: BatchId;
  readonly day: string;
  /** Words that are not found. */
  readonly missing: number;
}

/** What the check asks a store for. */
export type FilterQuestion =
  /** The next batches of the ledger that hold entries, by id. */
  | { readonly ask: "ledger"; readonly after: BatchId; readonly limit: number }
  /** Some of the rows of these batches, the first and the last among them, by batch and key, from after that one on. */
  | {
    readonly ask: "rows";
    readonly batches: BatchRange;
    readonly after: BatchSource | undefined;
    readonly limit: number;
  }
  /** The rows of `word_filters` of a day and of these numbers. */
  | { readonly ask: "filters"; readonly day: string; readonly numbers: BatchRange };

/** Batches from the first to the last. */
export type BatchRange = readonly [first: BatchId, last: BatchId];

/** A row's batch, words and key. */
export interface BatchSource extends WordSource {
  readonly batch: BatchId;
  readonly messageId: string;
}

/** A row of the ledger: which batch, how many entries, and the number of its filter. */
export interface FilteredBatch {
  readonly id: BatchId;
  readonly entries: number;
  readonly number: BatchId | null;
}

/** A row of `word_filters`. */
export interface NumberedFilterRow extends FilterRow {
  readonly number: BatchId;
}

/** What a store answers. */
export type FilterAnswer = readonly FilteredBatch[] | readonly BatchSource[] | readonly NumberedFilterRow[];

const BATCHES_AT_ONCE = 500;
/** Entries whose words are held at once, but for one batch that has more. */
const ENTRIES_AT_ONCE = 10_000;
/** A row has at most 64 KiB of payload. */
const ROWS_AT_ONCE = 500;

/** The check, one question at a time: asked synchronously or not, it is the same. */
export function* checkFilters(): Generator<FilterQuestion, DamagedFilter[], FilterAnswer> {
  const damaged = new Map<string, { batch: BatchId; day: string; missing: number }>();
  for (let after: BatchId = 0n;;) {
    const ledger = (yield { ask: "ledger", after, limit: BATCHES_AT_ONCE }) as readonly FilteredBatch[];
    if (ledger.length === 0) return [...damaged.values()];
    let entries = 0;
    const end = ledger.findIndex((batch) => (entries += batch.entries) > ENTRIES_AT_ONCE);
    const group = end === -1 ? ledger : ledger.slice(0, Math.max(end, 1));
    after = group.at(-1)!.id;
    for (const { batch, day, missing } of yield* checkGroup(group)) {
      const known = damaged.get(`${batch} ${day}`)?.missing ?? 0;
      damaged.set(`${batch} ${day}`, { batch, day, missing: missing + known });
    }
  }
}

function* checkGroup(group: readonly FilteredBatch[]): Generator<FilterQuestion, DamagedFilter[], FilterAnswer> {
  const numberOf = new Map(group.map(({ id, number }) => [id, number]));
  // Without a filter a batch has no number, and nothing is found by it.
  const without = new Set(group.filter(({ number }) => number === null).map(({ id }) => id));
  const days = yield* wordsOf([group[0]!.id, group.at(-1)!.id], (batch) => {
    const number = numberOf.get(batch);
    return number === undefined ? undefined : number ?? batch;
  });
  const damaged: DamagedFilter[] = [];
  for (const [day, words] of days) {
    const numbers = [...words.keys()].sort((a, b) => a < b ? -1 : 1);
    const range = [numbers[0]!, numbers.at(-1)!] as const;
    const rows = (yield { ask: "filters", day, numbers: range }) as readonly NumberedFilterRow[];
    const filters = Map.groupBy(rows, ({ number }) => number);
    for (const number of numbers) {
      const filter = without.has(number) ? [] : filters.get(number) ?? [];
      if (filter.some(({ level }) => level === SCAN_LEVEL)) continue;
      let missing = 0;
      for (const hash of words.get(number)!) if (!mayHold(filter, probesOf(hash))) missing++;
      if (missing > 0) damaged.push({ batch: number, day, missing });
    }
  }
  return damaged;
}

type NumberOf = (batch: BatchId) => BatchId | undefined;

/** The distinct words of batches, by day and by the number of the filter that they are to be in. */
function* wordsOf(
  batches: BatchRange,
  numberOf: NumberOf,
): Generator<FilterQuestion, Map<string, Map<BatchId, Set<number>>>, FilterAnswer> {
  const days = new Map<string, Map<BatchId, Set<number>>>();
  let after: BatchSource | undefined;
  while (true) {
    const rows = (yield { ask: "rows", batches, after, limit: ROWS_AT_ONCE }) as readonly BatchSource[];
    for (const row of rows) {
      const number = numberOf(row.batch);
      if (number === undefined) continue;
      eachHashOf(row, (hash) => {
        const day = row.publishTime.slice(0, 10);
        let words = days.get(day);
        if (words === undefined) days.set(day, words = new Map());
        const own = words.get(number);
        if (own === undefined) words.set(number, new Set([hash]));
        else own.add(hash);
      });
    }
    if (rows.length < ROWS_AT_ONCE) return days;
    after = rows.at(-1)!;
  }
}

/**
 * The filter of a day anew, of the batches that share it: rows to be written over what is there. What there is beside
 * them does no harm.
 */
export function* filterAnew(
  batches: readonly BatchId[],
  day: string,
): Generator<FilterQuestion, FilterRecord[], FilterAnswer> {
  const words = new Set<number>();
  for (const batch of batches) {
    const days = yield* wordsOf([batch, batch], () => batch);
    for (const hash of days.get(day)?.get(batch) ?? []) words.add(hash);
  }
  if (words.size > FILTER_WORDS_MAX) return [{ day, level: SCAN_LEVEL, chunk: 0, bits: new Uint8Array() }];
  return filterOf(Uint32Array.from(words)).map((row) => ({ day, ...row }));
}

/** SQL that finds the rows of filters by the key of `word_filters`, in which their number comes last. */
export function filterCondition([first, last]: BatchRange): string {
  const chunksOf = (level: number) => level > 0 ? 2 ** level : level === SCAN_LEVEL ? 1 : 4 ** (-level - 1);
  const levels = [SCAN_LEVEL, ...LEVELS].map((level) =>
    `(level = ${level} AND chunk IN (${Array.from({ length: chunksOf(level) }, (_, i) => i).join()}))`
  );
  return `(${levels.join(" OR ")}) AND batch BETWEEN ${first} AND ${last}`;
}
