/**
 * The thread that reads an SQLite file, so that no query holds up the program: leases are extended meanwhile.
 *
 * It runs one statement after the other. What stops a long one is the end of the thread.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { isSqliteError } from "./errors.ts";
import { readTuples, registerFunctions } from "./log_statements.ts";

/** What the thread is told: first to open a file, then to run statements. */
export type WorkerRequest = { readonly open: string } | { readonly sql: string } | { readonly close: true };

/** What it answers, once to each. */
export type WorkerAnswer =
  | { readonly rows: readonly (readonly unknown[])[] }
  | { readonly message: string; readonly errcode?: number; readonly sqlite: boolean };

/** The parts of a worker's global scope that are used here; the program's types are those of the main thread. */
interface WorkerScope {
  onmessage: ((event: { readonly data: WorkerRequest }) => void) | null;
  postMessage(answer: WorkerAnswer): void;
}

/** Milliseconds to wait for a lock: a reader waits for none in WAL, except while another program recovers the file. */
const BUSY_TIMEOUT_MS = 2_000;

function answering(scope: WorkerScope): void {
  let db: DatabaseSync | undefined;
  const answerTo = (request: WorkerRequest): WorkerAnswer => {
    if ("open" in request) {
      db = new DatabaseSync(request.open, { timeout: BUSY_TIMEOUT_MS });
      // Opened for writing, because SQLite's own way to read only leaves -wal and -shm files behind.
      db.exec("PRAGMA query_only = ON");
      registerFunctions(db);
      return { rows: [] };
    }
    if ("close" in request) {
      db?.close();
      return { rows: [] };
    }
    return { rows: readTuples(db!, request.sql) };
  };
  scope.onmessage = ({ data }) => {
    try {
      scope.postMessage(answerTo(data));
    } catch (error) {
      const { message, errcode } = error as Error & { readonly errcode?: number };
      scope.postMessage({ message, ...errcode === undefined ? {} : { errcode }, sqlite: isSqliteError(error) });
    }
  };
}

// Nobody but the reader loads this module as a program; whoever imports its types gets no thread.
if (!("document" in globalThis) && "WorkerGlobalScope" in globalThis) answering(globalThis as unknown as WorkerScope);
