/**
 * What a transaction writes beside its rows, the same for every store: its row of the ledger, its words and its counts.
 *
 * @module
 */
import type { LogEntry } from "../entry/entry.ts";
import type { BatchWords } from "../words/batch_words.ts";
import { countByTime, type Counts, type MinuteServices } from "./counts.ts";
import type { BatchCause, BatchId } from "./log_rows.ts";

/** Stands in `word_filters` for a batch of too many words: whatever is looked for, its rows are read. */
export const SCAN_LEVEL = 0;

/** An attempt that is older, in milliseconds, is not committed: a tail looks back two minutes, and no further. */
export const ATTEMPT_MS_MAX = 30_000;

/** A row of `word_filters`. */
export interface FilterRecord {
  readonly day: string;
  readonly level: number;
  readonly chunk: number;
  readonly bits: Uint8Array;
}

/** Everything of a transaction but its rows. */
export interface BatchRecord {
  readonly id: BatchId;
  readonly instance: number;
  readonly cause: BatchCause;
  readonly entries: number;
  readonly deadLetters: number;
  readonly duplicates: number;
  readonly bytes: number;
  /** From the transaction's begin until now. */
  readonly writeMs: number;
  readonly publishTimeFirst: string | null;
  readonly publishTimeLast: string | null;
  /** Sorted by key. */
  readonly filters: readonly FilterRecord[];
  readonly counts: Counts;
}

/** What is known of a transaction when its rows have landed. */
export interface LandedBatch
  extends Pick<BatchRecord, "id" | "instance" | "cause" | "deadLetters" | "bytes" | "writeMs"> {
  /** Entries that landed, sorted by key. */
  readonly entries: readonly LogEntry[];
  /** Items that were to be written. */
  readonly items: number;
  /** The words of the entries. */
  readonly words: BatchWords;
}

/** The record of a transaction. */
export function batchRecord(landed: LandedBatch, services: MinuteServices): BatchRecord {
  const { id, instance, cause, entries, deadLetters, bytes, writeMs, items, words } = landed;
  const counts = countByTime(entries, services);
  return {
    id,
    instance,
    cause,
    entries: entries.length,
    deadLetters,
    duplicates: items - entries.length - deadLetters,
    bytes,
    writeMs: Math.round(writeMs),
    publishTimeFirst: entries[0]?.publishTime ?? null,
    publishTimeLast: entries.at(-1)?.publishTime ?? null,
    filters: filterRecords(words, entries),
    // What is adopted was counted, as a whole, by the version that stored it.
    counts: cause === "adopt" ? { ...counts, totals: [] } : counts,
  };
}

/** The filters of entries, by day; of too many words, a mark for each day. */
export function filterRecords(words: BatchWords, entries: readonly LogEntry[]): FilterRecord[] {
  const filters = words.filters();
  if (filters !== "scan") return filters.flatMap(({ day, rows }) => rows.map((row) => ({ day, ...row })));
  const days = new Set(entries.map(({ publishTime }) => publishTime.slice(0, 10)));
  return [...days].map((day) => ({ day, level: SCAN_LEVEL, chunk: 0, bits: new Uint8Array() }));
}
