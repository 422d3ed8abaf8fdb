/**
 * Gives rows a batch that have none: those of a version of the program that knew no batches.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { BatchWords } from "../../words/batch_words.ts";
import { ENTRY_COLUMNS, storedEntry } from "./read.ts";
import type { Records } from "./record.ts";
import { inTransaction } from "./transaction.ts";

/** Rows of one transaction: as many as a batch has by default. */
const ROWS_MAX = 5_000;

/** See `Maintenance.adopt`. */
export function adoptRows(db: DatabaseSync, records: Records): number {
  return inTransaction(db, () => {
    const begunAt = performance.now();
    const rows = db.prepare(
      `SELECT ${ENTRY_COLUMNS} FROM service_logs WHERE batch IS NULL
       ORDER BY publish_time DESC, message_id DESC LIMIT ${ROWS_MAX}`,
    ).all();
    if (rows.length === 0) return 0;
    const entries = rows.map(storedEntry).reverse();
    const { id, instance } = records.identity();
    const update = db.prepare("UPDATE service_logs SET batch = ? WHERE publish_time = ? AND message_id = ?");
    const words = new BatchWords();
    for (const entry of entries) {
      update.run(id, entry.publishTime, entry.messageId);
      words.add(entry);
    }
    const recorded = { cause: "adopt", bytes: 0, items: entries.length, deadLetters: 0 } as const;
    records.write({ ...recorded, id, instance, entries, words, writeMs: performance.now() - begunAt });
    return entries.length;
  });
}
