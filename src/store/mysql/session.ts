/**
 * One connection to a MySQL or MariaDB server, set up the way the store needs it.
 *
 * @module
 */
import { type Connection, type ConnectionOptions, createConnection, escape } from "mysql2";
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { abortable } from "../../ops/abortable.ts";
import { newId } from "../../ops/ids.ts";
import type { MysqlAddress } from "../database_url.ts";
import type { Disposition } from "../store.ts";
import { authenticationOptions } from "./authentication.ts";
import { isServerAnswer } from "./errors.ts";
import {
  askFor,
  differing,
  forSnapshot,
  notAsSet,
  type SessionNeeds,
  type SessionVariable,
  sessionVariables,
  settingAll,
} from "./session_variables.ts";
import { tlsOptions } from "./tls.ts";

/** A row of a result, by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** How to connect. */
export interface SessionOptions {
  /** Connect without choosing the database, which may not exist yet. */
  readonly withoutDatabase?: boolean;
  /** Asked for the password, in place of the address' own. */
  readonly password?: (() => Promise<string>) | undefined;
  /** For the connection and its setup together, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** How long a statement waits for a row's lock before it fails with 1205. */
  readonly lockWaitSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** How long a polite goodbye may take before the socket is cut, in milliseconds. */
const END_TIMEOUT_MS = 1_000;

/**
 * A connection, open until {@linkcode MysqlSession.end} or {@linkcode MysqlSession.destroy}. One statement at a time.
 *
 * The driver forgets a statement under way when its connection is destroyed, and it never answers one on a connection
 * whose peer is silent: this class answers them itself.
 */
export class MysqlSession {
  readonly #connection: Connection;
  /** Rejects the statement under way. */
  #rejectPending: ((reason: unknown) => void) | undefined;
  #end: { readonly reason: unknown } | undefined;
  #packetBytesMax = 0;
  #isMariadb = false;
  #variables: readonly SessionVariable[] = [];

  #mark: string | undefined;

  /** Whether the session was seen to be able to write; for the pool. */
  checked = false;

  /**
   * Whether something stands between that numbers connections by itself. `KILL` then means its own clients, and each
   * transaction may run on another of its connections to the server. For the pool, whose other sessions may show it.
   */
  behindProxy = false;

  private constructor(connection: Connection) {
    this.#connection = connection;
    connection.on("error", (error: unknown) => this.destroy(error));
    connection.on("end", () => this.destroy(connectionClosed()));
  }

