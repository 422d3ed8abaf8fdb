/**
 * Locks over all processes that use one database.
 *
 * A lock is a lease: a row of `locks` that says who has it and until when, by the database's clock. Rows are what every
 * kind of cluster replicates and certifies. A session lock (GET_LOCK) is taken as well where the server grants it, for
 * LMS 0.1.0, which knows nothing else; servers refuse it (Percona XtraDB Cluster's strict mode), keep it to one node
 * (Galera, Group Replication), or lose it without a word (vtgate after 40 s).
 *
 * @module
 */
import { escape } from "mysql2";
import { newId } from "../../ops/ids.ts";
import { CREATE_LOCKS } from "../schema.ts";
import { StoreError } from "../store.ts";
import { ER_DBACCESS_DENIED_ERROR, ER_NO_SUCH_TABLE, ER_TABLEACCESS_DENIED_ERROR } from "./error_numbers.ts";
import { isServerAnswer, mysqlDisposition, serverErrorNumber } from "./errors.ts";
import type { MysqlSession } from "./session.ts";

/** The session lock of each lease. Hashed: a name has 64 characters at most; SHA1() is gone from MySQL 9. */
export const SESSION_LOCKS = {
  /** For whoever changes tables. */
  migrate: "CONCAT('lms-', SHA2(DATABASE(), 224))",
  /** For whoever repairs counters. */
  repair: "CONCAT('lms-repair-', LEFT(SHA2(DATABASE(), 224), 48))",
  /** For whoever adopts rows. */
  adopt: "CONCAT('lms-adopt-', LEFT(SHA2(DATABASE(), 224), 48))",
  /** For whoever merges filters. */
  merge: "CONCAT('lms-merge-', LEFT(SHA2(DATABASE(), 224), 48))",
} as const;

/** Seconds that a lease outlives an instance that ended without a word; nobody waits longer for a dead one. */
export const LEASE_SECONDS = 20;
/** A lease is prolonged four times before it is over: a server that is slow for 15 s costs no lock. */
const PROLONG_MS = 5_000;
/** Between two tries for a lease that somebody has. */
const RETRY_MS = 250;

/** Runs work on another session than the one that the lock's work occupies. */
export type Elsewhere = (work: (session: MysqlSession) => Promise<void>) => Promise<void>;

/** Which lock, and how long to wait for it. */
export interface LockOptions {
  readonly name: keyof typeof SESSION_LOCKS;
  readonly waitSeconds: number;
  /** The lease is prolonged here while the work's own session is busy. */
  readonly elsewhere: Elsewhere;
}

/** A lock that is held. */
export interface Lock {
  /**
   * Asks the database whether it is still held, and prolongs it. Within a transaction the lease stays locked until that
   * ends, or its commit fails where another node gave it away meanwhile.
   *
   * @throws {StoreError} `retry` when it was lost.
   */
  confirm(): Promise<void>;
}

/** Runs `work` under a lock; `undefined` where another instance holds it for longer than `waitSeconds`. */
export async function locked<T>(
  session: MysqlSession,
  { name, waitSeconds, elsewhere }: LockOptions,
  work: (lock: Lock) => Promise<T>,
): Promise<T | undefined> {
  const deadline = performance.now() + waitSeconds * 1000;
  const sessionLock = new SessionLock(session, SESSION_LOCKS[name]);
  const lease = new Lease(name);
  let prolonging: Promise<void> = Promise.resolve();
  let timer: number | undefined;
  try {
    const first = await sessionLock.take(waitSeconds);
    if (first === "busy" || !await lease.take(session, { deadline, optional: first === "held" })) return undefined;
    timer = setInterval(() => {
      // One that fails is made good by the next, or noticed by confirm().
      prolonging = prolonging.then(() => elsewhere(async (other) => void await lease.prolong(other))).catch(() => {});
    }, PROLONG_MS);
    return await work({
      confirm: async () => {
        if (await sessionLock.take(0) === "busy" || !await lease.prolong(session)) throw lost(name);
      },
    });
  } finally {
    clearInterval(timer);
    await prolonging;
    await lease.release(session);
    await sessionLock.release();
  }
}

