/**
 * Whether the counts by minute and by hour are those of the rows: the questions to a database of either kind, and what
 * has to be added where they are not.
 *
 * @module
 */
import type { Severity } from "../entry/entry.ts";
import { OTHERS, type TimeCount } from "./counts.ts";

/** Where the counts by minute or by hour disagree with the rows that have a batch. */
export interface TimeDifference {
  readonly of: "minute" | "hour";
  /** Where it begins. */
  readonly time: string;
  /** Empty for all services of a minute together. */
  readonly serviceName: string;
  readonly severity: Severity;
  /** Rows of `service_logs` that have a batch. */
  readonly stored: number;
  readonly counted: number;
}

/** Differences that are told and repaired at once; a further run finds further ones. */
const DIFFERENCES_MAX = 1_000;

/** What differs between the databases. */
export interface TimeDialect {
  /** SQL for the text of the minute or hour that a time is in. */
  readonly begin: (column: string, of: TimeDifference["of"]) => string;
}

/** The questions: each answers with (time, hexadecimal service name, severity, rows, counted) of what differs. */
export function timeQuestions({ begin }: TimeDialect): readonly (readonly [of: TimeDifference["of"], sql: string])[] {
  const joined = (of: TimeDifference["of"], service: string) =>
    `SELECT time, HEX(service), severity, SUM(present), SUM(counted) FROM (
  SELECT ${begin(of, of)} AS time, ${service} AS service, severity, 0 AS present, count AS counted
  FROM service_severity_${of}s
  UNION ALL
  SELECT ${begin("publish_time", of)} AS time, ${service} AS service, severity, COUNT(*) AS present, 0 AS counted
  FROM service_logs WHERE batch IS NOT NULL GROUP BY 1, 2, 3
) AS counts GROUP BY time, service, severity`;
  return [
    ["hour", `${joined("hour", "service_name")} HAVING SUM(present) <> SUM(counted) LIMIT ${DIFFERENCES_MAX}`],
    // Services that a day's minutes do not name are counted together: named ones may have fewer than rows, never more.
    ["minute", `${joined("minute", "''")} HAVING SUM(present) <> SUM(counted) LIMIT ${DIFFERENCES_MAX}`],
    [
      "minute",
      `${
        joined("minute", "service_name")
      } HAVING SUM(counted) > SUM(present) AND service <> '' LIMIT ${DIFFERENCES_MAX}`,
    ],
  ];
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** A row of an answer. */
export function timeDifference(of: TimeDifference["of"], row: readonly unknown[]): TimeDifference {
  const [time, service, severity, stored, counted] = row;
  return {
    of,
    time: String(time),
    serviceName: UTF8.decode(Uint8Array.fromHex(String(service))),
    severity: severity as Severity,
    stored: Number(stored),
    counted: Number(counted),
  };
}

/** The counts of one minute and severity, of each service: what there is, and what is said. */
export interface MinuteCounts {
  readonly time: string;
  readonly severity: Severity;
  readonly stored: ReadonlyMap<string, number>;
  readonly counted: ReadonlyMap<string, number>;
}

/** What to add so that a minute counts each service by its name. */
export function minuteDeltas({ time, severity, stored, counted }: MinuteCounts): TimeCount[] {
  const names = [...new Set([OTHERS, ...stored.keys(), ...counted.keys()])].sort();
  return names.flatMap((serviceName) => {
    const count = (stored.get(serviceName) ?? 0) - (counted.get(serviceName) ?? 0);
    return count === 0 ? [] : [{ time, serviceName, severity, count }];
  });
}

/** What to add to the hours. */
export function hourDeltas(differences: readonly TimeDifference[]): TimeCount[] {
  return differences.filter(({ of }) => of === "hour").map(({ time, serviceName, severity, stored, counted }) => ({
    time,
    serviceName,
    severity,
    count: stored - counted,
  })).sort((a, b) =>
    a.time !== b.time
      ? (a.time < b.time ? -1 : 1)
      : a.serviceName < b.serviceName
      ? -1
      : a.serviceName > b.serviceName
      ? 1
      : 0
  );
}

/** The minutes and severities to be counted again, each once, in order. */
export function minutesToCount(differences: readonly TimeDifference[]): { time: string; severity: Severity }[] {
  const found = new Map(
    differences.filter(({ of }) => of === "minute").map(({ time, severity }) => [
      `${time} ${severity}`,
      { time, severity },
    ]),
  );
  return [...found].sort(([a], [b]) => a < b ? -1 : 1).map(([, minute]) => minute);
}
