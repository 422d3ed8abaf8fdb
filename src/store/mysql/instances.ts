/**
 * The number of this instance among all that write to one database.
 *
 * @module
 */
import { escape } from "mysql2";
import { newId } from "../../ops/ids.ts";
import { INSTANCES_MAX } from "../ledger_id.ts";
import { type HeldState, StoreError } from "../store.ts";
import type { MysqlSession } from "./session.ts";

/** Seconds after which the number of an instance that was not seen any more is free. */
export const FREE_AFTER_SECONDS = 300;

/**
 * Milliseconds for which a claim holds without asking again: with an attempt's 30 s well below the time after which
 * another may take the number.
 */
const CONFIRMED_MS = 60_000;

/** How the instance is told of. */
export interface InstanceName {
  readonly name: string;
  readonly version: string;
}

/** The claim of one store. */
export class InstanceClaim {
  readonly #owner = newId();
  readonly #name: InstanceName;
  #number: number | undefined;
  #confirmedAt = -Infinity;
  /** Two writers at once make one claim. */
  #claiming: Promise<void> | undefined;

  constructor(name: InstanceName) {
    this.#name = name;
  }

  /** Whether {@linkcode InstanceClaim.number} can be had without asking the database. */
  get confirmed(): boolean {
    return this.#number !== undefined && performance.now() - this.#confirmedAt < CONFIRMED_MS;
  }

  /** The instance's number, claimed anew where it was lost. @throws {StoreError} `reconnect` when every one is taken. */
  async number(session: MysqlSession): Promise<number> {
    while (!this.confirmed) {
      await (this.#claiming ??= this.#renew(session).finally(() => this.#claiming = undefined));
    }
    return this.#number!;
  }

  /** Says that the instance is there; whether the number is still its own. */
  async beat(session: MysqlSession, state: HeldState | undefined): Promise<boolean> {
    if (this.#number === undefined) return false;
    const askedAt = performance.now();
    const held = state === undefined
      ? ""
      : `, held = ${escape(state.held)}, held_bytes = ${escape(state.heldBytes)}, oldest_publish_time = ${
        escape(state.oldestPublishTime ?? null)
      }`;
    const changed = await session.change(
      `UPDATE instances SET seen_at = UTC_TIMESTAMP(6)${held} WHERE number = ${this.#number} AND owner = ${
        escape(this.#owner)
      }`,
    );
    if (changed === 0) this.#number = undefined;
    else this.#confirmedAt = askedAt;
    return changed > 0;
  }

  async #renew(session: MysqlSession): Promise<void> {
    if (!await this.beat(session, undefined)) await this.#claim(session);
  }

  async #claim(session: MysqlSession): Promise<void> {
    while (true) {
      const askedAt = performance.now();
      const rows = await session.tuples(
        `SELECT number, seen_at < UTC_TIMESTAMP(6) - INTERVAL ${FREE_AFTER_SECONDS} SECOND FROM instances ORDER BY number`,
      );
      const taken = new Map(rows.map(([number, free]) => [Number(number), Number(free) === 0]));
      let number = 0;
      while (taken.get(number) === true) number++;
      if (number >= INSTANCES_MAX) {
        throw new StoreError(`Cannot write: ${INSTANCES_MAX} instances were at this database within 5 minutes`, {
          disposition: "reconnect",
          cause: undefined,
        });
      }
      const { name, version } = this.#name;
      const changed = await session.change(
        taken.has(number)
          ? `UPDATE instances SET owner = ${escape(this.#owner)}, name = ${escape(name)}, version = ${
            escape(version)
          }, \
started_at = UTC_TIMESTAMP(6), seen_at = UTC_TIMESTAMP(6), held = 0, held_bytes = 0, oldest_publish_time = NULL \
WHERE number = ${number} AND seen_at < UTC_TIMESTAMP(6) - INTERVAL ${FREE_AFTER_SECONDS} SECOND`
          : `INSERT INTO instances (number, owner, name, version, started_at, seen_at) VALUES (${number}, \
${escape(this.#owner)}, ${escape(name)}, ${escape(version)}, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)) \
ON DUPLICATE KEY UPDATE number = number`,
      );
      // Else another was quicker.
      if (changed === 0) continue;
      this.#number = number;
      this.#confirmedAt = askedAt;
      return;
    }
  }
}
