/**
 * What every reader of the logs builds on: API, terminal and page. One contract for all databases; each passes
 * `tests/contract/reading_contract.ts`.
 *
 * The one axis of time is the publish time: the order of pages, the cursor, the histogram's axis. The event's own
 * `timestamp` is shown beside it, and a query may ask for it.
 *
 * @module
 */
import type { Instant, MessageKey, Severity } from "../entry/entry.ts";
import type { BatchCause, BatchId, InstanceState, LedgerBatch, PairCount, ReadEntry } from "../store/log_rows.ts";
import type { DeadLetterFilter, DeadLetterGroup, DeadLetterPage } from "../store/maintenance.ts";
import type { DeadLetterSummary, StoredDeadLetter } from "../store/maintenance.ts";
import type { Cursor } from "./cursor.ts";
import type { Bucket, ClosedRange, HistogramOptions } from "./histogram.ts";
import type { TimeRange } from "./moment.ts";
import type { IndexedWord } from "./plan_query.ts";
import type { Query } from "./query.ts";

/** The most entries of a page, and of either side of an entry. */
export const PAGE_MAX = 1_000;
/** Rows that one request may read in vain, where no index answers. */
export const ROWS_MAX = 200_000;
/** Milliseconds for the same. */
export const BUDGET_MS = 1_000;
/** Milliseconds after which the server itself ends a statement. */
export const TIMEOUT_MS = 10_000;

/** The bounds of one request, for every method. */
export interface ReadOptions {
  /** Gives up at once, and ends the statement on the server: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Whole milliseconds for all of it, at least 1; default {@linkcode TIMEOUT_MS}. Then `ReadTimeoutError`. */
  readonly timeoutMs?: number | undefined;
  /**
   * Milliseconds after which what scans rows answers with what it has; default {@linkcode BUDGET_MS}. Looked at between
   * statements of some thousands of rows.
   */
  readonly budgetMs?: number | undefined;
  /** Rows that may be read for the answer, at least 1; default {@linkcode ROWS_MAX}. */
  readonly rowsMax?: number | undefined;
}

/**
 * What an answer owes to the state of the tables; for people to be told.
 *
 * - `no_index`: the index of services is not built yet; rows were read instead, within the budget.
 * - `unadopted`: part of the range holds rows that an older version stored, which are in no index and no counts yet:
 *   they were read, or, in counts, are missing.
 * - `unfiltered`: batches with too many different words for the word index were read whole.
 * - `hours_only`: some services are counted by the hour only, and their counts stand where their hour begins.
 */
export type Remark = "no_index" | "unadopted" | "unfiltered" | "hours_only";

/** How far an answer looked. */
export interface Looked {
  /**
   * Whether it is the whole answer. `false`: rows or time ran out; what was not looked at is in the range and outside of
   * {@linkcode Looked.covered}.
   */
  readonly complete: boolean;
  /** The part of the range that was looked at. An absent end is open. */
  readonly covered: TimeRange;
  /** Rows of `service_logs` that were read. */
  readonly examined: number;
  /** Each once. */
  readonly remarks: readonly Remark[];
}

/** Which way the entries of a page go. */
export type Order = "newest_first" | "oldest_first";

/** A page that is asked for. */
export interface PageRequest {
  readonly query: Query;
  /** With the query's own ends. Of a walk's later pages the cursor's range counts, and not this one. */
  readonly range: TimeRange;
  readonly order: Order;
  /** 1 to {@linkcode PAGE_MAX}. */
  readonly limit: number;
  /** Of a page of the same query; absent: the walk's first page. */
  readonly cursor?: Cursor | undefined;
}

/** A page. */
export interface Page extends Looked {
  /** In the order asked for, whichever way the cursor went; at most `limit`. */
  readonly entries: readonly ReadEntry[];
  /**
   * Goes on in the order asked for. Absent: the walk is over, in this range. A page that is not complete has one, even
   * without entries.
   */
  readonly next?: Cursor;
  /** Goes back. Absent on a walk's first page, and where the walk is over on this side. */
  readonly previous?: Cursor;
  /** On a walk's first page: where a tail goes on. Read before its rows, so that none is missed between. */
  readonly tail?: TailPoint;
  /** Words of the query that no batch of the range holds, each of which alone means that there is no entry. */
  readonly unknownWords: readonly IndexedWord[];
  /** Why there can be no entry, where two terms exclude each other; a clause for people. */
  readonly nothing?: string;
}

