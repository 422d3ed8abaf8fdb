/**
 * The part of a transaction that comes after its rows: ledger, words and counts, in the order in which every transaction
 * takes locks.
 *
 * @module
 */
import type { LogEntry } from "../../entry/entry.ts";
import { BatchWords } from "../../words/batch_words.ts";
import { ATTEMPT_MS_MAX, type BatchRecord, batchRecord } from "../batch_record.ts";
import type { MinuteServices } from "../counts.ts";
import type { LedgerIds } from "../ledger_id.ts";
import type { BatchCause, BatchId } from "../log_rows.ts";
import { StoreError } from "../store.ts";
import { ER_DUP_ENTRY } from "./error_numbers.ts";
import { serverErrorNumber } from "./errors.ts";
import { addCounts, addHours, addMinutes, insertBatch, insertFilters } from "./insert.ts";
import { serverNow } from "./migrate.ts";
import type { MysqlSession } from "./session.ts";
import { statementBytesMax } from "./statement_size.ts";

/** Who writes, for all transactions of a store. */
export interface Recorder {
  /** The number that the instance has claimed. */
  readonly instance: number;
  readonly ids: LedgerIds;
  readonly services: MinuteServices;
}

/** What is written, whatever of it lands. */
export interface Recorded {
  readonly cause: BatchCause;
  readonly bytes: number;
  /** Items of the batch, repeated ones among them. */
  readonly items: number;
}

/** One try at a transaction, from its begin to its commit. */
export class Attempt {
  readonly id: BatchId;
  readonly words = new BatchWords();
  readonly session: MysqlSession;
  readonly #recorder: Recorder;
  readonly #begunAt: number;

  private constructor({ session, recorder, id, begunAt }: {
    readonly session: MysqlSession;
    readonly recorder: Recorder;
    readonly id: BatchId;
    readonly begunAt: number;
  }) {
    this.session = session;
    this.#recorder = recorder;
    this.id = id;
    this.#begunAt = begunAt;
  }

  /** Begins a transaction, and makes its id by the database's clock. */
  static async begin(session: MysqlSession, recorder: Recorder): Promise<Attempt> {
    const begunAt = performance.now();
    await session.begin();
    const id = recorder.ids.next(await serverNow(session), recorder.instance);
    return new Attempt({ session, recorder, id, begunAt });
  }

  /** Takes the words of an entry that is being inserted. */
  readonly add = (entry: LogEntry): void => this.words.add(entry);

  /**
   * Records what landed, and commits; nothing where nothing did.
   *
   * @throws {StoreError} When it took so long that a tail might no longer see it: `oversized` where it can be written in
   * parts, `retry` where it cannot.
   */
  async commit(
    { entries, deadLetters }: { readonly entries: readonly LogEntry[]; readonly deadLetters: number },
    { cause, bytes, items }: Recorded,
  ): Promise<void> {
    if (entries.length + deadLetters > 0) {
      const { id, words } = this;
      const { instance, services } = this.#recorder;
      const writeMs = performance.now() - this.#begunAt;
      const landed = { id, instance, cause, entries, deadLetters, bytes, items, words, writeMs };
      await writeRecord(this.session, batchRecord(landed, services));
      const ageMs = performance.now() - this.#begunAt;
      if (ageMs > ATTEMPT_MS_MAX) throw tooOld(ageMs, entries.length + deadLetters);
    }
    await this.session.change("COMMIT");
  }
}

/** Writes everything of a transaction but its rows, in the order of every transaction's locks. */
export async function writeRecord(session: MysqlSession, record: BatchRecord): Promise<void> {
  try {
    await session.change(insertBatch(record));
  } catch (error) {
    if (serverErrorNumber(error) !== ER_DUP_ENTRY) throw error;
    // Two instances with one number, the one of which does not know yet that it lost it.
    throw new StoreError(`Cannot write batch: its id ${record.id} is another's`, {
      disposition: "retry",
      cause: undefined,
    });
  }
  for (const sql of recordStatements(record, statementBytesMax(session))) await session.change(sql);
}

/** The statements that follow the ledger's. */
export function* recordStatements(record: BatchRecord, bytesMax: number): Generator<string, void> {
  yield* insertFilters(record.filters, { bytesMax, batch: record.id });
  yield* addMinutes(record.counts.minutes, bytesMax);
  yield* addHours(record.counts.hours, bytesMax);
  yield* addCounts(record.counts.totals, bytesMax);
}

function tooOld(ageMs: number, rows: number): StoreError {
  return new StoreError(`Cannot write batch: the transaction took ${Math.round(ageMs / 1_000)} s`, {
    disposition: rows > 1 ? "oversized" : "retry",
    cause: undefined,
  });
}
