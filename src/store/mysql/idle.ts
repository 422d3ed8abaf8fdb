/**
 * Sessions that nobody uses at the moment.
 *
 * Servers and proxies end connections that were idle for long, as a matter of routine, and firewalls forget them without
 * telling either side. None of that is an outage, and a real statement must not be the one to discover it.
 *
 * @module
 */
import { StoreError } from "../store.ts";
import type { MysqlSession } from "./session.ts";

/** How many to keep, and for how long. */
export interface IdleSessionsOptions {
  readonly max: number;
  /** A session is ended when it was idle for this long. */
  readonly expireMs: number;
  /** How long a session has to answer before it counts as forgotten. */
  readonly answerMs: number;
}

interface Idle {
  readonly session: MysqlSession;
  /** By `performance.now()`. */
  readonly since: number;
  readonly expiry: number;
}

/** Who counts idleness counts it in seconds: what answered this short a time ago, in milliseconds, is there. */
const FRESH_MS = 250;

/** Keeps idle sessions, and hands out those that are still there. */
export class IdleSessions {
  readonly #options: IdleSessionsOptions;
  readonly #idle: Idle[] = [];
  /** Those that are asked whether they are there, and those that say goodbye. */
  readonly #asked = new Set<MysqlSession>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: IdleSessionsOptions) {
    this.#options = options;
  }

  /** Keeps a session that works; ends it where there are enough. */
  async put(session: MysqlSession): Promise<void> {
    if (!session.alive || this.#idle.length >= this.#options.max) return await session.end();
    const expiry = setTimeout(() => this.#expire(session), this.#options.expireMs);
    this.#idle.push({ session, since: performance.now(), expiry });
  }

  /**
   * The session that was used last among those that are still there; `undefined` where none is.
   *
   * @throws The signal's reason.
   */
  async take(signal: AbortSignal | undefined): Promise<MysqlSession | undefined> {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(idle.expiry);
      const { session, since } = idle;
      if (!session.alive) continue;
      if (performance.now() - since < FRESH_MS || await this.#answers(session, signal)) return session;
      signal?.throwIfAborted();
    }
    return undefined;
  }

  /** Cuts every session: the network may have forgotten all of them with the one that did not answer in time. */
  drop(): void {
    for (const { session, expiry } of this.#idle.splice(0)) {
      clearTimeout(expiry);
      session.destroy(forgotten());
    }
  }

  /** Ends every session politely, and cuts those that are being asked. */
  async end(): Promise<void> {
    for (const session of this.#asked) session.destroy(forgotten());
    for (const { session, expiry } of this.#idle.splice(0)) {
      clearTimeout(expiry);
      this.#leave(session);
    }
    await Promise.all(this.#leaving);
  }

  /** Whether it is still there, which also tells everything in between that it is in use. */
  async #answers(session: MysqlSession, signal: AbortSignal | undefined): Promise<boolean> {
    const abort = () => session.destroy(signal?.reason);
    signal?.addEventListener("abort", abort);
    const timer = setTimeout(() => {
      session.destroy(forgotten());
      this.drop();
    }, this.#options.answerMs);
    this.#asked.add(session);
    try {
      await session.values("SELECT 1");
      return session.alive;
    } catch (error) {
      session.destroy(error);
      return false;
    } finally {
      this.#asked.delete(session);
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  #expire(session: MysqlSession): void {
    this.#idle.splice(this.#idle.findIndex((idle) => idle.session === session), 1);
    this.#leave(session);
  }

  #leave(session: MysqlSession): void {
    const left = session.end().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }
}

function forgotten(): StoreError {
  return new StoreError("Cannot use an idle connection to the database: it does not answer", {
    disposition: "reconnect",
    cause: undefined,
  });
}