  /**
   * Connects, and makes the session what LMS relies on: charset, SQL mode, time zone, isolation and more.
   *
   * @throws The driver's error, a `StoreError` for a file of TLS that cannot be used or a variable that cannot be set,
   *   what the password's source throws, or the signal's reason.
   */
  static async open(address: MysqlAddress, options: SessionOptions): Promise<MysqlSession> {
    options.signal?.throwIfAborted();
    const limit = new AbortController();
    const abort = () => limit.abort(options.signal?.reason);
    options.signal?.addEventListener("abort", abort);
    const timer = setTimeout(() => limit.abort(timedOut(options.connectTimeoutMs)), options.connectTimeoutMs);
    let session: MysqlSession | undefined;
    limit.signal.addEventListener("abort", () => session?.destroy(limit.signal.reason));
    try {
      // A file of a network's folder may take for ever.
      const chosen = await abortable(connectionOptions(address, options), limit.signal);
      limit.signal.throwIfAborted();
      const connection = createConnection(chosen);
      session = new MysqlSession(connection);
      await session.#run<void>((done) => connection.connect((error) => done(error, undefined)));
      await session.#setUp({
        database: options.withoutDatabase === true ? undefined : address.database,
        lockWaitSeconds: options.lockWaitSeconds,
      });
      return session;
    } catch (error) {
      session?.destroy(error);
      throw error;
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", abort);
    }
  }

  /** Whether statements can still be sent. */
  get alive(): boolean {
    return this.#end === undefined;
  }

  /** The number that the connection was greeted with: the server's for it, or a proxy's. */
  get id(): number {
    return this.#connection.threadId;
  }

  /**
   * The name of a user-level lock that the session holds as long as it lives: who takes it over knows that the session
   * and its transaction are gone. Other than a connection id it is never used again, not even by a restarted server.
   * `undefined` behind a proxy and where the server refuses such locks: a lost session then ends when the server notices.
   */
  get mark(): string | undefined {
    return this.#mark;
  }

  /** Whether the server is MariaDB, whose time limits are asked for in another way. */
  get isMariadb(): boolean {
    return this.#isMariadb;
  }

  /** The largest statement that the server takes, in bytes: `max_allowed_packet`. */
  get packetBytesMax(): number {
    return this.#packetBytesMax;
  }

  /** Runs a statement that returns rows. */
  async rows(sql: string): Promise<readonly Row[]> {
    return rowsOf(await this.#query<unknown>({ sql }));
  }

  /** The rows by position, for anything but plain columns of tables: a proxy may answer with other names. */
  async tuples(sql: string): Promise<readonly (readonly unknown[])[]> {
    return rowsOf(await this.#query<unknown>({ sql, rowsAsArray: true })) as unknown as readonly (readonly unknown[])[];
  }

  /** The only row of {@linkcode MysqlSession.tuples}; empty where there is none. */
  async values(sql: string): Promise<readonly unknown[]> {
    const [row] = await this.tuples(sql);
    return row ?? [];
  }

  /** Runs any other statement; returns how many rows it changed (an upsert that updates a row counts it twice). */
  async change(sql: string): Promise<number> {
    return changedBy(await this.#query<unknown>({ sql }));
  }

  /** Runs a prepared statement, which takes binary values as they are; returns how many rows it changed. */
  async changeWith(sql: string, values: readonly (string | Uint8Array)[]): Promise<number> {
    const bound = values.map((value) =>
      typeof value === "string" ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    );
    return changedBy(await this.#run<unknown>((done) => this.#connection.execute(sql, bound, done)));
  }

  /**
   * Begins a transaction. Behind a proxy it makes sure, in one more round trip, that all which LMS relies on is still as
   * it was set: the transaction may run on a connection to the server that knows nothing of it.
   *
   * @param options.snapshot Whether all statements are to see the same commits, and none may write; for
   * {@linkcode inSnapshot}.
   * @throws {StoreError} `reconnect`, naming the variable.
   */
  async begin({ snapshot }: { readonly snapshot: boolean } = { snapshot: false }): Promise<void> {
    await this.change(`START TRANSACTION${snapshot ? " WITH CONSISTENT SNAPSHOT, READ ONLY" : ""}`);
    if (!this.behindProxy) return;
    await this.#assert(snapshot ? forSnapshot(this.#variables) : this.#variables, "reconnect");
  }

  /** Cuts the connection at once; the statement under way rejects with `reason`. The server may notice much later. */
  destroy(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { reason };
    this.#connection.destroy();
    this.#socket.destroy();
    this.#rejectPending?.(reason);
    this.#rejectPending = undefined;
  }

  /** Says goodbye and closes; never rejects. */
  async end(): Promise<void> {
    if (this.#end !== undefined) return;
    this.#end = { reason: connectionClosed() };
    const socket = this.#socket;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => socket.destroy(), END_TIMEOUT_MS);
      socket.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      this.#connection.end();
    });
  }

  async #setUp(needs: Omit<SessionNeeds, "version">): Promise<void> {
    const [version, packetBytesMax, id] = await this.values("SELECT VERSION(), @@max_allowed_packet, CONNECTION_ID()");
    this.#packetBytesMax = Number(packetBytesMax);
    this.#isMariadb = /MariaDB/i.test(String(version));
    this.behindProxy = Number(id) !== this.id;
    this.#variables = sessionVariables({ ...needs, version: String(version) });
    const preset = differing(this.#variables, await this.values(askFor(this.#variables)));
    for (const sql of settingAll(preset.map(([variable]) => variable))) await this.change(sql);
    await this.#assert(this.#variables, "fatal");
    if (!this.behindProxy) await this.#takeMark();
  }

  async #takeMark(): Promise<void> {
    const mark = `lms-session-${newId()}`;
    try {
      const [answer] = await this.values(`SELECT GET_LOCK(${escape(mark)}, 0)`);
      if (Number(answer) === 1) this.#mark = mark;
    } catch (error) {
      if (!isServerAnswer(error)) throw error;
    }
  }

  async #assert(variables: readonly SessionVariable[], disposition: Disposition): Promise<void> {
    const [first] = differing(variables, await this.values(askFor(variables)));
    if (first !== undefined) throw notAsSet(first, disposition);
  }

  #query<T>(query: { readonly sql: string; readonly rowsAsArray?: boolean }): Promise<T> {
    // `null` rather than no values: the driver then sends the text as it is, without looking for placeholders in it.
    return this.#run<T>((done) => this.#connection.query({ ...query, values: null }, done));
  }

  #run<T>(start: (done: (error: unknown, result: unknown) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) return reject(this.#end.reason);
      this.#rejectPending = reject;
      start((error, result) => {
        if (this.#rejectPending !== reject) return;
        this.#rejectPending = undefined;
        if (error) reject(error);
        else resolve(result as T);
      });
    });
  }

  /** The driver's `destroy` only half-closes the socket, and its types do not show the socket. */
  get #socket(): Socket {
    return (this.#connection as Connection & { readonly stream: Socket }).stream;
  }
}

