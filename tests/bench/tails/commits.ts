/**
 * When transactions were committed, as one sees it who looks all the time.
 *
 * @module
 */
import { type Connection, createConnection } from "mysql2/promise";
import type { TestDatabase } from "../../support/database.ts";

/** An id of the ledger begins with its time; the rest is so many bits. */
const REST_BITS = 21n;
/** A transaction that takes longer than this is not seen. */
const LOOK_BACK_MS = 60_000;

/** Looks at the ledger. Disposing ends its connection. */
export class Commits implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #atMs = new Map<string, number>();
  #lookedAtMs = now();

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  static async open(database: TestDatabase): Promise<Commits> {
    const connection = await createConnection({ uri: database.url, supportBigNumbers: true, bigNumberStrings: true });
    return new Commits(connection);
  }

  /** Batches, each with the moment of the last look without it: it was committed then or later, never before. */
  get atMs(): ReadonlyMap<string, number> {
    return this.#atMs;
  }

  /** Looks for batches that are new. */
  async look(): Promise<void> {
    const lookedAtMs = now();
    const from = BigInt(Math.floor(lookedAtMs - LOOK_BACK_MS)) << REST_BITS;
    const [rows] = await this.#connection.query({
      sql: `SELECT id FROM batches WHERE id >= ${from}`,
      rowsAsArray: true,
    }) as unknown as [[string][]];
    for (const [id] of rows) if (!this.#atMs.has(id)) this.#atMs.set(id, this.#lookedAtMs);
    this.#lookedAtMs = lookedAtMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.end();
  }
}

/** Milliseconds since 1970, with a fraction. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
