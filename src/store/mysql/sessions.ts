/**
 * Lends sessions, and decides what becomes of one after a failure.
 *
 * @module
 */
import { escape } from "mysql2";
import type { MysqlAddress } from "../database_url.ts";
import { checkVersions, MIGRATIONS, SELECT_VERSIONS } from "../schema.ts";
import { StoreError } from "../store.ts";
import { adviceFor } from "./advice.ts";
import { ER_ACCESS_DENIED_ERROR, ER_NO_SUCH_THREAD } from "./error_numbers.ts";
import { isDriverError, isServerAnswer, serverErrorNumber, toStoreError } from "./errors.ts";
import { IdleSessions } from "./idle.ts";
import { MysqlSession } from "./session.ts";

/** How many sessions to keep and how long to wait for the server. */
export interface MysqlSessionsOptions {
  /** Idle sessions kept open. More may be lent at once; they are closed when they come back. */
  readonly idleMax: number;
  /** Milliseconds after which an idle one is ended. */
  readonly idleMs: number;
  /** Asked for the password at every connection, in place of the address' own. */
  readonly password?: (() => Promise<string>) | undefined;
  readonly connectTimeoutMs: number;
  readonly lockWaitSeconds: number;
  readonly onWarning: (message: string) => void;
}

/** How to run one piece of work on a session. */
export interface UseOptions {
  /** What the work does, for error messages: "Cannot write batch: …". */
  readonly action: string;
  /** Whether the work writes: the session is then checked once, and ended by id when it is lost. */
  readonly writes: boolean;
  /** For the work, without connecting, in milliseconds; unset: no limit. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Seconds that a session ended by id gets to roll back, before its locks are left to the lock wait. */
const KILL_WAIT_SECONDS = 5;

/** An idle session that is there answers at once; one that was forgotten costs a batch this long, in milliseconds. */
const IDLE_ANSWER_MS = 3_000;

/** Pub/Sub takes messages of up to 10 MB, which a dead letter keeps whole, in one packet. */
const PACKET_BYTES_WANTED = 16 * 1024 * 1024;

const BEHIND_PROXY = "A proxy stands between LMS and the database: connections have other numbers there. Each \
transaction begins with a look at the session's variables, and lost sessions are left to the proxy to end";

/** Sessions of one database. A failed one is never lent again unless its transaction was rolled back. */
export class MysqlSessions implements AsyncDisposable {
  readonly #address: MysqlAddress;
  readonly #options: MysqlSessionsOptions;
  readonly #idle: IdleSessions;
  readonly #lent = new Set<MysqlSession>();
  /** Ids, by mark, of sessions that were lost while writing: the server may still hold their locks, or be committing. */
  readonly #lost = new Map<string, number>();
  /** Whether any session ever showed that a proxy stands between. */
  #behindProxy = false;
  readonly #closing = new AbortController();
  #warnedOfPacket = false;
  /** Whether the server ever let us in. */
  #admitted = false;

