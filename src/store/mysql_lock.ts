/**
 * Locks of a whole server for one database: who holds one is alone, over all processes.
 *
 * @module
 */
import type { MysqlSession } from "./mysql_session.ts";

// Hashed: a lock's name has 64 characters at most, like a database's; SHA1() is gone from MySQL 9.
/** For whoever changes tables. */
export const MIGRATION_LOCK = "CONCAT('lms-', SHA2(DATABASE(), 224))";
/** For whoever repairs counters. */
export const REPAIR_LOCK = "CONCAT('lms-repair-', LEFT(SHA2(DATABASE(), 224), 48))";

/** Which lock, as an SQL expression, and how long to wait for it. */
export interface LockOptions {
  readonly name: string;
  readonly seconds: number;
}

/**
 * Runs `work` under a lock; `undefined` where another session holds it for longer than `seconds`.
 *
 * The lock belongs to the session. A session that is lost while its commit is under way keeps it until the server is
 * through with that commit, so that the next holder sees its outcome.
 */
export async function locked<T>(
  session: MysqlSession,
  { name, seconds }: LockOptions,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const [row] = await session.rows(`SELECT GET_LOCK(${name}, ${seconds}) AS locked`);
  if (Number(row?.locked) !== 1) return undefined;
  try {
    return await work();
  } finally {
    // The session's end releases it as well, should this fail.
    await session.rows(`SELECT RELEASE_LOCK(${name})`).catch(() => {});
  }
}
