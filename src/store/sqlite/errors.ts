/**
 * What SQLite's errors ask of the caller. Codes: https://www.sqlite.org/rescode.html
 *
 * @module
 */
import { type Disposition, StoreError } from "../store.ts";

const SQLITE_BUSY = 5;

/** By primary result code, the lower 8 bits of the extended one. */
const BY_CODE: ReadonlyMap<number, Disposition> = new Map<number, Disposition>([
  [1, "fatal"], // SQLITE_ERROR: no such table, wrong SQL
  [3, "fatal"], // SQLITE_PERM
  [SQLITE_BUSY, "retry"], // another process holds the write lock for longer than the busy timeout
  [6, "retry"], // SQLITE_LOCKED
  [7, "reconnect"], // SQLITE_NOMEM
  [8, "reconnect"], // SQLITE_READONLY
  [9, "retry"], // SQLITE_INTERRUPT
  [10, "reconnect"], // SQLITE_IOERR
  [11, "fatal"], // SQLITE_CORRUPT
  [13, "reconnect"], // SQLITE_FULL: no space left
  [14, "reconnect"], // SQLITE_CANTOPEN, after it could be opened: out of descriptors, or its folder is gone
  [17, "retry"], // SQLITE_SCHEMA
  [18, "reject"], // SQLITE_TOOBIG
  [19, "reject"], // SQLITE_CONSTRAINT: a CHECK of the schema
  [20, "reject"], // SQLITE_MISMATCH
  [21, "fatal"], // SQLITE_MISUSE
  [26, "fatal"], // SQLITE_NOTADB
]);

/** The parts of the runtime's error that this module reads. */
interface SqliteError extends Error {
  readonly code: "ERR_SQLITE_ERROR";
  /** The extended result code; the runtime leaves it out of some errors. */
  readonly errcode?: number;
}

/** Whether SQLite itself raised the error; anything else is a fault of this program. */
export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && (error as { readonly code?: unknown }).code === "ERR_SQLITE_ERROR";
}

/** Whether another process is in the way. */
export function isBusy({ errcode }: SqliteError): boolean {
  return errcode !== undefined && primary(errcode) === SQLITE_BUSY;
}

/** The classified form of SQLite's error. One without a known code waits, as with MySQL's: that loses nothing. */
export function sqliteStoreError(action: string, error: SqliteError): StoreError {
  const disposition = BY_CODE.get(primary(error.errcode ?? 0)) ?? "reconnect";
  return new StoreError(`Cannot ${action}: ${error.message}`, { disposition, cause: error });
}

/** The lower 8 bits. */
function primary(errcode: number): number {
  return errcode & 0xff;
}
