/**
 * What operators do with a store, beside the writing: check it, repair its counters, and see to its dead letters. Every
 * implementation passes `tests/contract/store_contract.ts`.
 *
 * @module
 */
import type {
  DeadLetter,
  DeadLetterReason,
  DeadLetterStatus,
  Instant,
  LogEntry,
  MessageKey,
  Severity,
} from "../entry/entry.ts";
import type { DamagedFilter } from "./filter_check.ts";
import type { SeverityCount, Store } from "./store.ts";
import type { TimeDifference } from "./time_check.ts";

/**
 * The smallest packet that a database must take, in bytes. Pub/Sub takes messages of 10,000,000 bytes with up to 100
 * attributes of 256 + 1,024 bytes, 128,000 in all, and a dead letter keeps both whole in one statement. An attribute is
 * reckoned three-fold, as for any text; detail, times and the statement itself stay under 12,000 bytes.
 */
export const PACKET_BYTES_MIN = 10_000_000 + 3 * 128_000 + 12_000;

/** What a database says about itself, as far as a plan depends on it. */
export interface StoreFacts {
  /** Kind and version, for people: `MySQL 9.7.4`, `MariaDB 10.11.18`, `SQLite 3.50.0`. */
  readonly server: string;
  /** The largest statement that it takes, in bytes; `undefined` where there is no such limit. */
  readonly packetBytesMax: number | undefined;
  /** Whether it refuses what does not fit a column, rather than changing it, on connections of this store. */
  readonly strict: boolean;
  /** The version that its schema has. */
  readonly schemaVersion: number;
}

/** A service and severity for which the two tables disagree. */
export interface CountDifference {
  readonly serviceName: string;
  readonly severity: Severity;
  /** Rows of `service_logs`. */
  readonly stored: number;
  /** What `service_severity` says. */
  readonly counted: number;
}

/** What one consistent snapshot shows. In order when `differences`, `times` and `filters` are
 * empty and `inBoth` is 0. */
export interface Verification {
  /** Rows of `service_logs`. */
  readonly entries: number;
  /** The sum of `count` over `service_severity`. */
  readonly counted: number;
  readonly deadLetters: Readonly<Record<DeadLetterStatus, number>>;
  /** Ordered by service, by code points as databases do, then by severity's rank. */
  readonly differences: readonly CountDifference[];
  /** Where the counts by minute and by hour disagree with the rows that have a batch; the first 1,000 of each kind. */
  readonly times: readonly TimeDifference[];
  /**
   * Filters by which some word of a row is not found. `undefined`: not looked at, for want of the index by which a
   * batch's rows are found.
   */
  readonly filters: readonly DamagedFilter[] | undefined;
  /** Rows of a version that gave them no batch, and that are not adopted yet. That is no difference. */
  readonly unadopted: number;
  /** Messages that are an entry and also a dead letter that was not replayed (against invariant 2). */
  readonly inBoth: number;
  /** Rows of `service_logs` per service and severity, in the same order. */
  readonly stored: readonly SeverityCount[];
  /** Those of them that were dead letters before and were replayed, likewise. */
  readonly replayed: readonly SeverityCount[];
  /** Dead letters of any status per reason; reasons without any are left out. */
  readonly reasons: Readonly<Partial<Record<DeadLetterReason, number>>>;
}

/** A row of `dead_letters` without its data. */
export interface DeadLetterSummary extends Omit<DeadLetter, "data" | "attributes"> {
  readonly status: DeadLetterStatus;
  /** Bytes of its data. */
  readonly bytes: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** A row of `dead_letters`. */
export interface StoredDeadLetter extends DeadLetterSummary, DeadLetter {}

/** Which dead letters; what is left out does not restrict. */
export interface DeadLetterFilter {
  readonly statuses?: readonly DeadLetterStatus[];
  readonly reason?: DeadLetterReason;
  /** Only those published then or later. */
  readonly since?: Instant;
  /** Only those with one of these keys: found by the primary key, where there are at most 1,000 of them. */
  readonly keys?: readonly MessageKey[];
  readonly messageIds?: readonly string[];
}

/** A part of the dead letters that a filter admits, in order. */
export interface DeadLetterPage extends DeadLetterFilter {
  /** Whether the last published come first; by default they come last. */
  readonly newestFirst?: boolean;
  /** Only those that come after this key: the last of the page before. */
  readonly after?: MessageKey;
  /** At most so many, at least 1. */
  readonly limit: number;
}

/** Dead letters that share a reason. */
export interface DeadLetterGroup {
  readonly reason: DeadLetterReason;
  readonly count: number;
  /** The publish times of the oldest and of the newest. */
  readonly oldest: Instant;
  readonly newest: Instant;
}

/** What {@linkcode Maintenance.replay} did. Every entry is in one of the three. */
export interface ReplayResult {
  /** Moved to `service_logs` and counted. */
  readonly replayed: readonly MessageKey[];
  /** Had no dead letter, or one that was replayed before: nothing to do. */
  readonly settled: readonly MessageKey[];
  /** Refused by the database, with its words; their dead letters stay as they are. */
  readonly refused: readonly { readonly key: MessageKey; readonly detail: string }[];
}

/** How far work in the background came: `busy`: the table, or another instance, was in its way; ask again later. */
export type Progress = "done" | "busy";

/** What operators do with a store. Safe beside writers, in this process and in others. */
export interface Maintenance {
  /** What the database says about itself. @throws {StoreError} */
  facts(): Promise<StoreFacts>;

