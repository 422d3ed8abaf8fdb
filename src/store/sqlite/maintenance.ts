/**
 * What operators do with an SQLite database. Everything that changes rows runs in one transaction with the write lock.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { DeadLetterReason, LogEntry, MessageKey, Severity } from "../../entry/entry.ts";
import type {
  DeadLetterFilter,
  DeadLetterGroup,
  DeadLetterPage,
  DeadLetterStatus,
  DeadLetterSummary,
  StoredDeadLetter,
  StoreFacts,
  Verification,
} from "../maintenance.ts";
import type { ReplayedChunk } from "../replay.ts";
import { SQLITE_NOW } from "../schema.ts";
import type { SeverityCount } from "../store.ts";
import { deltas, verification } from "../verification.ts";
import { countEntries, keySet, planKeys, without } from "../write_plan.ts";
import { inSnapshot, inTransaction } from "./transaction.ts";
import { checkEntry } from "./write.ts";

type Row = Record<string, unknown>;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Texts that may hold NUL are read as bytes: the runtime ends a text value at its first NUL. */
const SUMMARY =
  `publish_time, message_id, reason, CAST(detail AS BLOB) AS detail, length(data) AS bytes, status, created_at, updated_at`;

/** See `Maintenance.facts`. */
export function readFacts(db: DatabaseSync): StoreFacts {
  const row = db.prepare(
    "SELECT sqlite_version() AS version, (SELECT COALESCE(MAX(version), 0) FROM schema_migrations) AS schema_version",
  ).get();
  return {
    server: `SQLite ${row?.version}`,
    packetBytesMax: undefined,
    // Every table is STRICT, and its CHECKs refuse what does not fit.
    strict: true,
    schemaVersion: Number(row?.schema_version),
  };
}

/** See `Maintenance.verify`. */
export function readVerification(db: DatabaseSync): Verification {
  return inSnapshot(db, () => compare(db));
}

/** See `Maintenance.repair`. */
export function repairCounters(db: DatabaseSync): Verification {
  return inTransaction(db, () => {
    const found = compare(db);
    addCounts(db, deltas(found.differences));
    return found;
  });
}

/** See `Maintenance.listDeadLetters`. */
export function listDeadLetters(db: DatabaseSync, page: DeadLetterPage): DeadLetterSummary[] {
  const { conditions, values } = where(page);
  const order = page.newestFirst ? "publish_time DESC, message_id DESC" : "publish_time, message_id";
  const sql = `SELECT ${SUMMARY} FROM dead_letters${conditions} ORDER BY ${order} LIMIT ?`;
  return db.prepare(sql).all(...values, page.limit).map(summary);
}

/** See `Maintenance.countDeadLetters`. */
export function countDeadLetters(db: DatabaseSync, filter: DeadLetterFilter): number {
  const { conditions, values } = where(filter);
  return Number(db.prepare(`SELECT COUNT(*) AS n FROM dead_letters${conditions}`).get(...values)?.n);
}

/** See `Maintenance.groupDeadLetters`. */
export function groupDeadLetters(db: DatabaseSync, filter: DeadLetterFilter): DeadLetterGroup[] {
  const { conditions, values } = where(filter);
  return db.prepare(
    `SELECT reason, COUNT(*) AS n, MIN(publish_time) AS oldest, MAX(publish_time) AS newest
     FROM dead_letters${conditions} GROUP BY reason`,
  ).all(...values).map(({ reason, n, oldest, newest }) => ({
    reason: reason as DeadLetterReason,
    count: Number(n),
    oldest: String(oldest),
    newest: String(newest),
  }));
}

/** See `Maintenance.deadLettersByKey`. */
export function deadLettersByKey(db: DatabaseSync, keys: readonly MessageKey[]): StoredDeadLetter[] {
  const select = db.prepare(
    `SELECT ${SUMMARY}, data, CAST(attributes AS BLOB) AS attributes FROM dead_letters WHERE publish_time = ? AND message_id = ?`,
  );
  return inSnapshot(db, () =>
    planKeys(keys).flatMap((key) => {
      const row = select.get(key.publishTime, key.messageId);
      if (row === undefined) return [];
      const attributes = JSON.parse(decoder.decode(row.attributes as Uint8Array)) as Record<string, string>;
      return [{ ...summary(row), data: new Uint8Array(row.data as Uint8Array), attributes }];
    }));
}

/** Drops dead letters in one transaction, see `Maintenance.drop`. @param keys Sorted, each once. */
export function dropDeadLetters(db: DatabaseSync, keys: readonly MessageKey[]): MessageKey[] {
  return inTransaction(db, () => {
    const drop = marking(db, "dropped");
    const open = withStatus(db, ["open"]);
    const dropped = keys.filter((key) => open(key));
    dropped.forEach(drop);
    return dropped.map(({ publishTime, messageId }) => ({ publishTime, messageId }));
  });
}