/** The neighbours of an entry. */
export interface AroundRequest {
  readonly key: MessageKey;
  /** Entries before it and after it, each 0 to {@linkcode PAGE_MAX}. */
  readonly before: number;
  readonly after: number;
  /** Only neighbours of the entry's service; default all. */
  readonly sameService?: boolean | undefined;
}

/** An entry with its neighbours. */
export interface Around extends Looked {
  /** Absent where it is not stored; then there are no neighbours either. */
  readonly entry?: ReadEntry;
  /** Oldest first; the last is the entry's next neighbour. */
  readonly before: readonly ReadEntry[];
  /** Oldest first. */
  readonly after: readonly ReadEntry[];
}

/** Services that are asked for, by name. */
export interface ServicesRequest {
  /** Only names that begin so; exact. */
  readonly prefix?: string | undefined;
  /** Only names after this one: the last of the page before. */
  readonly after?: string | undefined;
  /** 1 to {@linkcode PAGE_MAX}. */
  readonly limit: number;
}

/** A service, from `service_severity`. */
export interface ServiceSummary {
  readonly serviceName: string;
  readonly total: number;
  /** Severities without entries are left out. */
  readonly severities: Readonly<Partial<Record<Severity, number>>>;
  /** The publish time of its newest entry; absent where that is not known without reading many rows. */
  readonly lastSeen?: Instant;
}

/** A page of services. */
export interface Services {
  /** Ordered by name, by code points as databases do. */
  readonly services: readonly ServiceSummary[];
  /** Whether there are further ones, after the last. */
  readonly more: boolean;
}

/** Counts by service and severity. */
export interface TotalsRequest {
  readonly query: Query;
  /** Absent: all that is stored, which `service_severity` says by itself. */
  readonly range?: ClosedRange | undefined;
}

/** Counts. */
export interface TotalsAnswer extends Looked {
  /** Their sum. */
  readonly total: number;
  /** Those that are not 0; ordered by service, then by severity's rank. */
  readonly counts: readonly PairCount[];
}

/** A histogram that is asked for. */
export interface HistogramRequest extends Omit<HistogramOptions, "counted"> {
  readonly query: Query;
  readonly range: ClosedRange;
  /** Default `severity`. */
  readonly by?: "severity" | "service" | undefined;
  /** By service: so many of the greatest, and the others as one; 1 to 50, default 10. */
  readonly seriesMax?: number | undefined;
}

/** One colour of a histogram. */
export interface Series {
  /** A severity, or a service; absent: all the others together. */
  readonly name?: string;
  readonly total: number;
  /** One for each bucket. */
  readonly counts: readonly number[];
}

/** Counts over publish time. Exact in what it covers; newest first is how it looks. */
export interface Histogram extends Looked {
  readonly bucketSeconds: number;
  /** Oldest first. */
  readonly buckets: readonly Bucket[];
  /** By severity: all five, by rank. By service: the greatest first. */
  readonly series: readonly Series[];
  readonly total: number;
}

/** Batches that are asked for, newest first. */
export interface LedgerRequest {
  /** By when they were made. */
  readonly range: TimeRange;
  readonly instance?: number | undefined;
  readonly causes?: readonly BatchCause[] | undefined;
  /** Only batches with a smaller id: the last of the page before. */
  readonly before?: BatchId | undefined;
  /** 1 to {@linkcode PAGE_MAX}. */
  readonly limit: number;
}

/** A page of the ledger. */
export interface Ledger {
  /** By id, the greatest first. */
  readonly batches: readonly LedgerBatch[];
  readonly more: boolean;
}

/**
 * Where a tail is: pass on what came back, whole. A point made of a position alone (as `Last-Event-ID` gives it) is
 * `{ position, since: position - TAIL_WINDOW, seen: new Set() }`, made by `tailPointAt`: then what landed up to two
 * minutes before comes again.
 */
export interface TailPoint {
  /** The server's clock at the last look, as an id. */
  readonly position: BatchId;
  /** Batches with smaller ids are none of this tail's. */
  readonly since: BatchId;
  /** Batches of larger ids that were looked at; those older than an hour are forgotten. */
  readonly seen: ReadonlySet<BatchId>;
}