async function connectionOptions(address: MysqlAddress, options: SessionOptions): Promise<ConnectionOptions> {
  const connection: ConnectionOptions = {
    ...(address.socketPath === undefined
      ? { host: address.host, port: address.port }
      : { socketPath: address.socketPath }),
    user: address.user,
    password: options.password === undefined ? address.password : await options.password(),
    charset: "utf8mb4_bin",
    timezone: "Z",
    dateStrings: true,
    jsonStrings: true,
    supportBigNumbers: true,
    connectTimeout: options.connectTimeoutMs,
    // The driver otherwise makes code from the names that a server gives its columns, and runs it.
    disableEval: true,
    // By default a row that an upsert leaves as it is counts as changed; without this flag it counts 0.
    // Nothing here may read a local file at the server's request.
    // The driver would encode statements in whatever charset the server says it has changed to, unescaped for that.
    flags: ["-FOUND_ROWS", "-LOCAL_FILES", "-SESSION_TRACK"],
  };
  if (options.withoutDatabase !== true) connection.database = address.database;
  const authenticated = { ...connection, ...await authenticationOptions(address) };
  if (address.tls === "disabled") return authenticated;
  return { ...authenticated, ssl: await tlsOptions(address) };
}

/** A server or proxy may answer something else than what was asked; nothing of that session is believed any more. */
function rowsOf(answer: unknown): readonly Row[] {
  if (Array.isArray(answer)) return answer;
  throw Object.assign(new Error("the answer to a query has no rows"), { code: "PROTOCOL_UNEXPECTED_PACKET" });
}

function changedBy(answer: unknown): number {
  const { affectedRows } = answer as { readonly affectedRows?: unknown };
  if (typeof affectedRows === "number") return affectedRows;
  throw Object.assign(new Error("the answer to a change does not say how many rows it changed"), {
    code: "PROTOCOL_UNEXPECTED_PACKET",
  });
}

function connectionClosed(): Error {
  return Object.assign(new Error("the connection was closed"), { code: "PROTOCOL_CONNECTION_LOST" });
}

function timedOut(ms: number): Error {
  return Object.assign(new Error(`no answer within ${ms} ms`), { code: "ETIMEDOUT" });
}
