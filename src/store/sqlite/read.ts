/**
 * The queries of an SQLite store.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { type MessageKey, SEVERITIES, type Severity } from "../../entry/entry.ts";
import type { SeverityCount, StoredEntry, Totals } from "../store.ts";
import { planKeys } from "../write_plan.ts";
import { textOf } from "./text.ts";
import { inSnapshot } from "./transaction.ts";

/** What an entry is read by. */
export const ENTRY_COLUMNS =
  `publish_time, message_id, CAST(service_name AS BLOB) AS service_name, CAST(payload AS BLOB) AS payload,
   severity, timestamp, created_at, CAST(attributes AS BLOB) AS attributes`;

/** See `EntryReader.entriesByKey`. */
export function readEntries(db: DatabaseSync, keys: readonly MessageKey[]): StoredEntry[] {
  const select = db.prepare(
    `SELECT ${ENTRY_COLUMNS} FROM service_logs WHERE publish_time = ? AND message_id = ?`,
  );
  return inSnapshot(db, () =>
    planKeys(keys).flatMap((key) => {
      const row = select.get(key.publishTime, key.messageId);
      return row === undefined ? [] : [storedEntry(row)];
    }));
}

/** See `EntryReader.severityCounts`. */
export function readSeverityCounts(db: DatabaseSync): SeverityCount[] {
  const ranks = SEVERITIES.map((severity, rank) => `WHEN '${severity}' THEN ${rank}`).join(" ");
  const rows = db.prepare(
    `SELECT CAST(service_name AS BLOB) AS name, severity, count FROM service_severity
     ORDER BY service_name, CASE severity ${ranks} END`,
  ).all();
  return rows.map((row) => ({
    serviceName: textOf(row.name),
    severity: row.severity as Severity,
    count: Number(row.count),
  }));
}

/** See `EntryReader.totals`. */
export function readTotals(db: DatabaseSync): Totals {
  const row = db.prepare(
    `SELECT (SELECT COUNT(*) FROM service_logs) AS entries,
       (SELECT COALESCE(SUM(count), 0) FROM service_severity) AS counted,
       (SELECT COUNT(*) FROM dead_letters) AS dead_letters`,
  ).get();
  return { entries: Number(row?.entries), counted: Number(row?.counted), deadLetters: Number(row?.dead_letters) };
}

/** A row of `service_logs`, as {@linkcode ENTRY_COLUMNS} has it. */
export function storedEntry(row: Record<string, unknown>): StoredEntry {
  return {
    publishTime: String(row.publish_time),
    messageId: String(row.message_id),
    serviceName: textOf(row.service_name),
    payload: textOf(row.payload),
    severity: row.severity as Severity,
    timestamp: String(row.timestamp),
    createdAt: String(row.created_at),
    ...row.attributes === null ? {} : { attributes: JSON.parse(textOf(row.attributes)) as Record<string, string> },
  };
}