/** What a tail asks for. */
export interface TailRequest {
  readonly from: TailPoint;
  /** Default: everything. */
  readonly query?: Query | undefined;
}

/** What landed. */
export interface TailStep {
  /** Of whole batches, by id, each batch's by key. What `replay`, `restore` and `adopt` stored is not among them. */
  readonly entries: readonly ReadEntry[];
  readonly batches: readonly LedgerBatch[];
  /** From here the next step goes on. */
  readonly point: TailPoint;
  /** `rowsMax` was reached: the next step has more at once. One batch is always told whole. */
  readonly more: boolean;
}

/** The sums that agree at every commit, as one snapshot has them; none of them reads `service_logs`. */
export interface Consistency {
  /** By `service_severity`. */
  readonly counted: number;
  /** By `service_severity_hours`. */
  readonly hours: number;
  /** Rows not yet adopted, which are in no hour, as far as they were counted. */
  readonly unadopted: number;
  /** Whether `unadopted` is all of them. */
  readonly unadoptedComplete: boolean;
  /** Whether `counted` is `hours` and `unadopted` together; `undefined` where that is not known. */
  readonly agree: boolean | undefined;
  /** Of the services and severities for which `counted` is less than `hours`: the first 100. */
  readonly differences: readonly PairDifference[];
}

/** A service and severity whose sums differ. */
export interface PairDifference {
  readonly serviceName: string;
  readonly severity: Severity;
  readonly counted: number;
  readonly hours: number;
}

/**
 * Reads what is stored, within bounds, beside the writers and never in their way: on connections of its own, with a time
 * limit on the server as well.
 *
 * Each method throws `ReadTimeoutError` when its time is over, the signal's reason when that aborts, `StoreError` (as the
 * writers' store does) when the database is away or refuses, and `RangeError` for a number out of its bounds.
 */
export interface LogQueries extends AsyncDisposable {
  /** What it reads from, for people; never a password. */
  readonly address: string;

  /**
   * One page of a walk. A walk returns each entry that was committed before its first page exactly once, and one that
   * lands meanwhile at most once, whatever lands between pages and in whichever direction it turns.
   */
  page(request: PageRequest, options?: ReadOptions): Promise<Page>;
  /** An entry with its neighbours by publish time. */
  around(request: AroundRequest, options?: ReadOptions): Promise<Around>;
  /** One entry, or `undefined` where it is not stored. */
  entry(key: MessageKey, options?: ReadOptions): Promise<ReadEntry | undefined>;
  /** Who logs. */
  services(request: ServicesRequest, options?: ReadOptions): Promise<Services>;
  /** How many, by service and severity: from the counts, or by reading rows where the query has more to it. */
  totals(request: TotalsRequest, options?: ReadOptions): Promise<TotalsAnswer>;
  /** How many over time. A width that there is not, and a range with too many buckets, is for `planHistogram` to say. */
  histogram(request: HistogramRequest, options?: ReadOptions): Promise<Histogram>;
  /** A page of dead letters without their data. */
  deadLetters(page: DeadLetterPage, options?: ReadOptions): Promise<readonly DeadLetterSummary[]>;
  /** How many there are, by reason. */
  deadLetterGroups(filter: DeadLetterFilter, options?: ReadOptions): Promise<readonly DeadLetterGroup[]>;
  /** One dead letter, whole. */
  deadLetter(key: MessageKey, options?: ReadOptions): Promise<StoredDeadLetter | undefined>;
  /** A page of the ledger. */
  ledger(request: LedgerRequest, options?: ReadOptions): Promise<Ledger>;
  /** Where a tail that begins now begins. */
  tailPoint(options?: ReadOptions): Promise<TailPoint>;
  /**
   * What landed since, once: each entry of each batch that commits after the point was made, exactly once along a chain of
   * points, in whichever order transactions commit. Looks at the last two minutes of the server's clock, and once a minute
   * at the last hour.
   */
  tail(request: TailRequest, options?: ReadOptions): Promise<TailStep>;
  /** The monitors, by number. */
  instances(options?: ReadOptions): Promise<readonly InstanceState[]>;
  /** Whether the counts agree, cheaply; `lms verify` reads every row. */
  consistency(options?: ReadOptions): Promise<Consistency>;
}
