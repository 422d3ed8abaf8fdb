/**
 * Statements that land a batch in the tables of readers, written apart from the program's own writing: what readers are
 * tested on does not depend on it.
 *
 * @module
 */
import type { Instant } from "../../src/entry/entry.ts";
import type { BatchCause, BatchId, ReadEntry } from "../../src/store/log_rows.ts";
import { bytesLiteral, type Dialect } from "../../src/store/reading/dialect.ts";
import { BatchWords } from "../../src/words/batch_words.ts";
import type { FilterRow } from "../../src/words/word_filter.ts";

/** A batch to land. */
export interface Landing {
  readonly entries: readonly ReadEntry[];
  /** Absent: as the version before writes, which has no ledger, no minutes, no words. */
  readonly id?: BatchId | undefined;
  readonly cause?: BatchCause | undefined;
  readonly instance?: number | undefined;
  /** As if it had too many words. */
  readonly unfiltered?: boolean | undefined;
  /** Services that the minutes count under the empty name. */
  readonly namelessServices?: readonly string[] | undefined;
}

/** The statements of its transaction. */
export function landingStatements(dialect: Dialect, landing: Landing): string[] {
  const { entries, id } = landing;
  const text = (value: string) => dialect.text(value);
  const rows = entries.map((entry) =>
    `(${
      [
        text(entry.publishTime),
        text(entry.messageId),
        text(entry.serviceName),
        text(entry.payload),
        text(entry.severity),
        text(entry.timestamp),
        text(entry.createdAt),
        id ?? "NULL",
        Object.keys(entry.attributes).length === 0 ? "NULL" : text(JSON.stringify(entry.attributes)),
      ].join(", ")
    })`
  );
  const statements = entries.length === 0 ? [] : [
    "INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, `timestamp`, created_at, batch, " +
    `attributes) VALUES ${rows.join(", ")}`,
    ...countStatements(dialect, { table: "service_severity", entries }),
  ];
  return id === undefined ? statements : [...statements, ...accounts(dialect, landing, id)];
}

/** What adopting a batch's worth of rows changes; the rows are there. */
export function adoptingStatements(dialect: Dialect, { entries, id }: { entries: readonly ReadEntry[]; id: BatchId }) {
  const keys = entries.map(({ publishTime, messageId }) => ({ publishTime, messageId }));
  return [
    `UPDATE service_logs SET batch = ${id} WHERE ${dialect.keyIn(keys)}`,
    ...accounts(dialect, { entries, cause: "adopt" }, id),
  ];
}

/** What merging the filters of these batches of one day changes; all hold lists. */
export function mergingStatements(
  dialect: Dialect,
  { day, ids, rows }: { readonly day: string; readonly ids: readonly BatchId[]; readonly rows: readonly FilterRow[] },
): string[] {
  const into = ids.at(-1)!;
  return [
    `DELETE FROM word_filters WHERE day = ${dialect.text(day)} AND batch IN (${ids.join(", ")})`,
    filterInsert(dialect, { day, id: into, rows }),
    `UPDATE batches SET word_filter = ${into} WHERE id IN (${ids.join(", ")})`,
  ];
}

function accounts(dialect: Dialect, landing: Omit<Landing, "id">, id: BatchId): string[] {
  const { entries, cause = "interval", instance = 0, unfiltered = false, namelessServices = [] } = landing;
  const times = entries.map(({ publishTime }) => publishTime).sort();
  const words = new BatchWords();
  for (const entry of entries) words.add(entry);
  const filters = words.filters();
  const days = [...new Set(times.map((time) => time.slice(0, 10)))];
  const filterRows = unfiltered || filters === "scan"
    ? days.map((day) => ({ day, rows: [{ level: 0, chunk: 0, bits: new Uint8Array() }] }))
    : filters;
  const [first, last] = [times[0] ?? "2026-01-01 00:00:00.000000", times.at(-1) ?? "2026-01-01 00:00:00.000000"];
  const nameless = entries.map((entry) =>
    namelessServices.includes(entry.serviceName) ? { ...entry, serviceName: "" } : entry
  );
  return [
    `INSERT INTO batches (id, instance, created_at, cause, entries, dead_letters, duplicates, bytes, write_ms, \
publish_time_first, publish_time_last, word_filter) VALUES (${id}, ${instance}, '2026-01-01 00:00:00.000000', \
'${cause}', ${entries.length}, 0, 0, 0, 1, '${first}', '${last}', ${filterRows.length === 0 ? "NULL" : id})`,
    ...filterRows.map(({ day, rows }) => filterInsert(dialect, { day, id, rows })),
    ...countStatements(dialect, { table: "service_severity_minutes", entries: nameless, time: minuteOf }),
    ...countStatements(dialect, { table: "service_severity_hours", entries, time: hourOf }),
  ];
}

function filterInsert(
  dialect: Dialect,
  { day, id, rows }: { readonly day: string; readonly id: BatchId; readonly rows: readonly FilterRow[] },
): string {
  const values = rows.map(({ level, chunk, bits }) =>
    `(${dialect.text(day)}, ${level}, ${chunk}, ${id}, ${bytesLiteral(bits)})`
  );
  return `INSERT INTO word_filters (day, level, chunk, batch, bits) VALUES ${values.join(", ")}`;
}

function minuteOf(time: Instant): string {
  return `${time.slice(0, 16)}:00`;
}

function hourOf(time: Instant): string {
  return `${time.slice(0, 13)}:00:00`;
}

function countStatements(
  dialect: Dialect,
  { table, entries, time }: {
    readonly table: string;
    readonly entries: readonly ReadEntry[];
    readonly time?: (publishTime: Instant) => string;
  },
): string[] {
  const column = time === undefined ? [] : [time === minuteOf ? "minute" : "hour"];
  const groups = Map.groupBy(
    entries,
    (entry) =>
      [...time === undefined ? [] : [time(entry.publishTime)], entry.serviceName, entry.severity].map((value) =>
        dialect.text(value)
      ).join(", "),
  );
  const upsert = dialect.rank === "severity"
    ? "ON DUPLICATE KEY UPDATE `count` = `count` + VALUES(`count`)"
    : "ON CONFLICT DO UPDATE SET `count` = `count` + excluded.`count`";
  return [...groups].sort(([a], [b]) => a < b ? -1 : 1).map(([key, of]) =>
    `INSERT INTO ${table} (${
      [...column, "service_name", "severity"].join(", ")
    }, \`count\`) VALUES (${key}, ${of.length}) \
${upsert}`
  );
}
