/**
 * Runs the statements of readers on a MySQL or MariaDB server, on connections of their own and within a time that the
 * server itself keeps.
 *
 * @module
 */
import { escape } from "mysql2";
import type { Instant } from "../../entry/entry.ts";
import { Permits } from "../../ops/permits.ts";
import { describeAddress, type MysqlAddress } from "../database_url.ts";
import { asciiFoldingClass } from "../../words/ascii_folding.ts";
import type { ReadBounds, ReaderIndexes } from "../log_reader.ts";
import { ReadTimeoutError } from "../log_rows.ts";
import { bytesLiteral, type Dialect, type SqlRunner } from "../reading/dialect.ts";
import { StoreError } from "../store.ts";
import { serverErrorNumber } from "./errors.ts";
import { keyList } from "./insert.ts";
import type { MysqlSession } from "./session.ts";
import { MysqlSessions } from "./sessions.ts";

/** How to read from a server. */
export interface MysqlRunnerOptions {
  /** Connections at once, at least 1; further statements wait. */
  readonly connectionsMax: number;
  /** Asked for the password at every connection, in place of the address' own. */
  readonly password?: (() => Promise<string>) | undefined;
  readonly connectTimeoutMs: number;
  readonly idleMs: number;
  readonly onWarning: (message: string) => void;
}

const ASCII_FOLDING_CLASS = asciiFoldingClass((code) => `\\x{${code.toString(16)}}`);

/** MySQL's and MariaDB's words. */
export const MYSQL_DIALECT: Dialect = {
  text: (value) => escape(value),
  textColumn: (column) => column,
  textOf: (value) => String(value),
  // The driver reads a time as ASCII, which on Deno takes 20 times as long as UTF-8: half of what a row cost.
  momentColumn: (column) => `CAST(${column} AS CHAR)`,
  useIndex: (name) => ` FORCE INDEX (${name})`,
  // Rows of one day, counted or scanned by time: left alone, MySQL 9 skips through `by_batch`, and sorts.
  useKey: " FORCE INDEX (PRIMARY)",
  startsWith: (column, text) => `LEFT(${column}, ${Array.from(text).length}) = ${escape(text)}`,
  contains: (column, bytes) => `LOCATE(${bytesLiteral(bytes)}, ${column}) > 0`,
  notAscii: (column) => `LENGTH(${column}) <> CHAR_LENGTH(${column})`,
  hasAsciiFolding: (column) => `${column} REGEXP ${escape(ASCII_FOLDING_CLASS)}`,
  containsText: (column, text) => `LOCATE(${escape(text)}, LOWER(${column})) > 0`,
  hasBit: (column, { byte, mask }) => `ORD(SUBSTR(${column}, ${byte + 1}, 1)) & ${mask}`,
  bucket: (column, { start, seconds }) =>
    `(TO_SECONDS(${column}) - ${TO_SECONDS_1970 + secondsOf(start)}) DIV ${seconds}`,
  keyIn: (keys) => `(publish_time, message_id) IN (${keyList(keys)})`,
  part: (select) => `(${select})`,
  thenJoin: "STRAIGHT_JOIN",
  nowMs: "CAST(UNIX_TIMESTAMP(NOW(6)) * 1000 AS SIGNED)",
  // An ENUM sorts by its position.
  rank: "severity",
  rankNumber: "(severity + 0)",
  // Whole numbers are summed up as decimals, which takes longer.
  sum: (column) => `SUM(${column} + 0e0)`,
};

/** What `TO_SECONDS` has for 1970-01-01. */
const TO_SECONDS_1970 = 62_167_219_200;

/** Whole seconds since 1970. */
function secondsOf(instant: Instant): number {
  return Date.parse(`${instant.slice(0, 10)}T${instant.slice(11, 19)}Z`) / 1_000;
}

/** Nothing that reads waits for a row's lock. */
const LOCK_WAIT_SECONDS = 1;
/** What the network and a busy machine may add to the server's own time, in milliseconds. */
const GRACE_MS = 2_000;
/** How long it is believed that an index is not there yet. */
const INDEXES_MS = 5_000;

const TIMEOUT_ERRORS = [
  1317, // ER_QUERY_INTERRUPTED, by KILL QUERY
  1969, // MariaDB ER_STATEMENT_TIMEOUT
  3024, // ER_QUERY_TIMEOUT
];

/** Connects when it is first used. */
export class MysqlRunner implements SqlRunner {
  readonly address: string;
  readonly dialect = MYSQL_DIALECT;
  readonly #sessions: MysqlSessions;
  readonly #permits: Permits;
  #indexes: { readonly found: ReaderIndexes; readonly atMs: number } | undefined;

  constructor(address: MysqlAddress, options: MysqlRunnerOptions) {
    this.address = describeAddress(address);
    const { connectionsMax, ...rest } = options;
    this.#permits = new Permits(connectionsMax);
    this.#sessions = new MysqlSessions(address, {
      ...rest,
      idleMax: connectionsMax,
      lockWaitSeconds: LOCK_WAIT_SECONDS,
    });
  }

  async run(sql: string, { signal, timeoutMs }: ReadBounds): Promise<readonly (readonly unknown[])[]> {
    const endsAt = performance.now() + timeoutMs;
    await using _permit = await this.#permits.take({ signal, timeoutMs, timeout: () => tooSlow(timeoutMs) });
    const leftMs = Math.max(Math.floor(endsAt - performance.now()), 1);
    try {
      const use = { action: "read", writes: false, timeoutMs: leftMs + GRACE_MS, signal };
      return await this.#sessions.use(use, (session) => session.tuples(limited(session, { sql, leftMs })));
    } catch (error) {
      const timedOut = error instanceof StoreError && TIMEOUT_ERRORS.includes(serverErrorNumber(error.cause) ?? 0);
      throw timedOut ? tooSlow(timeoutMs, error) : error;
    }
  }

  async indexes(bounds: ReadBounds): Promise<ReaderIndexes> {
    const known = this.#indexes;
    const all = known !== undefined && known.found.byService && known.found.byBatch;
    if (known !== undefined && (all || performance.now() - known.atMs < INDEXES_MS)) return known.found;
    const rows = await this.run(
      "SELECT DISTINCT index_name FROM information_schema.statistics \
WHERE table_schema = DATABASE() AND table_name = 'service_logs'",
      bounds,
    );
    const names = rows.map(([name]) => String(name));
    const found = { byService: names.includes("by_service_severity_time"), byBatch: names.includes("by_batch") };
    this.#indexes = { found, atMs: performance.now() };
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions[Symbol.asyncDispose]();
  }
}

/** Per statement, because a proxy may run it on any of its connections. */
function limited(session: MysqlSession, { sql, leftMs }: { readonly sql: string; readonly leftMs: number }): string {
  if (session.isMariadb) return `SET STATEMENT max_statement_time = ${leftMs / 1_000} FOR ${sql}`;
  return sql.replace("SELECT", `SELECT /*+ MAX_EXECUTION_TIME(${leftMs}) */`);
}

function tooSlow(timeoutMs: number, cause?: unknown): ReadTimeoutError {
  return new ReadTimeoutError(`Cannot read: it takes longer than ${timeoutMs} ms`, { cause });
}
