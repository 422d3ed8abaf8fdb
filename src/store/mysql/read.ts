/**
 * The queries of a MySQL or MariaDB store.
 *
 * @module
 */
import type { MessageKey, Severity } from "../../entry/entry.ts";
import type { SeverityCount, StoredEntry, Totals } from "../store.ts";
import { planKeys } from "../write_plan.ts";
import { keyList, KEYS_PER_LIST } from "./insert.ts";
import type { MysqlSession, Row } from "./session.ts";
import { inSnapshot } from "./transaction.ts";

/** See `EntryReader.entriesByKey`. */
export async function readEntries(session: MysqlSession, keys: readonly MessageKey[]): Promise<StoredEntry[]> {
  const sorted = planKeys(keys);
  return await inSnapshot(session, async () => {
    const entries: StoredEntry[] = [];
    for (let i = 0; i < sorted.length; i += KEYS_PER_LIST) {
      const rows = await session.rows(
        `SELECT publish_time, message_id, service_name, payload, severity, \`timestamp\`, created_at, attributes FROM service_logs \
WHERE (publish_time, message_id) IN (${keyList(sorted.slice(i, i + KEYS_PER_LIST))}) ORDER BY publish_time, message_id`,
      );
      for (const row of rows) entries.push(storedEntry(row));
    }
    return entries;
  });
}

/** See `EntryReader.severityCounts`. An ENUM sorts by its position, which is the rank. */
export async function readSeverityCounts(session: MysqlSession): Promise<SeverityCount[]> {
  const rows = await inSnapshot(
    session,
    () => session.rows("SELECT service_name, severity, `count` FROM service_severity ORDER BY service_name, severity"),
  );
  return rows.map((row) => ({
    serviceName: String(row.service_name),
    severity: row.severity as Severity,
    count: Number(row.count),
  }));
}

/** See `EntryReader.totals`. */
export async function readTotals(session: MysqlSession): Promise<Totals> {
  return await inSnapshot(session, async () => {
    const [entries, counted, deadLetters] = await session.values(
      "SELECT (SELECT COUNT(*) FROM service_logs), (SELECT COALESCE(SUM(`count`), 0) FROM service_severity), \
(SELECT COUNT(*) FROM dead_letters)",
    );
    return { entries: Number(entries), counted: Number(counted), deadLetters: Number(deadLetters) };
  });
}

/** A row of `service_logs`, of which every column was asked for. */
export function storedEntry(row: Row): StoredEntry {
  return {
    publishTime: String(row.publish_time),
    messageId: String(row.message_id),
    serviceName: String(row.service_name),
    payload: String(row.payload),
    severity: row.severity as Severity,
    timestamp: String(row.timestamp),
    createdAt: String(row.created_at),
    ...row.attributes === null ? {} : { attributes: JSON.parse(String(row.attributes)) as Record<string, string> },
  };
}