  constructor(address: MysqlAddress, options: MysqlSessionsOptions) {
    this.#address = address;
    this.#options = options;
    const { idleMax, idleMs, connectTimeoutMs } = options;
    this.#idle = new IdleSessions({
      max: idleMax,
      expireMs: idleMs,
      answerMs: Math.min(connectTimeoutMs, IDLE_ANSWER_MS),
    });
  }

  /**
   * Runs `work` on a session of its own.
   *
   * @throws {StoreError} Every error of the driver, classified; or `signal.reason`; or what else `work` throws.
   */
  async use<T>(options: UseOptions, work: (session: MysqlSession) => Promise<T>): Promise<T> {
    const { action, signal } = options;
    signal?.throwIfAborted();
    let session: MysqlSession | undefined;
    let timer: number | undefined;
    const abort = () => session?.destroy(signal?.reason);
    try {
      session = await this.#take(signal);
      this.#lent.add(session);
      // Another session may have shown it since: numbers can be the same by chance.
      session.behindProxy ||= this.#behindProxy;
      const lent = session;
      signal?.addEventListener("abort", abort);
      if (options.timeoutMs !== undefined) {
        const ms = options.timeoutMs;
        timer = setTimeout(() => {
          lent.destroy(unanswered(action, ms));
          this.#idle.drop();
        }, ms);
      }
      if (options.writes) {
        await this.#check(session);
        await this.#endLost(session);
      }
      const result = await work(session);
      await this.#giveBack(session);
      return result;
    } catch (error) {
      const thrown = isDriverError(error) ? this.#explained(toStoreError(action, error)) : error;
      if (session !== undefined) await this.#afterFailure(session, { error: thrown, writes: options.writes });
      throw thrown;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      if (session !== undefined) this.#lent.delete(session);
    }
  }

  /** A session outside the pool, which the caller ends; not checked for writing. @throws {StoreError} */
  async open(options: { readonly action: string; readonly withoutDatabase?: boolean }): Promise<MysqlSession> {
    try {
      return await this.#open(this.#closing.signal, options.withoutDatabase ?? false);
    } catch (error) {
      throw isDriverError(error) ? this.#explained(toStoreError(options.action, error)) : error;
    }
  }

  /** Ends idle sessions politely and cuts lent ones, whose work then fails with `reconnect`. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new StoreError("Cannot use the database: the store is closed", {
      disposition: "reconnect",
      cause: undefined,
    });
    this.#closing.abort(closed);
    for (const session of this.#lent) session.destroy(closed);
    await this.#idle.end();
  }

  async #take(signal: AbortSignal | undefined): Promise<MysqlSession> {
    this.#closing.signal.throwIfAborted();
    const idle = await this.#idle.take(signal);
    if (idle !== undefined) return idle;
    const signals = signal === undefined ? [] : [signal];
    return await this.#open(AbortSignal.any([this.#closing.signal, ...signals]), false);
  }

  async #open(signal: AbortSignal, withoutDatabase: boolean): Promise<MysqlSession> {
    const session = await MysqlSession.open(this.#address, { ...this.#options, signal, withoutDatabase });
    this.#admitted = true;
    if (session.behindProxy && !this.#behindProxy) {
      this.#behindProxy = true;
      this.#lost.clear();
      this.#options.onWarning(BEHIND_PROXY);
    }
    return session;
  }

  async #giveBack(session: MysqlSession): Promise<void> {
    if (this.#closing.signal.aborted) await session.end();
    else await this.#idle.put(session);
  }

  async #afterFailure(session: MysqlSession, failure: { readonly error: unknown; readonly writes: boolean }) {
    const { error, writes } = failure;
    // The store's own refusals have no cause; like a server's answer they leave the connection in order.
    const inOrder = error instanceof StoreError && (error.cause === undefined || isServerAnswer(error.cause));
    if (inOrder && session.alive) {
      try {
        await session.change("ROLLBACK");
        // After `reconnect` the next session may be to another server of the same name, one that can be written to.
        if (error.disposition !== "reconnect" && error.disposition !== "fatal") await this.#giveBack(session);
        else await session.end();
        return;
      } catch {
        // Whatever broke the rollback broke the session.
      }
    }
    session.destroy(error);
    if (writes && session.mark !== undefined && !this.#behindProxy) this.#lost.set(session.mark, session.id);
  }

  /** A no-op upsert: fails where nothing can be written, and shows whether such a row is counted as changed. */
  async #check(session: MysqlSession): Promise<void> {
    if (session.checked) return;
    // A migration since the start may need a program that knows it.
    checkVersions(await session.rows(SELECT_VERSIONS));
    const [{ version, name }] = MIGRATIONS;
    const changed = await session.change(
      `INSERT INTO schema_migrations (version, name) VALUES (${version}, ${escape(name)}) \
ON DUPLICATE KEY UPDATE version = version`,
    );
    if (changed !== 0) {
      throw new StoreError(
        "Cannot tell new rows from old ones: an upsert that changes nothing counts as a change on this connection. \
A proxy that switches the client flag FOUND_ROWS on does this",
        { disposition: "fatal", cause: undefined },
      );
    }
    session.checked = true;
    if (session.packetBytesMax < PACKET_BYTES_WANTED && !this.#warnedOfPacket) {
      this.#warnedOfPacket = true;
      this.#options.onWarning(
        `max_allowed_packet is ${session.packetBytesMax}: an undecodable message may have 10 MB, which does not fit; \
set it to ${PACKET_BYTES_WANTED} or more`,
      );
    }
  }

  /**
   * Ends the sessions that were lost while writing, and waits until they are gone: until then one may hold locks that
   * the new write waits for. If the server lets one commit first, the new write finds its rows.
   */
  async #endLost(session: MysqlSession): Promise<void> {
    for (const [mark, id] of [...this.#lost]) {
      try {
        await endLost(session, { mark, id });
      } catch (error) {
        // Without the right, or without user-level locks, the lock wait is all there is.
        if (!isServerAnswer(error) || !session.alive) throw error;
      }
      this.#lost.delete(mark);
    }
  }

  /** Adds what the operator can do, where that is known. */
  #explained(error: StoreError): StoreError {
    const { cause } = error;
    if (serverErrorNumber(cause) === ER_ACCESS_DENIED_ERROR && this.#admitted && this.#options.password !== undefined) {
      // It was right before and is read anew each time: somebody changes it, at the server and where it is kept.
      const message = `${error.message}; waiting for the new password`;
      return new StoreError(message, { disposition: "reconnect", cause });
    }
    const advice = adviceFor(error.cause, this.#address);
    if (advice === undefined) return error;
    return new StoreError(`${error.message}; ${advice}`, { disposition: error.disposition, cause: error.cause });
  }
}

/**
 * By the number that the session was greeted with, and only while the server has the session's mark under that number:
 * behind a proxy that numbers connections itself, the number could be another client's.
 */
async function endLost(session: MysqlSession, { mark, id }: { readonly mark: string; readonly id: number }) {
  const [holder] = await session.values(`SELECT IS_USED_LOCK(${escape(mark)})`);
  if (holder === null) return;
  if (Number(holder) === id) {
    // It may be gone by now.
    await session.change(`KILL ${id}`).catch((error) => {
      if (serverErrorNumber(error) !== ER_NO_SUCH_THREAD) throw error;
    });
  }
  await session.values(`SELECT GET_LOCK(${escape(mark)}, ${KILL_WAIT_SECONDS})`);
  await session.values(`SELECT RELEASE_LOCK(${escape(mark)})`);
}

function unanswered(action: string, ms: number): StoreError {
  return new StoreError(`Cannot ${action}: the database did not answer within ${ms} ms`, {
    disposition: "reconnect",
    cause: undefined,
  });
}
