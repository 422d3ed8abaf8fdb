/**
 * What readers get of each table, whatever the database.
 *
 * @module
 */
import type { Instant, LogEntry, Severity } from "../entry/entry.ts";

/**
 * The id of a row of the ledger, `batches`: 42 bits of milliseconds since 1970 by the database's clock, 12 bits of
 * the instance's number, 9 bits of a sequence. Greater ids began later; they may commit in another order.
 */
export type BatchId = bigint;

/** A row of `service_logs`, as it is shown. */
export interface ReadEntry extends LogEntry {
  /** When the transaction that stored it ran. */
  readonly createdAt: Instant;
  /** As they were published; none for a message without, and for rows stored before attributes were. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The transaction that stored it; `undefined` for a row that is not yet adopted. */
  readonly batch: BatchId | undefined;
}

/** Why a transaction was made: a flush's trigger, or what else stores entries. */
export const BATCH_CAUSES = ["count", "bytes", "interval", "end", "split", "replay", "restore", "adopt"] as const;

/** See {@linkcode BATCH_CAUSES}. */
export type BatchCause = typeof BATCH_CAUSES[number];

/** The causes that bring rows which were known before, and so no news to a tail. */
export const OLD_NEWS: readonly BatchCause[] = ["replay", "restore", "adopt"];

/** A row of the ledger: one transaction that stored something. */
export interface LedgerBatch {
  readonly id: BatchId;
  /** Number of the instance, from 0. */
  readonly instance: number;
  readonly createdAt: Instant;
  readonly cause: BatchCause;
  /** Entries that landed. */
  readonly entries: number;
  readonly deadLetters: number;
  readonly duplicates: number;
  /** Of its messages' data and attributes. */
  readonly bytes: number;
  /** From the transaction's begin to this row's insert, in milliseconds. */
  readonly writeMs: number;
  /** Of the entries that landed; absent where none did. */
  readonly publishTimeFirst?: Instant;
  readonly publishTimeLast?: Instant;
}

/** How many rows there are of one service and severity, of any lane. */
export interface PairCount {
  readonly serviceName: string;
  readonly severity: Severity;
  readonly count: number;
}

/** A row of `instances`: a monitor, and what it holds. */
export interface InstanceState {
  readonly number: number;
  readonly name: string;
  readonly version: string;
  readonly startedAt: Instant;
  /** Brought up to date every 10 s while it runs. */
  readonly seenAt: Instant;
  readonly heldMessages: number;
  readonly heldBytes: number;
  /** The oldest publish time that it has received and not settled; absent where it holds none. */
  readonly oldestUnsettled?: Instant;
}

/**
 * A read took longer than its time: the server was told to stop it. Nothing is wrong with the database; ask for less,
 * or give it longer.
 */
export class ReadTimeoutError extends Error {
  override readonly name = "ReadTimeoutError";
}
