/**
 * What reading asks of a database: few questions, each answered by an index or within a number of rows. How they make
 * pages, searches and histograms is `src/reading/`'s business, once for all databases.
 *
 * Each answer is one statement, and so of one moment; two answers may be of two. What that means for a reader is said
 * where it matters.
 *
 * @module
 */
import type { Instant, MessageKey, Severity } from "../entry/entry.ts";
import type { LevelProbe } from "../words/word_filter.ts";
import type { BatchCause, BatchId, InstanceState, LedgerBatch, PairCount, ReadEntry } from "./log_rows.ts";
import type { DeadLetterFilter, DeadLetterGroup, DeadLetterPage } from "./maintenance.ts";
import type { DeadLetterSummary, StoredDeadLetter } from "./maintenance.ts";

/** The bounds of one question. */
export interface ReadBounds {
  /** Gives up at once: the question rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Whole milliseconds, at least 1; then `ReadTimeoutError`. A server ends the statement by itself. */
  readonly timeoutMs: number;
}

/** Which way rows are read. */
export type Way = "older" | "newer";

/** A stretch of keys; absent ends are open. */
export interface KeySpan {
  readonly from?: Instant | undefined;
  /** Not in it. */
  readonly to?: Instant | undefined;
  /** Only keys that lie beyond this one, in the way that is read. */
  readonly beyond?: MessageKey | undefined;
}

/** One service with one severity: a range of the index. */
export interface Pair {
  readonly serviceName: string;
  readonly severity: Severity;
}

/** Which services and severities; what is left out does not restrict. */
export interface PairFilter {
  readonly services?: readonly string[] | undefined;
  readonly exceptServices?: readonly string[] | undefined;
  readonly severities?: readonly Severity[] | undefined;
}

/** Which rows of a scan are wanted. What it lets through may be more. */
export interface RowFilter extends PairFilter {
  /**
   * Folded texts, each of which an entry's folded payload contains. Where both are ASCII the database itself knows that, and
   * where nothing in the payload folds to ASCII; what else is not ASCII is let through, because it folds otherwise.
   */
  readonly contains?: readonly string[] | undefined;
}

/** Rows by key. */
export interface RowsQuestion {
  readonly span: KeySpan;
  readonly way: Way;
  /** At least 1. */
  readonly limit: number;
  /**
   * By which index: `pairs`, of at most {@linkcode PAIRS_MAX}, needs `byService`; `batches`, of at most
   * {@linkcode BATCHES_MAX}, and `unadopted` need `byBatch`. Absent: by key, every row.
   */
  readonly by?:
    | { readonly pairs: readonly Pair[] }
    | { readonly batches: readonly BatchId[] }
    | { readonly unadopted: true }
    | undefined;
}

/** The most ranges of one question; beyond, opening them costs more than reading rows. */
export const PAIRS_MAX = 300;
/** The most batches of one question. */
export const BATCHES_MAX = 1_000;

/** Rows by key of which only some are wanted. */
export interface ScanQuestion {
  readonly span: KeySpan;
  readonly way: Way;
  /** Rows to look at, at least 1. */
  readonly rows: number;
  readonly filter: RowFilter;
  /** By an index, see {@linkcode RowsQuestion.by}; of `batches` all rows are looked at. */
  readonly by?: { readonly batches: readonly BatchId[] } | { readonly unadopted: true } | undefined;
}

/** The most rows that a scan returns: then it ends with the last of them, however many it was to look at. */
export const SCANNED_MAX = 2_000;

/** What a scan found. */
export interface Scanned {
  readonly entries: readonly ReadEntry[];
  /** Rows looked at. */
  readonly examined: number;
  /** The last of them; absent: the span is over. */
  readonly last?: MessageKey;
}

/** A batch that may hold what is looked for. */
export interface Candidate {
  readonly id: BatchId;
  /** Of its entries' publish times. */
  readonly first: Instant;
  readonly last: Instant;
  /** How many entries landed. */
  readonly entries: number;
  /** Its words were too many for a filter: its rows are read whatever is looked for. */
  readonly unfiltered: boolean;
}

/** What has been built of the indexes. */
export interface ReaderIndexes {
  readonly byService: boolean;
  readonly byBatch: boolean;
}

/** Counts that are asked for. */
export interface CountsQuestion extends PairFilter {
  /** `minutes` and `hours` count whole ones: both ends lie between two. */
  readonly source: "rows" | "minutes" | "hours";
  readonly from: Instant;
  /** Not in it. */
  readonly to: Instant;
  /** What they are summed up by, beside the bucket. */
  readonly by: "severity" | "service" | "pair";
  /** Buckets of so many seconds from a moment on; absent: one for all. */
  readonly buckets?: { readonly start: Instant; readonly seconds: number } | undefined;
}

/** Rows of a part of one minute, by what the minute counts less what lies beside that part. */
export interface MinutePartQuestion extends PairFilter {
  /** The whole minute. */
  readonly minute: { readonly from: Instant; readonly to: Instant };
  /** In the minute. */
  readonly from: Instant;
  /** Not in it. */
  readonly to: Instant;
  readonly by: CountsQuestion["by"];
}

/** A count. */
export interface BucketCount {
  /** From 0. */
  readonly bucket: number;
  /** Absent where it is not summed up by it. */
  readonly serviceName?: string;
  readonly severity?: Severity;
  readonly count: number;
}

