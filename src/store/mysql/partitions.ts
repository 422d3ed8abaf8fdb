/**
 * Looks after the partitions of `service_logs` in a MySQL or MariaDB database.
 *
 * @module
 */
import { type Elsewhere, locked } from "./lock.ts";
import { serverNow } from "./migrate.ts";
import { dayNumber, type Partition, type PartitionChange, partitionChanges } from "./partition_plan.ts";
import type { MysqlSession } from "./session.ts";

/** Seconds that a change of partitions waits for the table; every later transaction on it waits behind. */
const TABLE_LOCK_SECONDS = 5;

/** What looking after partitions needs. */
export interface PartitionOptions {
  /** This machine's clock, in milliseconds since 1970. */
  readonly nowMs: number;
  /** See `locked()`. */
  readonly elsewhere: Elsewhere;
  /** Told of what only an operator can put right. */
  readonly onWarning: (message: string) => void;
}

/**
 * Makes the partitions that the days around today miss, by the database's clock, under the lock of migrations. Does
 * nothing while another instance holds that: it is most likely doing the same.
 *
 * A partition that is made stays. So nothing is done by a clock that may be wrong: where the database's and this
 * machine's are days apart, that is told.
 */
export async function keepPartitions(session: MysqlSession, options: PartitionOptions): Promise<void> {
  const { nowMs, elsewhere, onWarning } = options;
  const today = await serverNow(session);
  if (Math.abs(dayNumber(today) - dayNumber(nowMs)) > 1) {
    onWarning(
      `Cannot tell which partitions service_logs needs: it is ${new Date(today).toISOString()} by the database's clock \
and ${new Date(nowMs).toISOString()} by this machine's; set the one that is wrong`,
    );
    return;
  }
  if (partitionChanges(await partitions(session), today).length === 0) return;
  await locked(session, { name: "migrate", waitSeconds: 0, elsewhere }, async ({ confirm }) => {
    for (const change of partitionChanges(await partitions(session), today)) {
      if (change.hole !== undefined && await holdsRows(session, change.hole.name)) {
        onWarning(toldHole(change.hole, change.sql));
        continue;
      }
      await confirm();
      await impatiently(session, change.sql);
    }
  });
}

async function partitions(session: MysqlSession): Promise<Partition[]> {
  const rows = await session.tuples(
    "SELECT partition_name, partition_description FROM information_schema.partitions \
WHERE table_schema = DATABASE() AND table_name = 'service_logs' AND partition_name IS NOT NULL \
ORDER BY partition_ordinal_position",
  );
  return rows.map(([name, bound]) => ({ name: String(name), bound: String(bound) }));
}

async function holdsRows(session: MysqlSession, partition: string): Promise<boolean> {
  return (await session.rows(`SELECT 1 FROM service_logs PARTITION (${partition}) LIMIT 1`)).length > 0;
}

async function impatiently(session: MysqlSession, sql: string): Promise<void> {
  const [seconds] = await session.values("SELECT @@lock_wait_timeout");
  await session.change(`SET lock_wait_timeout = ${TABLE_LOCK_SECONDS}`);
  try {
    await session.change(sql);
  } finally {
    await session.change(`SET lock_wait_timeout = ${Number(seconds)}`);
  }
}

function toldHole({ name, firstDay, lastDay }: NonNullable<PartitionChange["hole"]>, sql: string): string {
  return `Cannot give each day from ${firstDay} to ${lastDay} a partition: ${name} of service_logs spans them and holds \
rows, which would have to be moved while writers wait; at a quiet time run: ${sql.replaceAll(/\s+/g, " ")}`;
}
