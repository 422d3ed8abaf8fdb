/**
 * Checks and mends the word filters of an SQLite database.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import {
  checkFilters,
  type DamagedFilter,
  filterAnew,
  type FilterAnswer,
  filterCondition,
  type FilterQuestion,
} from "../filter_check.ts";
import { INSERT_FILTER } from "./record.ts";
import { textOf } from "./text.ts";

/** The damaged filters. */
export function readDamagedFilters(db: DatabaseSync): DamagedFilter[] {
  return answered(db, checkFilters());
}

/** Writes the filters anew, in the transaction under way, over what is there. */
export function mendFilters(db: DatabaseSync, damaged: readonly DamagedFilter[]): void {
  const upsert = db.prepare(`${INSERT_FILTER} ON CONFLICT DO UPDATE SET bits = excluded.bits`);
  const number = db.prepare("UPDATE batches SET word_filter = id WHERE id = ? AND word_filter IS NULL");
  const sharing = db.prepare("SELECT CAST(id AS TEXT) AS id FROM batches WHERE word_filter = ? ORDER BY id");
  for (const { batch, day } of damaged) {
    // A batch that has words and no filter has the number that it would have had.
    number.run(batch);
    const ids = sharing.all(batch).map(({ id }) => BigInt(String(id)));
    for (const { level, chunk, bits } of answered(db, filterAnew(ids, day))) upsert.run(day, level, chunk, batch, bits);
  }
}

function answered<T>(db: DatabaseSync, check: Generator<FilterQuestion, T, FilterAnswer>): T {
  let step = check.next();
  while (step.done !== true) step = check.next(answer(db, step.value));
  return step.value;
}

function answer(db: DatabaseSync, question: FilterQuestion): FilterAnswer {
  switch (question.ask) {
    case "ledger":
      return db.prepare(
        `SELECT CAST(id AS TEXT) AS id, entries, CAST(word_filter AS TEXT) AS number FROM batches
         WHERE id > ? AND entries > 0 ORDER BY id LIMIT ?`,
      ).all(question.after, question.limit).map(({ id, entries, number }) => ({
        id: BigInt(String(id)),
        entries: Number(entries),
        number: number === null ? null : BigInt(String(number)),
      }));
    case "filters":
      return db.prepare(
        `SELECT CAST(batch AS TEXT) AS number, level, chunk, bits FROM word_filters
         WHERE day = ? AND ${filterCondition(question.numbers)}`,
      ).all(question.day).map(({ number, level, chunk, bits }) => ({
        number: BigInt(String(number)),
        level: Number(level),
        chunk: Number(chunk),
        bits: new Uint8Array(bits as Uint8Array),
      }));
    case "rows": {
      const { batches: [first, last], after, limit } = question;
      return db.prepare(
        `SELECT CAST(batch AS TEXT) AS number, publish_time, message_id, CAST(payload AS BLOB) AS payload,
           CAST(attributes AS BLOB) AS attributes
         FROM service_logs WHERE (batch, publish_time, message_id) > (?, ?, ?) AND batch <= ?
         ORDER BY batch, publish_time, message_id LIMIT ?`,
      ).all(after?.batch ?? first, after?.publishTime ?? "", after?.messageId ?? "", last, limit).map((row) => ({
        batch: BigInt(String(row.number)),
        publishTime: String(row.publish_time),
        messageId: String(row.message_id),
        payload: textOf(row.payload),
        attributes: row.attributes === null ? null : JSON.parse(textOf(row.attributes)) as Record<string, string>,
      }));
    }
  }
}
