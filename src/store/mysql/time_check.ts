/**
 * Checks and repairs the counts by minute and by hour of a MySQL or MariaDB database.
 *
 * @module
 */
import { escape } from "mysql2";
import type { TimeCount } from "../counts.ts";
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
import { addHours, addMinutes } from "./insert.ts";
import type { MysqlSession } from "./session.ts";
import { statementBytesMax } from "./statement_size.ts";

const DIALECT: TimeDialect = {
  begin: (column, of) => `DATE_FORMAT(${column}, '%Y-%m-%d %H:${of === "hour" ? "00" : "%i"}:00')`,
};

/** Where they differ from the rows, in the snapshot under way. */
export async function readTimeDifferences(session: MysqlSession): Promise<TimeDifference[]> {
  const found: TimeDifference[] = [];
  for (const [of, sql] of timeQuestions(DIALECT)) {
    for (const row of await session.tuples(sql)) found.push(timeDifference(of, row));
  }
  return found;
}

/** What there is and what is said of each minute that differs, in the snapshot under way. */
export async function readMinutes(
  session: MysqlSession,
  differences: readonly TimeDifference[],
): Promise<MinuteCounts[]> {
  const minutes: MinuteCounts[] = [];
  for (const { time, severity } of minutesToCount(differences)) {
    const stored = await session.tuples(
      `SELECT service_name, COUNT(*) FROM service_logs WHERE publish_time >= ${escape(time)} \
AND publish_time < ${escape(time)} + INTERVAL 1 MINUTE AND severity = ${escape(severity)} AND batch IS NOT NULL \
GROUP BY service_name`,
    );
    const counted = await session.tuples(
      `SELECT service_name, SUM(\`count\`) FROM service_severity_minutes WHERE minute = ${escape(time)} \
AND severity = ${escape(severity)} GROUP BY service_name`,
    );
    minutes.push({ time, severity, stored: counts(stored), counted: counts(counted) });
  }
  return minutes;
}

/** Adds what was missing, in the transaction under way. */
export async function repairTimes(
  session: MysqlSession,
  { differences, minutes }: {
    readonly differences: readonly TimeDifference[];
    readonly minutes: readonly MinuteCounts[];
  },
): Promise<void> {
  const bytesMax = statementBytesMax(session);
  const deltas: TimeCount[] = minutes.flatMap(minuteDeltas);
  for (const sql of addMinutes(deltas, bytesMax)) await session.change(sql);
  for (const sql of addHours(hourDeltas(differences), bytesMax)) await session.change(sql);
}

function counts(rows: readonly (readonly unknown[])[]): Map<string, number> {
  return new Map(rows.map(([service, count]) => [String(service), Number(count)]));
}
