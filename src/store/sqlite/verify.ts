/**
 * What operators ask an SQLite database: what it is, whether its tables agree, and to put its counters right.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import type { DeadLetterReason, DeadLetterStatus, Severity } from "../../entry/entry.ts";
import type { StoreFacts, Verification } from "../maintenance.ts";
import type { SeverityCount } from "../store.ts";
import { deltas, verification } from "../verification.ts";
import { mendFilters, readDamagedFilters } from "./filter_check.ts";
import { ADD_COUNT, addCounts } from "./insert.ts";
import { textOf } from "./text.ts";
import { readTimeDifferences, repairTimes } from "./time_check.ts";
import { inSnapshot, inTransaction } from "./transaction.ts";

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
    mendFilters(db, found.filters ?? []);
    repairTimes(db, found.times);
    addCounts(db.prepare(ADD_COUNT), deltas(found.differences));
    return found;
  });
}

function compare(db: DatabaseSync): Verification {
  const group = "GROUP BY l.service_name, l.severity";
  return verification({
    times: readTimeDifferences(db),
    filters: readDamagedFilters(db),
    unadopted: Number(db.prepare("SELECT COUNT(*) AS n FROM service_logs WHERE batch IS NULL").get()?.n),
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
    serviceName: textOf(row.name),
    severity: row.severity as Severity,
    count: Number(row.count),
  }));
}
