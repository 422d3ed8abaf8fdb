/**
 * The partitions of `service_logs` in MySQL: one per UTC day, one before them and one after.
 *
 * @module
 */

/**
 * Days before today that the first migration gives a partition of their own: Pub/Sub keeps a message for 7 by default.
 */
const DAYS_BEHIND = 8;
/** Days after today that partitions are made for. */
const DAYS_AHEAD = 15;
/** Fewer days than this ahead make {@linkcode missingPartitions} ask for more. */
const DAYS_AHEAD_LOW = 8;

const DAY_MS = 24 * 60 * 60 * 1000;

const LAST = "PARTITION p_future VALUES LESS THAN (MAXVALUE)";

/** The `PARTITION BY` clause for a new table. @param nowMs Now, in milliseconds since 1970. */
export function partitionClause(nowMs: number): string {
  const today = Math.floor(nowMs / DAY_MS);
  const first = today - DAYS_BEHIND;
  const days = range(first, today + DAYS_AHEAD).map(partition);
  const before = `PARTITION p_past VALUES LESS THAN (${bound(first)})`;
  return `PARTITION BY RANGE COLUMNS (publish_time) (\n  ${[before, ...days, LAST].join(",\n  ")}\n)`;
}

/**
 * The statement that splits the last partition into the days that are missing, `undefined` while enough are ahead.
 *
 * The last partition is normally empty, so that splitting it moves no rows. After a long standstill the first new
 * partition also holds the days that nobody made one for.
 *
 * @param names The names of all partitions of the table; empty when it is not partitioned, which is then left so.
 */
export function missingPartitions(names: readonly string[], nowMs: number): string | undefined {
  const today = Math.floor(nowMs / DAY_MS);
  const days = names.flatMap((name) => dayOf(name) ?? []);
  if (days.length === 0 || !names.includes("p_future")) return undefined;
  const last = Math.max(...days);
  if (last - today >= DAYS_AHEAD_LOW) return undefined;
  const missing = range(Math.max(last + 1, today - DAYS_BEHIND), today + DAYS_AHEAD).map(partition);
  return `ALTER TABLE service_logs REORGANIZE PARTITION p_future INTO (\n  ${[...missing, LAST].join(",\n  ")}\n)`;
}

/** Days are whole numbers, counted from 1970-01-01. */
function partition(day: number): string {
  return `PARTITION p${dateOf(day).replaceAll("-", "")} VALUES LESS THAN (${bound(day + 1)})`;
}

function bound(day: number): string {
  return `'${dateOf(day)} 00:00:00.000000'`;
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function dayOf(name: string): number | undefined {
  const [, year, month, day] = /^p(\d{4})(\d\d)(\d\d)$/.exec(name) ?? [];
  return day === undefined ? undefined : Date.UTC(Number(year), Number(month) - 1, Number(day)) / DAY_MS;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
