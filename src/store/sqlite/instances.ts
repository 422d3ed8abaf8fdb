/**
 * The number of this process among all that write to one SQLite database.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { newId } from "../../ops/ids.ts";
import { INSTANCES_MAX } from "../ledger_id.ts";
import { SQLITE_NOW } from "../migrations/parts.ts";
import { type HeldState, StoreError } from "../store.ts";

/** Seconds after which the number of an instance that was not seen any more is free. */
const FREE_AFTER_SECONDS = 300;
/** Milliseconds for which a claim holds without being asked for again. */
const CONFIRMED_MS = 60_000;

const NOT_SEEN = `unixepoch(seen_at) < unixepoch('now') - ${FREE_AFTER_SECONDS}`;

/** The claim of one store. Each method runs in the transaction under way, which has the write lock. */
export class InstanceClaim {
  readonly #db: DatabaseSync;
  readonly #owner = newId();
  readonly #name: { readonly name: string; readonly version: string };
  #number: number | undefined;
  #confirmedAt = -Infinity;

  constructor(db: DatabaseSync, name: { readonly name: string; readonly version: string }) {
    this.#db = db;
    this.#name = name;
  }

  /** The number, claimed where there is none; anew where it was lost. */
  number(): number {
    if (this.#number === undefined || performance.now() - this.#confirmedAt >= CONFIRMED_MS) this.beat(undefined);
    return this.#number!;
  }

  /** Says that the instance is there. */
  beat(state: HeldState | undefined): void {
    const seen = this.#number === undefined ? 0 : this.#db.prepare(
      `UPDATE instances SET seen_at = ${SQLITE_NOW}, held = COALESCE(?, held), held_bytes = COALESCE(?, held_bytes),
         oldest_publish_time = CASE WHEN ? IS NULL THEN oldest_publish_time ELSE ? END WHERE number = ? AND owner = ?`,
    ).run(
      state?.held ?? null,
      state?.heldBytes ?? null,
      state?.held ?? null,
      state?.oldestPublishTime ?? null,
      this.#number,
      this.#owner,
    ).changes;
    if (Number(seen) === 0) this.#claim();
    this.#confirmedAt = performance.now();
  }

  /** A transaction that is rolled back takes the claim with it: whoever wrote none asks again. */
  forget(): void {
    this.#confirmedAt = -Infinity;
  }

  #claim(): void {
    const rows = this.#db.prepare(`SELECT number, ${NOT_SEEN} AS free FROM instances ORDER BY number`).all();
    const taken = new Map(rows.map(({ number, free }) => [Number(number), free !== 1]));
    let number = 0;
    while (taken.get(number) === true) number++;
    if (number >= INSTANCES_MAX) {
      throw new StoreError(`Cannot write: ${INSTANCES_MAX} instances were at this database within 5 minutes`, {
        disposition: "reconnect",
        cause: undefined,
      });
    }
    this.#db.prepare("INSERT OR REPLACE INTO instances (number, owner, name, version) VALUES (?, ?, ?, ?)").run(
      number,
      this.#owner,
      this.#name.name,
      this.#name.version,
    );
    this.#number = number;
  }
}
