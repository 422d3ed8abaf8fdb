/**
 * The partitions of tables in MySQL: one per UTC day, one before them and one after.
 *
 * @module
 */
import { DAY_MS } from "../../ops/durations.ts";

/** A table that is partitioned by day. */
export interface PartitionedTable {
  readonly name: string;
  /** The column that says the day, part of every unique key. */
  readonly column: string;
  /** What follows a date in a bound, for a column that has a time of day. */
  readonly midnight: string;
}

/** By publish time. */
export const SERVICE_LOGS_PARTITIONS: PartitionedTable = {
  name: "service_logs",
  column: "publish_time",
  midnight: " 00:00:00.000000",
};
/** By the minute that is counted. */
export const MINUTES_PARTITIONS: PartitionedTable = {
  name: "service_severity_minutes",
  column: "minute",
  midnight: " 00:00:00",
};
/** By the day whose words they hold. */
export const WORD_FILTERS_PARTITIONS: PartitionedTable = { name: "word_filters", column: "day", midnight: "" };

/** Every table that is. */
export const PARTITIONED_TABLES: readonly PartitionedTable[] = [
  SERVICE_LOGS_PARTITIONS,
  MINUTES_PARTITIONS,
  WORD_FILTERS_PARTITIONS,
];

/**
 * Days before today that the first migration gives a partition of their own: Pub/Sub keeps a message for 7 by default.
 */
const DAYS_BEHIND = 8;
/** Days after today that partitions are made for. */
const DAYS_AHEAD = 15;
/** Fewer days than this ahead make {@linkcode partitionChanges} ask for more. */
const DAYS_AHEAD_LOW = 8;

/** A partition of the table, by `information_schema`. */
export interface Partition {
  readonly name: string;
  /** Where it ends, as `PARTITION_DESCRIPTION` says it: a quoted time, or `MAXVALUE`. */
  readonly bound: string;
}

/** A statement that gives days a partition of their own. */
export interface PartitionChange {
  readonly sql: string;
  /** The partition that it splits, which may hold rows that would have to be moved; `undefined` for the last one. */
  readonly hole?: { readonly name: string; readonly firstDay: string; readonly lastDay: string };
}

/** The `PARTITION BY` clause for a new table. @param nowMs Now, in milliseconds since 1970. */
export function partitionClause(table: PartitionedTable, nowMs: number): string {
  const today = dayNumber(nowMs);
  const first = today - DAYS_BEHIND;
  const days = range(first, today + DAYS_AHEAD).map((day) => partition(table, day));
  const before = `PARTITION p_past VALUES LESS THAN (${bound(table, first)})`;
  return `PARTITION BY RANGE COLUMNS (${table.column}) (\n  ${[before, ...days, last("p_future")].join(",\n  ")}\n)`;
}

/**
 * The statements that give the days around today the partitions they miss; none while enough are ahead.
 *
 * The last partition, for MAXVALUE, is normally empty, so that splitting it moves no rows; one that somebody dropped is
 * made again. After a long standstill the days that nobody made a partition for share one. A partition of several days
 * that are not over yet is a hole: a clock that was wrong for a moment leaves it.
 *
 * @param options.partitions All of the table, in order; empty when it is not partitioned, which is then left so, as is
 *   one that is partitioned by somebody else's plan.
 */
export function partitionChanges(
  table: PartitionedTable,
  { partitions, nowMs }: { readonly partitions: readonly Partition[]; readonly nowMs: number },
): PartitionChange[] {
  const today = dayNumber(nowMs);
  const ends = partitions.map(({ bound }) => endOf(bound));
  const ours = partitions.filter(({ name }, i) => name === nameOf(ends[i]! - 1));
  if (ours.length === 0) return [];
  const changes: PartitionChange[] = [];
  for (const [i, { name }] of partitions.entries()) {
    const [from, to] = [ends[i - 1] ?? -Infinity, ends[i]! - 1];
    if (name !== nameOf(to) || from >= to || to < today || from >= today + DAYS_AHEAD_LOW) continue;
    const days = ownDays({ from, to, today });
    if (from === -Infinity || days.length === 1) continue;
    changes.push({
      sql: reorganize(table, name, days.map((day) => partition(table, day))),
      hole: { name, firstDay: dateOf(from), lastDay: dateOf(to) },
    });
  }
  const future = partitions[ends.indexOf(Infinity)]?.name;
  const from = Math.max(...ends.filter(Number.isFinite));
  if (from > today + DAYS_AHEAD_LOW && future !== undefined) return changes;
  const pieces = [
    ...ownDays({ from, to: Infinity, today }).map((day) => partition(table, day)),
    last(future ?? "p_future"),
  ];
  const sql = future === undefined
    ? `ALTER TABLE ${table.name} ADD PARTITION (\n  ${pieces.join(",\n  ")}\n)`
    : reorganize(table, future, pieces);
  return [...changes, { sql }];
}

/** The last days of the partitions that the days from `from` to `to` get: one for each day around today. */
function ownDays(
  { from, to, today }: { readonly from: number; readonly to: number; readonly today: number },
): number[] {
  const [first, until] = [today - DAYS_BEHIND, today + DAYS_AHEAD];
  const days = range(Math.max(from, first), Math.min(to, until));
  if (from < first) days.unshift(first - 1);
  if (to > until && to !== Infinity) days.push(to);
  return days;
}

function reorganize(table: PartitionedTable, name: string, pieces: readonly string[]): string {
  return `ALTER TABLE ${table.name} REORGANIZE PARTITION ${name} INTO (\n  ${pieces.join(",\n  ")}\n)`;
}

/** Days are whole numbers, counted from 1970-01-01. */
export function dayNumber(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

function partition(table: PartitionedTable, day: number): string {
  return `PARTITION ${nameOf(day)} VALUES LESS THAN (${bound(table, day + 1)})`;
}

function last(name: string): string {
  return `PARTITION ${name} VALUES LESS THAN (MAXVALUE)`;
}

function bound({ midnight }: PartitionedTable, day: number): string {
  return `'${dateOf(day)}${midnight}'`;
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** A partition is called by the last of its days; `undefined` where it ends at no day's end. */
function nameOf(day: number): string | undefined {
  return Number.isSafeInteger(day) ? `p${dateOf(day).replaceAll("-", "")}` : undefined;
}

/** The first day that a partition with this bound does not have any more; NaN for the bounds of somebody else's plan. */
function endOf(bound: string): number {
  if (bound === "MAXVALUE") return Infinity;
  const [, date] = /^'(\d{4}-\d\d-\d\d)( 00:00:00(\.0+)?)?'$/.exec(bound) ?? [];
  return date === undefined ? NaN : Date.parse(date) / DAY_MS;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, i) => from + i);
}
