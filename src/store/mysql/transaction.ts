/**
 * Transactions of MySQL and MariaDB.
 *
 * @module
 */
import type { MysqlSession } from "./session.ts";
import { READ_COMMITTED, REPEATABLE_READ } from "./session_variables.ts";

/** Runs `work` in one consistent snapshot: every statement of it sees the same commits. */
export async function inSnapshot<T>(session: MysqlSession, work: () => Promise<T>): Promise<T> {
  // That of the session: a level of one transaction is kept for ever by some proxies, and lost by others.
  await session.change(REPEATABLE_READ);
  try {
    await session.begin({ snapshot: true });
    const result = await work();
    await session.change("COMMIT");
    return result;
  } finally {
    await session.change(READ_COMMITTED).catch((error) => session.destroy(error));
  }
}
