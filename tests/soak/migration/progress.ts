/**
 * How far a migration is, looked at every second past the program.
 *
 * @module
 */
import type { FakeServer } from "../../../src/emulator/fake_server.ts";
import type { TestDatabase } from "../../support/database.ts";

/** A look. */
export interface Look {
  readonly atMs: number;
  /** Indexes of `service_logs` beside its key. */
  readonly indexes: number;
  /** Rows that were adopted. */
  readonly adopted: number;
  readonly acknowledged: number;
  /** Messages that wait, or are held. */
  readonly behind: number;
}

const EVERY_MS = 1_000;

/** Looks until it is disposed. */
export class Progress implements AsyncDisposable {
  readonly looks: Look[] = [];
  readonly #startedAt = performance.now();
  readonly #database: TestDatabase;
  readonly #pubsub: FakeServer;
  readonly #onLook: (look: Look) => void;
  readonly #looking: Promise<void>;
  #over = false;

  constructor(
    { database, pubsub, onLook }: {
      readonly database: TestDatabase;
      readonly pubsub: FakeServer;
      readonly onLook: (look: Look) => void;
    },
  ) {
    this.#database = database;
    this.#pubsub = pubsub;
    this.#onLook = onLook;
    this.#looking = this.#look();
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  get last(): Look {
    return this.looks.at(-1) ?? { atMs: 0, indexes: 0, adopted: 0, acknowledged: 0, behind: 0 };
  }

  /** The longest time without an acknowledgement between two moments, in milliseconds. */
  longestStall(fromMs = 0, toMs = Infinity): number {
    let [longest, since, acknowledged] = [0, 0, -1];
    for (const look of this.looks) {
      if (look.atMs < fromMs || look.atMs > toMs) continue;
      if (acknowledged !== -1) longest = Math.max(longest, look.atMs - since);
      if (look.acknowledged !== acknowledged) [since, acknowledged] = [look.atMs, look.acknowledged];
    }
    return Math.round(longest);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.#looking;
  }

  async #look(): Promise<void> {
    while (!this.#over) {
      const { acknowledged, waiting, outstanding } = this.#pubsub.stats();
      const { indexes, adopted } = await this.#counts();
      const look = { atMs: this.elapsedMs, indexes, adopted, acknowledged, behind: waiting + outstanding };
      this.looks.push(look);
      this.#onLook(look);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  async #counts(): Promise<Pick<Look, "indexes" | "adopted">> {
    const { query, name } = this.#database;
    const [row] = await query(
      `SELECT COUNT(DISTINCT index_name) - 1 AS n FROM information_schema.statistics WHERE table_schema = '${name}' \
AND table_name = 'service_logs'`,
    );
    // There is no ledger before the migration.
    const [ledger] = await query("SELECT COALESCE(SUM(entries), 0) AS n FROM batches WHERE cause = 'adopt'")
      .catch(() => []);
    return { indexes: Number(row?.n), adopted: Number(ledger?.n ?? 0) };
  }
}
