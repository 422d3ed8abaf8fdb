/**
 * The part of a transaction that comes after its rows: ledger, words and counts.
 *
 * @module
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type BatchRecord, batchRecord, type LandedBatch } from "../batch_record.ts";
import type { MinuteServices, TimeCount } from "../counts.ts";
import { idTimeMs, type LedgerIds } from "../ledger_id.ts";
import type { BatchId } from "../log_rows.ts";
import { ADD_COUNT, addCounts } from "./insert.ts";
import type { InstanceClaim } from "./instances.ts";

/** Who writes, for all transactions of a store. */
export interface Recorder {
  readonly claim: InstanceClaim;
  readonly ids: LedgerIds;
  readonly services: MinuteServices;
}

/** A transaction's id, and the number that is in it. */
export interface BatchIdentity {
  readonly id: BatchId;
  readonly instance: number;
}

const UPSERT = "ON CONFLICT DO UPDATE SET count = count + excluded.count";

/** Adds to a count by minute. */
export const ADD_MINUTE =
  `INSERT INTO service_severity_minutes (minute, service_name, severity, count) VALUES (?, ?, ?, ?) ${UPSERT}`;
/** Adds to a count by hour. */
export const ADD_HOUR =
  `INSERT INTO service_severity_hours (hour, service_name, severity, count) VALUES (?, ?, ?, ?) ${UPSERT}`;

/** Prepared statements that record transactions. */
export class Records {
  readonly #recorder: Recorder;
  readonly #now: StatementSync;
  readonly #insertBatch: StatementSync;
  readonly #insertFilter: StatementSync;
  readonly #addMinute: StatementSync;
  readonly #addHour: StatementSync;
  readonly #addCount: StatementSync;

  constructor(db: DatabaseSync, recorder: Recorder) {
    this.#recorder = recorder;
    this.#now = db.prepare(
      `SELECT CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER) AS ms,
         (SELECT CAST(MAX(id) AS TEXT) FROM batches) AS last`,
    );
    this.#insertBatch = db.prepare(
      `INSERT INTO batches (id, instance, cause, entries, dead_letters, duplicates, bytes, write_ms, publish_time_first,
         publish_time_last, word_filter) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertFilter = db.prepare(INSERT_FILTER);
    this.#addMinute = db.prepare(ADD_MINUTE);
    this.#addHour = db.prepare(ADD_HOUR);
    this.#addCount = db.prepare(ADD_COUNT);
  }

  /** The id of the transaction under way. One writer at a time: each is greater than every other before it. */
  identity(): BatchIdentity {
    const { claim, ids } = this.#recorder;
    const instance = claim.number();
    const row = this.#now.get();
    const last = BigInt(String(row?.last ?? 0));
    const id = ids.next(Number(row?.ms), instance);
    return { id: id > last ? id : ids.next(idTimeMs(last) + 1, instance), instance };
  }

  /** Records what landed, in the transaction under way. */
  write(landed: LandedBatch): void {
    if (landed.entries.length + landed.deadLetters > 0) this.#write(batchRecord(landed, this.#recorder.services));
  }

  #write(record: BatchRecord): void {
    const { id, instance, cause, entries, deadLetters, duplicates, bytes, writeMs, filters, counts } = record;
    const { publishTimeFirst: first, publishTimeLast: last } = record;
    const filter = filters.length === 0 ? null : id;
    const numbers = [entries, deadLetters, duplicates, bytes, writeMs];
    this.#insertBatch.run(id, instance, cause, ...numbers, first, last, filter);
    for (const { day, level, chunk, bits } of filters) this.#insertFilter.run(day, level, chunk, id, bits);
    addTimeCounts(this.#addMinute, counts.minutes);
    addTimeCounts(this.#addHour, counts.hours);
    addCounts(this.#addCount, counts.totals);
  }
}

/** Inserts a row of `word_filters`. */
export const INSERT_FILTER = "INSERT INTO word_filters (day, level, chunk, batch, bits) VALUES (?, ?, ?, ?, ?)";

/** Adds to counts by minute or hour. @param add Prepared. */
export function addTimeCounts(add: StatementSync, counts: readonly TimeCount[]): void {
  for (const { time, serviceName, severity, count } of counts) add.run(time, serviceName, severity, count);
}
