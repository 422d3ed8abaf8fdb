/**
 * Rows as SQLite's INSERTs, each said once for whoever writes them.
 *
 * @module
 */
import type { SQLInputValue, StatementSync } from "node:sqlite";
import { attributesText } from "../../entry/attributes.ts";
import type { LogEntry } from "../../entry/entry.ts";
import { SQLITE_NOW } from "../migrations/parts.ts";
import type { BatchId } from "../log_rows.ts";
import type { SeverityCount } from "../store.ts";

/** Adds to the count of a service and severity; see {@linkcode addCounts}. */
export const ADD_COUNT = `INSERT INTO service_severity (service_name, severity, count) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET count = count + excluded.count, updated_at = ${SQLITE_NOW}`;

/** Inserts so many entries at once, each unless it is there; its values are {@linkcode entryValues} of each. */
export function insertEntries(rows: number): string {
  const columns = "publish_time, message_id, service_name, payload, severity, timestamp, batch, attributes";
  return `INSERT INTO service_logs (${columns}) VALUES ${
    Array(rows).fill("(?, ?, ?, ?, ?, ?, ?, ?)").join(",")
  } ON CONFLICT DO NOTHING`;
}

/** An entry's values, in the order of {@linkcode insertEntries}. */
export function entryValues(entry: LogEntry, batch: BatchId): SQLInputValue[] {
  const { publishTime, messageId, serviceName, payload, severity, timestamp, attributes } = entry;
  const text = attributes === undefined ? null : attributesText(attributes);
  return [publishTime, messageId, serviceName, payload, severity, timestamp, batch, text];
}

/** Adds to the counters. @param add Prepared from {@linkcode ADD_COUNT}. */
export function addCounts(add: StatementSync, counts: readonly SeverityCount[]): void {
  for (const { serviceName, severity, count } of counts) add.run(serviceName, severity, count);
}
