/**
 * What every store promises. Each implementation passes `tests/contract/store_contract.ts`.
 *
 * @module
 */
import type { DeadLetter, Instant, LogEntry, MessageKey, Severity } from "../entry/entry.ts";
import type { BatchCause } from "./log_rows.ts";

/**
 * What the caller should do about a failed operation:
 *
 * - `retry`: run the same write again soon (deadlock, lock timeout);
 * - `reconnect`: the database is away or not writable; wait until {@linkcode Store.probe} succeeds, then run it again;
 * - `reject`: the database refuses some of these rows and always will; find them and park them;
 * - `oversized`: no row is wrong, there are too many for one transaction; write fewer at once;
 * - `fatal`: no retry and no waiting helps (wrong password, missing table); stop and tell the operator.
 */
export type Disposition = "retry" | "reconnect" | "reject" | "oversized" | "fatal";

/** A failed store operation, classified. `message` never holds a password; `cause` is the driver's error. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly disposition: Disposition;
  constructor(message: string, options: { readonly disposition: Disposition; readonly cause: unknown }) {
    super(message, { cause: options.cause });
    this.disposition = options.disposition;
  }
}

/** What one transaction writes. Order does not matter; keys may repeat, in one list or across the two. */
export interface WriteBatch {
  readonly entries: readonly LogEntry[];
  readonly deadLetters: readonly DeadLetter[];
  /** Why it is written, for the ledger; default `count`. */
  readonly cause?: BatchCause;
  /** Of its messages' data and attributes, for the ledger; default 0. */
  readonly bytes?: number;
}

/** What an instance holds, as the others may know. */
export interface HeldState {
  /** Messages received and not settled. */
  readonly held: number;
  /** Their bytes. */
  readonly heldBytes: number;
  /** The earliest publish time among them. */
  readonly oldestPublishTime?: Instant | undefined;
}

/** What one transaction did. `stored + deadLettered + duplicates` is the number of items in the batch. */
export interface WriteResult {
  /** Entries that this transaction added to `service_logs`, and counted. */
  readonly stored: number;
  /** Dead letters that this transaction added to `dead_letters`. */
  readonly deadLettered: number;
  /** Items that changed nothing, because their message was settled before or came twice in the batch. */
  readonly duplicates: number;
  /** Entries of the batch that this transaction added, or `"all"` where that is every one; in no particular order. */
  readonly landed: "all" | readonly LogEntry[];
}

/** A row of `service_logs`. */
export interface StoredEntry extends LogEntry {
  /** When the transaction that stored it ran. */
  readonly createdAt: Instant;
}

/** A row of `service_severity`. */
export interface SeverityCount {
  readonly serviceName: string;
  readonly severity: Severity;
  readonly count: number;
}

/** How many rows each table holds. */
export interface Totals {
  readonly entries: number;
  /** The sum of `count` over `service_severity`; equals `entries` (invariant 3). */
  readonly counted: number;
  readonly deadLetters: number;
}

/** Reads what is stored. All values of one call come from one consistent snapshot. */
export interface EntryReader {
  /** The rows of `service_logs` with these keys, in key order; keys that are not stored are left out. */
  entriesByKey(keys: readonly MessageKey[]): Promise<StoredEntry[]>;
  /** `service_severity`, ordered by service (binary order), then by severity's rank. */
  severityCounts(): Promise<SeverityCount[]>;
  /** Counts all three tables. Reads every row: not for a hot path. */
  totals(): Promise<Totals>;
}

/** A migration that {@linkcode Store.migrate} applied or would apply. */
export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * Entries, their counts and dead letters in one database. Opening connects to nothing by itself where the
 * database is a server; `probe` is the first to do so. Safe for concurrent use by `writers` callers.
 */
export interface Store extends EntryReader, AsyncDisposable {
  /** Where it writes, for people: scheme, host, database or path; never a password. */
  readonly address: string;

  /**
   * Writes a batch in one transaction: all or none. A message that is stored already, as an entry or as a dead
   * letter of any status, changes nothing, so that running a write again is always safe.
   *
   * @param options.signal Abandons the wait, and the write rejects with its reason. The commit may still have happened;
   * a later write finds that out.
   * @throws {StoreError} See {@linkcode Disposition}. After a throw nothing of the batch is known to be stored.
   */
  write(batch: WriteBatch, options: { readonly signal: AbortSignal }): Promise<WriteResult>;

  /**
   * Succeeds when the database answers and can be written to.
   *
   * @throws {StoreError} `reconnect` while it is away or read-only, `fatal` where waiting does not help.
   */
  probe(): Promise<void>;

  /**
   * Says that this instance is there, and what it holds, in its row of `instances`: outside of any batch, and at most
   * once at a time. Returns at once and never throws; what fails is made good by the next call. A store that nobody
   * calls this for has a row once it has written.
   */
  report(state: HeldState): void;

  /**
   * Brings the schema up to date under a lock, so that two instances may start at once. Creates the database itself
   * where it is missing and the user may do that.
   *
   * @param options.dryRun Reports what would be applied and applies nothing.
   * @returns The migrations applied, in order; empty when the schema was current.
   * @throws {StoreError} `fatal` when the schema is newer than this program knows, or a right is missing; the message
   * then says what an administrator can run.
   */
  migrate(options: { readonly dryRun: boolean }): Promise<AppliedMigration[]>;

  /** Ends every connection; idempotent. Writes under way fail with `reconnect`. */
  [Symbol.asyncDispose](): Promise<void>;
}
