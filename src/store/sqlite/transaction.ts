/**
 * Transactions of SQLite.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";

/** Runs one statement. Unlike the runtime's `exec`, a failure carries SQLite's result code. */
export function execute(db: DatabaseSync, sql: string): void {
  db.prepare(sql).run();
}

/** Runs `work` with the write lock and commits; whatever it throws undoes all of it. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  execute(db, "BEGIN IMMEDIATE");
  try {
    const result = work();
    execute(db, "COMMIT");
    return result;
  } finally {
    rollback(db);
  }
}

/** Runs `work`, all of whose reads see the same commits. */
export function inSnapshot<T>(db: DatabaseSync, work: () => T): T {
  execute(db, "BEGIN");
  try {
    return work();
  } finally {
    rollback(db);
  }
}

/** After some errors SQLite has ended the transaction by itself. */
function rollback(db: DatabaseSync): void {
  if (db.isTransaction) execute(db, "ROLLBACK");
}