/** Replays entries in one transaction, see `Maintenance.replay`. @param entries Sorted by key, each key once. */
export function replayEntries(db: DatabaseSync, entries: readonly LogEntry[]): ReplayedChunk {
  entries.forEach(checkEntry);
  return inTransaction(db, () => {
    const replayable = entries.filter(withStatus(db, ["open", "dropped"]));
    const insert = db.prepare(
      `INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, timestamp)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    const replayed = replayable.filter(({ publishTime, messageId, serviceName, payload, severity, timestamp }) =>
      insert.run(publishTime, messageId, serviceName, payload, severity, timestamp).changes === 1
    );
    addCounts(db, countEntries(replayed));
    replayable.forEach(marking(db, "replayed"));
    return { replayed, settled: without(entries, keySet(replayed)) };
  });
}

function compare(db: DatabaseSync): Verification {
  const group = "GROUP BY l.service_name, l.severity";
  return verification({
    stored: counts(
      db,
      `SELECT CAST(l.service_name AS BLOB) AS name, l.severity, COUNT(*) AS count FROM service_logs l ${group}`,
    ),
    replayed: counts(
      db,
      `SELECT CAST(l.service_name AS BLOB) AS name, l.severity, COUNT(*) AS count FROM dead_letters d
       JOIN service_logs l USING (publish_time, message_id) WHERE d.status = 'replayed' ${group}`,
    ),
    counted: counts(db, "SELECT CAST(service_name AS BLOB) AS name, severity, count FROM service_severity"),
    deadLetters: db.prepare("SELECT reason, status, COUNT(*) AS count FROM dead_letters GROUP BY reason, status").all()
      .map((row) => ({
        reason: row.reason as DeadLetterReason,
        status: row.status as DeadLetterStatus,
        count: Number(row.count),
      })),
    inBoth: Number(
      db.prepare(
        `SELECT COUNT(*) AS count FROM dead_letters d JOIN service_logs l USING (publish_time, message_id)
         WHERE d.status <> 'replayed'`,
      ).get()?.count,
    ),
  });
}

function counts(db: DatabaseSync, sql: string): SeverityCount[] {
  return db.prepare(sql).all().map((row) => ({
    serviceName: decoder.decode(row.name as Uint8Array),
    severity: row.severity as Severity,
    count: Number(row.count),
  }));
}

function addCounts(db: DatabaseSync, counts: readonly SeverityCount[]): void {
  const add = db.prepare(
    `INSERT INTO service_severity (service_name, severity, count) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET count = count + excluded.count, updated_at = ${SQLITE_NOW}`,
  );
  for (const { serviceName, severity, count } of counts) add.run(serviceName, severity, count);
}

function withStatus(db: DatabaseSync, statuses: readonly DeadLetterStatus[]): (key: MessageKey) => boolean {
  const select = db.prepare("SELECT status FROM dead_letters WHERE publish_time = ? AND message_id = ?");
  return ({ publishTime, messageId }) => {
    const row = select.get(publishTime, messageId);
    return row !== undefined && statuses.includes(row.status as DeadLetterStatus);
  };
}

function marking(db: DatabaseSync, status: DeadLetterStatus): (key: MessageKey) => void {
  const update = db.prepare(
    `UPDATE dead_letters SET status = ?, updated_at = ${SQLITE_NOW} WHERE publish_time = ? AND message_id = ?`,
  );
  return ({ publishTime, messageId }) => void update.run(status, publishTime, messageId);
}

function where(
  filter: DeadLetterFilter | DeadLetterPage,
): { readonly conditions: string; readonly values: SQLInputValue[] } {
  const { statuses, reason, since, keys, messageIds, after, newestFirst }: Partial<DeadLetterPage> = filter;
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  const among = (column: string, list: readonly string[]) => {
    conditions.push(`${column} IN (SELECT value FROM json_each(?))`);
    values.push(JSON.stringify(list));
  };
  if (statuses !== undefined) among("status", statuses);
  if (reason !== undefined) among("reason", [reason]);
  if (since !== undefined) {
    conditions.push("publish_time >= ?");
    values.push(since);
  }
  if (keys !== undefined) {
    conditions.push("(publish_time, message_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))");
    values.push(JSON.stringify(keys.map(({ publishTime, messageId }) => [publishTime, messageId])));
  }
  if (messageIds !== undefined) among("message_id", messageIds);
  if (after !== undefined) {
    conditions.push(`(publish_time, message_id) ${newestFirst ? "<" : ">"} (?, ?)`);
    values.push(after.publishTime, after.messageId);
  }
  return { conditions: conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`, values };
}

function summary(row: Row): DeadLetterSummary {
  return {
    publishTime: String(row.publish_time),
    messageId: String(row.message_id),
    reason: row.reason as DeadLetterReason,
    detail: decoder.decode(row.detail as Uint8Array),
    status: row.status as DeadLetterStatus,
    bytes: Number(row.bytes),
    createdAt: String(row.created_at),
    updatedAt: String(row.updated_at),
  };
}
