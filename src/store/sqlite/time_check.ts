/**
 * Checks and repairs the counts by minute and by hour of an SQLite database.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import {
  hourDeltas,
  type MinuteCounts,
  minuteDeltas,
  minutesToCount,
  type TimeDialect,
  type TimeDifference,
  timeDifference,
  timeQuestions,
} from "../time_check.ts";
import { ADD_HOUR, ADD_MINUTE, addTimeCounts } from "./record.ts";
import { textOf } from "./text.ts";

const DIALECT: TimeDialect = {
  begin: (column, of) => `substr(${column}, 1, ${of === "hour" ? 13 : 16}) || '${of === "hour" ? ":00:00" : ":00"}'`,
};

/** Where they differ from the rows. */
export function readTimeDifferences(db: DatabaseSync): TimeDifference[] {
  return timeQuestions(DIALECT).flatMap(([of, sql]) =>
    db.prepare(sql).all().map((row) => timeDifference(of, Object.values(row)))
  );
}

/** Adds what was missing, in the transaction under way. */
export function repairTimes(db: DatabaseSync, differences: readonly TimeDifference[]): void {
  addTimeCounts(db.prepare(ADD_MINUTE), readMinutes(db, differences).flatMap(minuteDeltas));
  addTimeCounts(db.prepare(ADD_HOUR), hourDeltas(differences));
}

function readMinutes(db: DatabaseSync, differences: readonly TimeDifference[]): MinuteCounts[] {
  const stored = db.prepare(
    `SELECT CAST(service_name AS BLOB) AS name, COUNT(*) AS n FROM service_logs
     WHERE publish_time >= ? AND publish_time < ? || '.999999~' AND severity = ? AND batch IS NOT NULL
     GROUP BY service_name`,
  );
  const counted = db.prepare(
    `SELECT CAST(service_name AS BLOB) AS name, SUM(count) AS n FROM service_severity_minutes
     WHERE minute = ? AND severity = ? GROUP BY service_name`,
  );
  const counts = (rows: readonly Record<string, unknown>[]) =>
    new Map(rows.map(({ name, n }) => [textOf(name), Number(n)]));
  return minutesToCount(differences).map(({ time, severity }) => ({
    time,
    severity,
    stored: counts(stored.all(time, `${time.slice(0, 16)}:59`, severity)),
    counted: counts(counted.all(time, severity)),
  }));
}