/** A part of the ledger, in the order of ids. */
export interface LedgerQuestion {
  /** Ids from this one on. */
  readonly from?: BatchId | undefined;
  /** Only smaller ids. */
  readonly to?: BatchId | undefined;
  readonly instance?: number | undefined;
  readonly causes?: readonly BatchCause[] | undefined;
  readonly newestFirst: boolean;
  /** At least 1. */
  readonly limit: number;
}

/** Services with their counts. */
export interface ServicesQuestion {
  readonly prefix?: string | undefined;
  readonly after?: string | undefined;
  /** Services, at least 1. */
  readonly limit: number;
}

/** The sums of {@linkcode LogReader.sums}, of one moment. */
export interface Sums {
  readonly counted: number;
  readonly hours: number;
  /** Rows not adopted, at most {@linkcode UNADOPTED_COUNT_MAX}; `undefined` where no index says. */
  readonly unadopted: number | undefined;
  /** Of services and severities for which the two differ, at most 100: first those with more in the hours. */
  readonly differences: readonly (Pair & { readonly counted: number; readonly hours: number })[];
}

/** As far as rows that are not adopted are counted. */
export const UNADOPTED_COUNT_MAX = 100_000;

/**
 * Reads a database that others write. Safe for concurrent use; more questions than it has connections wait their turn, in
 * their own time.
 *
 * Each method throws `ReadTimeoutError`, the signal's reason, or `StoreError`.
 */
export interface LogReader extends AsyncDisposable {
  /** For people; never a password. */
  readonly address: string;

  /** Which indexes can be used. Remembered, once they are built. */
  indexes(bounds: ReadBounds): Promise<ReaderIndexes>;
  /** The database's clock, in milliseconds since 1970. */
  nowMs(bounds: ReadBounds): Promise<number>;

  /** Rows, in the way asked for; fewer than `limit`: the span is over. */
  rows(question: RowsQuestion, bounds: ReadBounds): Promise<readonly ReadEntry[]>;
  /** Looks at rows one after the other. */
  scan(question: ScanQuestion, bounds: ReadBounds): Promise<Scanned>;
  /** Rows with these keys, at most 1,000; keys that are not stored are left out. */
  rowsByKey(keys: readonly MessageKey[], bounds: ReadBounds): Promise<readonly ReadEntry[]>;
  /** How many rows of the span are not adopted, counted up to `limit`; needs `byBatch`. */
  unadopted(question: { readonly span: KeySpan; readonly limit: number }, bounds: ReadBounds): Promise<number>;

  /** The pairs of `service_severity` with their counts, in the order of services, at most `limit` of them. */
  pairs(filter: PairFilter, options: ReadBounds & { readonly limit: number }): Promise<readonly PairCount[]>;
  /** The same, whole services at a time. */
  services(question: ServicesQuestion, bounds: ReadBounds): Promise<readonly PairCount[]>;
  /** The newest row of each of these pairs in its span, at most {@linkcode PAIRS_MAX}; needs `byService`. */
  newest(
    pairs: readonly (Pair & { readonly span: KeySpan })[],
    bounds: ReadBounds,
  ): Promise<readonly (Pair & { readonly publishTime: Instant })[]>;
  /** The first and the last hour that is counted. */
  countedHours(bounds: ReadBounds): Promise<{ readonly first: Instant; readonly last: Instant } | undefined>;
  /** Sums that are not 0. Rows that are not adopted are in no minute and no hour. */
  counts(question: CountsQuestion, bounds: ReadBounds): Promise<readonly BucketCount[]>;
  /**
   * Sums that are not 0, in bucket 0, a name maybe twice, and how many rows were counted for them. Rows that are not adopted
   * are not in them. `undefined`: minute and rows do not say it, because the minute does not name all of its services, or
   * rows are gone and it is not.
   */
  minutePart(
    question: MinutePartQuestion,
    bounds: ReadBounds,
  ): Promise<{ readonly counts: readonly BucketCount[]; readonly examined: number } | undefined>;

  /** The first and the last day that has word filters, `YYYY-MM-DD`. */
  filterDays(bounds: ReadBounds): Promise<{ readonly first: string; readonly last: string } | undefined>;
  /**
   * The batches with entries whose filter of one of these days may hold a word, see `probesOf()`, and those without one. In
   * no order, and twice where both days say so.
   */
  candidates(
    question: { readonly probes: readonly LevelProbe[]; readonly days: readonly string[] },
    bounds: ReadBounds,
  ): Promise<readonly Candidate[]>;

  /** Rows of the ledger. */
  ledger(question: LedgerQuestion, bounds: ReadBounds): Promise<readonly LedgerBatch[]>;
  instances(bounds: ReadBounds): Promise<readonly InstanceState[]>;
  sums(bounds: ReadBounds): Promise<Sums>;

  /** Like `Maintenance.listDeadLetters` and the others of its kind, of the store. */
  deadLetters(page: DeadLetterPage, bounds: ReadBounds): Promise<readonly DeadLetterSummary[]>;
  deadLetterGroups(filter: DeadLetterFilter, bounds: ReadBounds): Promise<readonly DeadLetterGroup[]>;
  deadLetter(key: MessageKey, bounds: ReadBounds): Promise<StoredDeadLetter | undefined>;
}