function lost(name: string): StoreError {
  return new StoreError(`Cannot go on: the lock "${name}" was lost to another instance`, {
    disposition: "retry",
    cause: undefined,
  });
}

/** GET_LOCK: one session may take it several times, and must release it as often. */
class SessionLock {
  readonly #session: MysqlSession;
  readonly #name: string;
  #times = 0;

  constructor(session: MysqlSession, name: string) {
    this.#session = session;
    this.#name = name;
  }

  /** Taking it again tells whether it was lost: `busy` when it is another session's now. */
  async take(seconds: number): Promise<"held" | "busy" | "refused"> {
    try {
      const [answer] = await this.#session.values(`SELECT GET_LOCK(${this.#name}, ${seconds})`);
      if (answer === null || answer === undefined) return "refused";
      if (Number(answer) !== 1) return "busy";
    } catch (error) {
      if (!isServerAnswer(error) || !this.#session.alive) throw error;
      return "refused";
    }
    this.#times++;
    return "held";
  }

  /** The session's end releases it as well, should this fail. */
  async release(): Promise<void> {
    for (; this.#times > 0; this.#times--) {
      await this.#session.values(`SELECT RELEASE_LOCK(${this.#name})`).catch(() => {});
    }
  }
}

/** A row of `locks`. Every statement is by key: no gap is locked, and no column of a key is set. */
class Lease {
  readonly #name: string;
  readonly #owner = escape(newId());
  /** Whether `locks` is there to be written; else the session lock is all there is. */
  #usable = true;

  constructor(name: string) {
    this.#name = escape(name);
  }

  /**
   * Whether it was free, or became so before `deadline`.
   *
   * @param options.optional Whether to do without it where this account may not have the table: the session lock is
   * held.
   */
  async take(
    session: MysqlSession,
    { deadline, optional }: { readonly deadline: number; readonly optional: boolean },
  ): Promise<boolean> {
    try {
      await this.#makeRow(session);
    } catch (error) {
      const number = serverErrorNumber(error);
      const denied = number === ER_TABLEACCESS_DENIED_ERROR || number === ER_DBACCESS_DENIED_ERROR;
      if (!denied || !optional) throw error;
      this.#usable = false;
      return true;
    }
    while (!await this.#set(session, "until <= UTC_TIMESTAMP(6)")) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await new Promise((resolve) => setTimeout(resolve, Math.min(RETRY_MS, left)));
    }
    return true;
  }

  /** Whether it is still ours. */
  async prolong(session: MysqlSession): Promise<boolean> {
    return !this.#usable || await this.#set(session, `owner = ${this.#owner} AND until > UTC_TIMESTAMP(6)`);
  }

  async release(session: MysqlSession): Promise<void> {
    if (!this.#usable) return;
    // Where this fails the lease is over by itself.
    await session.change(
      `UPDATE locks SET until = UTC_TIMESTAMP(6) WHERE name = ${this.#name} AND owner = ${this.#owner}`,
    ).catch(() => {});
  }

  async #makeRow(session: MysqlSession): Promise<void> {
    const insert = `INSERT INTO locks (name, owner, until) VALUES (${this.#name}, '', '1970-01-01') \
ON DUPLICATE KEY UPDATE owner = owner`;
    try {
      await session.change(insert);
    } catch (error) {
      if (serverErrorNumber(error) !== ER_NO_SUCH_TABLE) throw error;
      await session.change(CREATE_LOCKS);
      await session.change(insert);
    }
  }

  async #set(session: MysqlSession, condition: string): Promise<boolean> {
    try {
      return await session.change(
        `UPDATE locks SET owner = ${this.#owner}, until = UTC_TIMESTAMP(6) + INTERVAL ${LEASE_SECONDS} SECOND \
WHERE name = ${this.#name} AND ${condition}`,
      ) === 1;
    } catch (error) {
      // The row is being written by another, or was, on another node.
      if (isServerAnswer(error) && mysqlDisposition(error) === "retry") return false;
      throw error;
    }
  }
}
