/**
 * Looks after the partitions of a MySQL or MariaDB database.
 *
 * @module
 */
import { type Elsewhere, locked } from "./lock.ts";
import { serverNow } from "./migrate.ts";
import { impatiently } from "./impatient.ts";
import {
  dayNumber,
  type Partition,
  type PartitionChange,
  partitionChanges,
  PARTITIONED_TABLES,
  type PartitionedTable,
} from "./partition_plan.ts";
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
      `Cannot tell which partitions are needed: it is ${new Date(today).toISOString()} by the database's clock \
and ${new Date(nowMs).toISOString()} by this machine's; set the one that is wrong`,
    );
    return;
  }
  const planned = async () => {
    const changes: (PartitionChange & { readonly table: PartitionedTable })[] = [];
    const found = await partitions(session);
    for (const table of PARTITIONED_TABLES) {
      const own = found.get(table.name) ?? [];
      for (const change of partitionChanges(table, { partitions: own, nowMs: today })) {
        changes.push({ ...change, table });
      }
    }
    return changes;
  };
  if ((await planned()).length === 0) return;
  await locked(session, { name: "migrate", waitSeconds: 0, elsewhere }, async ({ confirm }) => {
    for (const { table, hole, sql } of await planned()) {
      if (hole !== undefined && await holdsRows(session, { table: table.name, partition: hole.name })) {
        onWarning(toldHole(table.name, { hole, sql }));
        continue;
      }
      await confirm();
      await impatiently(session, { seconds: TABLE_LOCK_SECONDS }, () => session.change(sql));
    }
  });
}

async function partitions(session: MysqlSession): Promise<Map<string, Partition[]>> {
  const rows = await session.tuples(
    `SELECT table_name, partition_name, partition_description FROM information_schema.partitions \
WHERE table_schema = DATABASE() AND table_name IN (${PARTITIONED_TABLES.map(({ name }) => `'${name}'`).join(", ")}) \
AND partition_name IS NOT NULL ORDER BY table_name, partition_ordinal_position`,
  );
  const found = new Map<string, Partition[]>();
  for (const [table, name, bound] of rows) {
    const list = found.get(String(table));
    const partition = { name: String(name), bound: String(bound) };
    if (list === undefined) found.set(String(table), [partition]);
    else list.push(partition);
  }
  return found;
}

async function holdsRows(
  session: MysqlSession,
  { table, partition }: { readonly table: string; readonly partition: string },
): Promise<boolean> {
  return (await session.rows(`SELECT 1 FROM ${table} PARTITION (${partition}) LIMIT 1`)).length > 0;
}

function toldHole(table: string, { hole, sql }: PartitionChange): string {
  const { name, firstDay, lastDay } = hole!;
  return `Cannot give each day from ${firstDay} to ${lastDay} a partition: ${name} of ${table} spans them and holds \
rows, which would have to be moved while writers wait; at a quiet time run: ${sql.replaceAll(/\s+/g, " ")}`;
}
