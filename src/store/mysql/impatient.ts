/**
 * Changes of tables that do not wait for long: every later transaction on the table waits behind one that waits.
 *
 * @module
 */
import type { MysqlSession } from "./session.ts";

/** Runs `work`, whose statements give up after so many seconds of waiting for a table: 1205, which is `retry`. */
export async function impatiently<T>(
  session: MysqlSession,
  { seconds }: { readonly seconds: number },
  work: () => Promise<T>,
): Promise<T> {
  const [before] = await session.values("SELECT @@lock_wait_timeout");
  await session.change(`SET lock_wait_timeout = ${seconds}`);
  try {
    return await work();
  } finally {
    // A session that is gone keeps no setting.
    if (session.alive) await session.change(`SET lock_wait_timeout = ${Number(before)}`);
  }
}