  /**
   * Runs a trial write and rolls it back; warns of rights that are missing and will be needed later.
   *
   * @throws {StoreError} `fatal`, with the remedy, when a right is missing.
   */
  rehearse(): Promise<void>;

  /**
   * Compares the tables in one consistent snapshot. Reads every row.
   *
   * @throws {StoreError}
   */
  verify(): Promise<Verification>;

  /**
   * Finds the differences in one snapshot and adds them to the counters, as deltas: what writers count meanwhile stays
   * counted. One repair at a time, over all processes.
   *
   * @returns The snapshot, with the differences that were put right.
   * @throws {StoreError} `retry` when another repair is under way.
   */
  repair(): Promise<Verification>;

  /** Dead letters in key order, without their data. @throws {StoreError} */
  listDeadLetters(page: DeadLetterPage): Promise<DeadLetterSummary[]>;

  /** How many dead letters the filter admits. @throws {StoreError} */
  countDeadLetters(filter: DeadLetterFilter): Promise<number>;

  /** The dead letters that the filter admits, by reason, in no order; reasons without any are left out. @throws {StoreError} */
  groupDeadLetters(filter: DeadLetterFilter): Promise<DeadLetterGroup[]>;

  /** The dead letters with these keys, whole, in key order; keys without one are left out. @throws {StoreError} */
  deadLettersByKey(keys: readonly MessageKey[]): Promise<StoredDeadLetter[]>;

  /**
   * Moves dead letters to `service_logs`: inserts the entries, counts them, and marks their dead letters `replayed`, in
   * one transaction. Open and dropped ones are replayed. Where the database refuses entries, the others are moved in
   * further transactions.
   *
   * @param entries What the dead letters have become, by the same keys, which must differ.
   * @throws {StoreError} After a throw some may be replayed; running it again is safe.
   */
  replay(entries: readonly LogEntry[]): Promise<ReplayResult>;

  /**
   * Marks open dead letters `dropped`: settled for good, also when their messages come again. A transaction takes 500.
   *
   * @returns The keys of those that were open and are now dropped, in key order.
   * @throws {StoreError} After a throw some may be dropped; running it again is safe.
   */
  drop(keys: readonly MessageKey[]): Promise<MessageKey[]>;

  /** Whether the indexes are there by which rows are read. Until then readers scan. @throws {StoreError} */
  indexed(): Promise<boolean>;

  /**
   * Builds the indexes by which rows are read, beside writers, however long that takes; waits a second for the table.
   *
   * @throws {StoreError}
   */
  buildIndexes(): Promise<Progress>;

  /**
   * Adopts rows that a version without batches stored: at most 5,000 in one transaction, the last published first, which
   * become a batch of their own, are counted by minute and hour, and found by their words. Needs the indexes.
   *
   * @returns How many; 0 when none is left.
   * @throws {StoreError}
   */
  adopt(): Promise<number | "busy">;

  /**
   * Merges the filters of small batches of an hour that is over into one, so that fewer are read for a word: one hour in
   * one transaction. A batch that was merged says so in its row of the ledger.
   *
   * @returns How many were merged, at least 1 while there are hours to look at; 0 when none is left.
   * @throws {StoreError}
   */
  mergeFilters(): Promise<number | "busy">;
}

/** A store with everything that operators need. */
export interface MaintainedStore extends Store, Maintenance {}
