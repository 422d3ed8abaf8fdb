/**
 * The transaction that writes a batch into SQLite.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { DeadLetter, LogEntry, MessageKey } from "../../entry/entry.ts";
import { DETAIL_MAX, longerThan, SERVICE_NAME_MAX } from "../../entry/limits.ts";
import { BatchWords } from "../../words/batch_words.ts";
import type { LandedBatch } from "../batch_record.ts";
import { LANE } from "../lane.ts";
import type { BatchId } from "../log_rows.ts";
import { StoreError } from "../store.ts";
import { type Landed, publishTimeRange, type WritePlan } from "../write_plan.ts";
import { entryValues, insertEntries } from "./insert.ts";
import type { Records } from "./record.ts";
import { execute, inTransaction } from "./transaction.ts";

/** Rows of one statement: 2.5 microseconds per row, where a statement per row took 6.9. */
const ROWS_PER_STATEMENT = 50;

/** What is to be written. */
export interface PlannedWrite {
  readonly plan: WritePlan;
  readonly recorded: Recorded;
}

/** What the ledger says of it, whatever of it lands. */
export type Recorded = Pick<LandedBatch, "cause" | "bytes" | "items">;

/**
 * Prepared statements on a database whose schema is current.
 *
 * SQLite has one writer at a time, so what a transaction has looked up stays true until it commits.
 */
export class SqliteWriter {
  readonly #db: DatabaseSync;
  readonly #insertRows: StatementSync;
  readonly #insertRow: StatementSync;
  readonly #insertDeadLetter: StatementSync;
  readonly #records: Records;
  readonly #anyDeadLetter: StatementSync;
  readonly #deadLetter: StatementSync;
  readonly #entry: StatementSync;

  constructor(db: DatabaseSync, records: Records) {
    this.#records = records;
    this.#db = db;
    this.#insertRows = db.prepare(insertEntries(ROWS_PER_STATEMENT));
    this.#insertRow = db.prepare(insertEntries(1));
    this.#insertDeadLetter = db.prepare(
      `INSERT INTO dead_letters (publish_time, message_id, reason, detail, data, attributes) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.#anyDeadLetter = db.prepare(
      `SELECT 1 FROM dead_letters WHERE lane = ${LANE} AND publish_time BETWEEN ? AND ? LIMIT 1`,
    );
    this.#deadLetter = db.prepare(
      `SELECT 1 FROM dead_letters WHERE lane = ${LANE} AND publish_time = ? AND message_id = ?`,
    );
    this.#entry = db.prepare("SELECT 1 FROM service_logs WHERE publish_time = ? AND message_id = ?");
  }

  /** Writes the plan and commits; rolls back and throws SQLite's error, or a StoreError `reject`. */
  write({ plan, recorded }: PlannedWrite): Landed {
    if (plan.entries.length + plan.deadLetters.length === 0) return { entries: [], deadLetters: 0 };
    plan.entries.forEach(checkEntry);
    plan.deadLetters.forEach(checkDeadLetter);
    return inTransaction(this.#db, () => this.#write(plan, recorded));
  }

  #write(plan: WritePlan, recorded: Recorded): Landed {
    const begunAt = performance.now();
    const { id, instance } = this.#records.identity();
    const mayBeParked = this.#anyDeadLetter.get(...publishTimeRange(plan)) !== undefined;
    const candidates = mayBeParked ? plan.entries.filter((entry) => !has(this.#deadLetter, entry)) : plan.entries;
    const entries = this.#insertAll(candidates, id)
      ? candidates
      : candidates.filter((entry) => this.#insert(entry, id));
    let deadLetters = 0;
    for (const deadLetter of plan.deadLetters) {
      if (has(this.#entry, deadLetter)) continue;
      const { publishTime, messageId, reason, detail, data, attributes } = deadLetter;
      const values = [publishTime, messageId, reason, detail, data, JSON.stringify(attributes)] as const;
      deadLetters += Number(this.#insertDeadLetter.run(...values).changes);
    }
    const words = new BatchWords();
    for (const entry of entries) words.add(entry);
    this.#records.write({
      ...recorded,
      id,
      instance,
      entries,
      deadLetters,
      words,
      writeMs: performance.now() - begunAt,
    });
    return { entries, deadLetters };
  }

  #insert(entry: LogEntry, batch: BatchId): boolean {
    return this.#insertRow.run(...entryValues(entry, batch)).changes === 1;
  }

  /** Inserts either every entry or, when some exist, none. */
  #insertAll(entries: readonly LogEntry[], batch: BatchId): boolean {
    execute(this.#db, "SAVEPOINT entries");
    let landed = 0;
    let done = 0;
    for (; done + ROWS_PER_STATEMENT <= entries.length; done += ROWS_PER_STATEMENT) {
      const values: SQLInputValue[] = [];
      for (let i = done; i < done + ROWS_PER_STATEMENT; i++) {
        values.push(...entryValues(entries[i]!, batch));
      }
      landed += Number(this.#insertRows.run(...values).changes);
    }
    for (; done < entries.length; done++) landed += this.#insert(entries[done]!, batch) ? 1 : 0;
    const all = landed === entries.length;
    if (!all) execute(this.#db, "ROLLBACK TO entries");
    execute(this.#db, "RELEASE entries");
    return all;
  }
}

function has(statement: StatementSync, key: MessageKey): boolean {
  return statement.get(key.publishTime, key.messageId) !== undefined;
}

/**
 * Holds the entry to the limits of MySQL's columns: the schema's CHECKs can only count bytes where a text may hold NUL.
 *
 * @throws {StoreError} `reject`
 */
export function checkEntry(entry: LogEntry): void {
  if (longerThan(entry.serviceName, SERVICE_NAME_MAX)) throw reject("service_name is too long");
  if (!entry.serviceName.isWellFormed() || !entry.payload.isWellFormed()) throw reject("a text is not well-formed");
}

function checkDeadLetter(deadLetter: DeadLetter): void {
  if (longerThan(deadLetter.detail, DETAIL_MAX)) throw reject("detail is too long");
  if (!deadLetter.detail.isWellFormed()) throw reject("detail is not well-formed");
}

function reject(problem: string): StoreError {
  return new StoreError(`Cannot write batch: ${problem}`, { disposition: "reject", cause: undefined });
}
