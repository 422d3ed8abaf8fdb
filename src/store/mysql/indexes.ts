/**
 * The indexes by which rows are read, built where rows were before them.
 *
 * @module
 */
import type { Progress } from "../maintenance.ts";
import { indexStatements } from "../migrations/second.ts";
import { ER_LOCK_WAIT_TIMEOUT } from "./error_numbers.ts";
import { serverErrorNumber } from "./errors.ts";
import { impatiently } from "./impatient.ts";
import { type Elsewhere, locked } from "./lock.ts";
import { readSchema } from "./migrate.ts";
import type { MysqlSession } from "./session.ts";

/** Seconds that building waits for the table, at its begin and at its end; every later transaction waits behind. */
const TABLE_LOCK_SECONDS = 1;

/** See `Maintenance.indexed`. */
export async function isIndexed(session: MysqlSession): Promise<boolean> {
  return indexStatements(await readSchema(session)).length === 0;
}

/** The index of `service_logs` that begins with `batch`; `undefined` where there is none. */
export async function batchIndex(session: MysqlSession): Promise<string | undefined> {
  const indexes = (await readSchema(session)).indexes.get("service_logs");
  return [...indexes ?? []].find(([, [first]]) => first === "batch")?.[0];
}

/** See `Maintenance.buildIndexes`. Under the lock of migrations: one instance builds. */
export async function buildIndexes(session: MysqlSession, elsewhere: Elsewhere): Promise<Progress> {
  if (await isIndexed(session)) return "done";
  const lock = { name: "migrate", waitSeconds: 0, elsewhere } as const;
  try {
    const built = await locked(session, lock, async ({ confirm }): Promise<Progress> => {
      await impatiently(session, { seconds: TABLE_LOCK_SECONDS }, async () => {
        for (const sql of indexStatements(await readSchema(session))) {
          await confirm();
          await session.change(sql);
        }
      });
      return "done";
    });
    return built ?? "busy";
  } catch (error) {
    if (serverErrorNumber(error) === ER_LOCK_WAIT_TIMEOUT) return "busy";
    throw error;
  }
}
