/**
 * Opens the reader of the database that an address names.
 *
 * @module
 */
import type { DatabaseAddress } from "./database_url.ts";
import type { LogReader } from "./log_reader.ts";
import { MysqlRunner } from "./mysql/log_runner.ts";
import { SqlLogReader } from "./reading/sql_log_reader.ts";
import { SqliteFileRunner, SqliteMemoryRunner } from "./sqlite/log_runner.ts";
import { SqliteStore } from "./sqlite/store.ts";
import { type Store, StoreError } from "./store.ts";

/** How the opened reader behaves. */
export interface OpenLogReaderOptions {
  /** Connections to a server at once; default 4. They are no writer's. */
  readonly connectionsMax?: number;
  /** Asked for the password at every connection to a server, in place of the address' own. */
  readonly password?: (() => Promise<string>) | undefined;
  /** The store of a database in memory, which nobody else can reach. */
  readonly store?: Store | undefined;
  /** Told of what is not in order and stops nothing. */
  readonly onWarning: (message: string) => void;
  /** Milliseconds for a connection to a server to come up; default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds after which an idle connection to a server is ended; default 180,000. */
  readonly idleMs?: number;
}

const CONNECTIONS = 4;
const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_MS = 180_000;

/**
 * Opens a reader; the caller disposes it, before the store. Connects, or starts its thread, at the first question.
 *
 * @throws {StoreError} `fatal` for a database in memory without its store.
 */
export function openLogReader(address: DatabaseAddress, options: OpenLogReaderOptions): LogReader {
  const { connectionsMax = CONNECTIONS, password, store, onWarning } = options;
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, idleMs = IDLE_MS } = options;
  if (address.kind === "mysql") {
    return new SqlLogReader(
      new MysqlRunner(address, { connectionsMax, password, connectTimeoutMs, idleMs, onWarning }),
    );
  }
  if (address.path !== ":memory:") return new SqlLogReader(new SqliteFileRunner(address));
  if (!(store instanceof SqliteStore)) {
    throw new StoreError("Cannot read sqlite::memory: it is only in the program that writes it", {
      disposition: "fatal",
      cause: undefined,
    });
  }
  return new SqlLogReader(store.share((db) => new SqliteMemoryRunner(address, db)));
}
