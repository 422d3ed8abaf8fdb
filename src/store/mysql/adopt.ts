/**
 * Gives rows a batch that have none: those of a version of the program that knew no batches.
 *
 * @module
 */
import { escape } from "mysql2";
import type { LogEntry } from "../../entry/entry.ts";
import { StoreError } from "../store.ts";
import { planKeys } from "../write_plan.ts";
import { keyList, KEYS_PER_LIST } from "./insert.ts";
import { type Elsewhere, locked } from "./lock.ts";
import { storedEntry } from "./read.ts";
import { Attempt, type Recorder } from "./record.ts";
import type { MysqlSession } from "./session.ts";

/** Rows of one transaction: as many as a batch has by default. */
const ROWS_MAX = 5_000;

/** What adopting needs. */
export interface AdoptOptions {
  readonly recorder: Recorder;
  /** The index of `service_logs` whose first column is `batch`. */
  readonly index: string;
  readonly elsewhere: Elsewhere;
}

/** See `Maintenance.adopt`. One instance at a time. */
export async function adoptRows(
  session: MysqlSession,
  { recorder, index, elsewhere }: AdoptOptions,
): Promise<number | "busy"> {
  const lock = { name: "adopt", waitSeconds: 0, elsewhere } as const;
  const adopted = await locked(session, lock, async ({ confirm }) => {
    const attempt = await Attempt.begin(session, recorder);
    await confirm();
    const entries = planKeys(await unadopted(session, index)) as readonly LogEntry[];
    if (entries.length === 0) {
      await session.change("ROLLBACK");
      return 0;
    }
    let changed = 0;
    for (let i = 0; i < entries.length; i += KEYS_PER_LIST) {
      changed += await session.change(
        `UPDATE service_logs FORCE INDEX (PRIMARY) SET batch = ${attempt.id} WHERE batch IS NULL \
AND (publish_time, message_id) IN (${keyList(entries.slice(i, i + KEYS_PER_LIST))})`,
      );
    }
    if (changed !== entries.length) {
      throw new StoreError(`Cannot adopt rows: ${changed} of ${entries.length} were there`, {
        disposition: "retry",
        cause: undefined,
      });
    }
    for (const entry of entries) attempt.add(entry);
    await attempt.commit({ entries, deadLetters: 0 }, { cause: "adopt", bytes: 0, items: entries.length });
    return entries.length;
  });
  return adopted ?? "busy";
}

/** The last of them, locked. */
async function unadopted(session: MysqlSession, index: string): Promise<LogEntry[]> {
  const rows = await session.rows(
    `SELECT publish_time, message_id, service_name, payload, severity, \`timestamp\`, created_at, attributes \
FROM service_logs FORCE INDEX (${index}) WHERE batch IS NULL ORDER BY publish_time DESC, message_id DESC \
LIMIT ${escape(ROWS_MAX)} FOR UPDATE`,
  );
  return rows.map(storedEntry);
}
