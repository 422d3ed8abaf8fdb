/**
 * Runs the statements of readers on an SQLite database: a file in a thread of its own, memory where it is.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { Permits } from "../../ops/permits.ts";
import { describeAddress, type SqliteAddress } from "../database_url.ts";
import type { ReadBounds, ReaderIndexes } from "../log_reader.ts";
import { ReadTimeoutError } from "../log_rows.ts";
import type { SqlRunner } from "../reading/dialect.ts";
import { StoreError } from "../store.ts";
import { isSqliteError, sqliteStoreError } from "./errors.ts";
import { readTuples, registerFunctions, SQLITE_DIALECT } from "./log_statements.ts";
import type { WorkerAnswer, WorkerRequest } from "./log_worker.ts";

/** What both have in common. */
abstract class SqliteRunner implements SqlRunner {
  readonly address: string;
  readonly dialect = SQLITE_DIALECT;

  constructor(address: SqliteAddress) {
    this.address = describeAddress(address);
  }

  abstract run(sql: string, bounds: ReadBounds): Promise<readonly (readonly unknown[])[]>;
  abstract [Symbol.asyncDispose](): Promise<void>;

  /** Made by the migration, all or none. */
  async indexes(bounds: ReadBounds): Promise<ReaderIndexes> {
    const rows = await this.run("SELECT name FROM sqlite_master WHERE type = 'index'", bounds);
    const has = (name: string) => rows.some(([found]) => found === `service_logs_${name}`);
    return { byService: has("by_service_severity_time"), byBatch: has("by_batch") };
  }
}

/** On the store's own connection, which is the only one that a database in memory has. For what is small. */
export class SqliteMemoryRunner extends SqliteRunner {
  readonly #db: DatabaseSync;

  constructor(address: SqliteAddress, db: DatabaseSync) {
    super(address);
    this.#db = db;
    registerFunctions(db);
  }

  run(sql: string, { signal }: ReadBounds): Promise<readonly (readonly unknown[])[]> {
    return Promise.resolve().then(() => {
      signal?.throwIfAborted();
      if (!this.#db.isOpen) throw closed();
      try {
        return readTuples(this.#db, sql);
      } catch (error) {
        throw isSqliteError(error) ? sqliteStoreError("read", error) : error;
      }
    });
  }

  /** The connection is the store's. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * In a thread with a connection of its own, one statement after the other. A statement that is given up is ended with the
 * thread; the next one gets a new thread.
 */
export class SqliteFileRunner extends SqliteRunner {
  readonly #path: string;
  readonly #turn = new Permits(1);
  #worker: Worker | undefined;
  #closed = false;
  /** Rejects the statement under way. */
  #cut: ((reason: unknown) => void) | undefined;

  constructor(address: SqliteAddress) {
    super(address);
    this.#path = address.path;
  }

  async run(sql: string, { signal, timeoutMs }: ReadBounds): Promise<readonly (readonly unknown[])[]> {
    const endsAt = performance.now() + timeoutMs;
    const timeout = () => new ReadTimeoutError(`Cannot read: it takes longer than ${timeoutMs} ms`);
    await using _turn = await this.#turn.take({ signal, timeoutMs, timeout });
    if (this.#closed) throw closed();
    const { promise, reject } = Promise.withResolvers<never>();
    this.#cut = reject;
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const timer = setTimeout(() => reject(timeout()), Math.max(endsAt - performance.now(), 1));
    let answered = false;
    try {
      const answer = this.#ask(sql);
      const rows = await Promise.race([answer, promise]);
      answered = true;
      return rows;
    } catch (error) {
      answered = error instanceof StoreError;
      throw error;
    } finally {
      this.#cut = undefined;
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      if (!answered) this.#endThread();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cut?.(closed());
    const worker = this.#worker;
    if (worker === undefined) return;
    await asked(worker, { close: true });
    this.#endThread();
  }

  async #ask(sql: string): Promise<readonly (readonly unknown[])[]> {
    if (this.#worker === undefined) {
      // Without type checks and bundler, a file of the same folder; in the executable, what the build puts beside it.
      const name = import.meta.url.endsWith(".ts") ? "./log_worker.ts" : "./log_worker.js";
      this.#worker = new Worker(new URL(name, import.meta.url), { type: "module" });
      rowsOf(await asked(this.#worker, { open: this.#path }), "open the database for reading");
    }
    return rowsOf(await asked(this.#worker, { sql }), "read");
  }

  #endThread(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function asked(worker: Worker, request: WorkerRequest): Promise<WorkerAnswer> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`Cannot read: the reading thread failed: ${event.message}`));
    };
    worker.postMessage(request);
  });
}

function rowsOf(answer: WorkerAnswer, action: string): readonly (readonly unknown[])[] {
  if ("rows" in answer) return answer.rows;
  const { message, errcode, sqlite } = answer;
  const error = Object.assign(new Error(message), {
    code: "ERR_SQLITE_ERROR" as const,
    ...errcode === undefined ? {} : { errcode },
  });
  if (!sqlite) throw new Error(`Cannot ${action}: ${message}`);
  throw sqliteStoreError(action, error);
}

function closed(): StoreError {
  return new StoreError("Cannot read: the reader is closed", { disposition: "reconnect", cause: undefined });
}
