/**
 * Statements that read counts.
 *
 * @module
 */
import { SEVERITIES, type Severity } from "../../entry/entry.ts";
import {
  type BucketCount,
  type CountsQuestion,
  type PairFilter,
  type ServicesQuestion,
  UNADOPTED_COUNT_MAX,
} from "../log_reader.ts";
import type { PairCount } from "../log_rows.ts";
import { pairConditions, where } from "./conditions.ts";
import type { Dialect } from "./dialect.ts";

const SOURCES = {
  rows: { table: "service_logs", time: "publish_time" },
  minutes: { table: "service_severity_minutes", time: "minute" },
  hours: { table: "service_severity_hours", time: "hour" },
} as const;

const GROUPS = { service: ["service_name"], pair: ["service_name", "severity"] } as const;

/** More than there are severities. */
const PER_BUCKET = 8;

/**
 * See `LogReader.counts`: rows of a count and what it is grouped by, 0 among them. Bucket and severity are one number: a day
 * has a hundred thousand minutes with a service and a severity, and grouping them by one number takes half the time.
 */
export function selectCounts(dialect: Dialect, question: CountsQuestion): string {
  const { source, from, to, by, buckets } = question;
  const { table, time } = SOURCES[source];
  // Minutes and hours are written without a fraction, which as text would sort behind them.
  const moment = (instant: string) => dialect.text(source === "rows" ? instant : instant.slice(0, 19));
  const conditions = [
    `${time} >= ${moment(from)}`,
    `${time} < ${moment(to)}`,
    ...pairConditions(dialect, question),
  ];
  const count = source === "rows" ? "COUNT(*)" : dialect.sum("`count`");
  const index = source === "rows" ? dialect.useKey : "";
  const bucket = buckets === undefined ? "0" : dialect.bucket(time, buckets);
  const rest = `FROM ${table}${index}${where(conditions)} GROUP BY`;
  if (by === "severity") {
    const group = `(${bucket}) * ${PER_BUCKET} + ${dialect.rankNumber}`;
    return `SELECT ${count}, ${group} ${rest} ${group}`;
  }
  const groups = GROUPS[by];
  const selected = groups.map((column) => column === "service_name" ? dialect.textColumn(column) : column);
  const grouped = [...buckets === undefined ? [] : [bucket], ...groups];
  return `SELECT ${count}, ${bucket}, ${selected.join(", ")} ${rest} ${grouped.join(", ")}`;
}

/** See `LogReader.countedHours`. */
export const SELECT_COUNTED_HOURS = "SELECT MIN(hour), MAX(hour) FROM service_severity_hours";

/** A row of {@linkcode selectCounts}. */
export function bucketCountOf(dialect: Dialect, by: CountsQuestion["by"], row: readonly unknown[]): BucketCount {
  const [count, bucket, serviceName, severity] = row;
  if (by === "severity") {
    const group = Number(bucket);
    const rank = group % PER_BUCKET - 1;
    return { bucket: Math.floor(group / PER_BUCKET), count: Number(count), severity: SEVERITIES[rank]! };
  }
  return {
    bucket: Number(bucket),
    count: Number(count),
    serviceName: dialect.textOf(serviceName),
    ...by === "pair" ? { severity: severity as Severity } : {},
  };
}

/** See `LogReader.pairs`. */
export function selectPairs(
  dialect: Dialect,
  { filter, limit }: { readonly filter: PairFilter; readonly limit: number },
) {
  return `SELECT ${dialect.textColumn("service_name")}, severity, SUM(\`count\`) FROM service_severity${
    where(pairConditions(dialect, filter))
  } GROUP BY service_name, severity HAVING SUM(\`count\`) <> 0 ORDER BY service_name, ${dialect.rank} LIMIT ${limit}`;
}

/** See `LogReader.services`. */
export function selectServices(dialect: Dialect, { prefix, after, limit }: ServicesQuestion): string {
  const conditions: string[] = [];
  // The first is for the key, from which the names are read in order.
  if (prefix !== undefined && prefix !== "") {
    conditions.push(`service_name >= ${dialect.text(prefix)}`, dialect.startsWith("service_name", prefix));
  }
  if (after !== undefined) conditions.push(`service_name > ${dialect.text(after)}`);
  const names = `SELECT DISTINCT service_name AS name FROM service_severity${where([...conditions, "`count` <> 0"])} \
ORDER BY service_name LIMIT ${limit}`;
  return `SELECT ${
    dialect.textColumn("service_name")
  }, severity, SUM(\`count\`) FROM service_severity JOIN (${names}) AS n \
ON n.name = service_name GROUP BY service_name, severity HAVING SUM(\`count\`) <> 0 ORDER BY service_name, ${dialect.rank}`;
}

/** A row of {@linkcode selectPairs} and {@linkcode selectServices}. */
export function pairCountOf(dialect: Dialect, [serviceName, severity, count]: readonly unknown[]): PairCount {
  return { serviceName: dialect.textOf(serviceName), severity: severity as Severity, count: Number(count) };
}

/** Differences that are told. */
const DIFFERENCES_MAX = 100;

/**
 * See `LogReader.sums`: a row of the sums, whose name is NULL, and a row for each pair whose sums differ, first those
 * with more in the hours than there is.
 */
export function selectSums(dialect: Dialect, { unadopted }: { readonly unadopted: boolean }): string {
  const counting = `(SELECT COUNT(*) FROM (SELECT 1 AS one FROM service_logs${dialect.useIndex("by_batch")} \
WHERE batch IS NULL LIMIT ${UNADOPTED_COUNT_MAX}) AS u)`;
  const both = `SELECT service_name, severity, \`count\` AS c, 0 AS h FROM service_severity \
UNION ALL SELECT service_name, severity, 0, \`count\` FROM service_severity_hours`;
  const differing = `SELECT ${
    dialect.textColumn("service_name")
  } AS name, severity, SUM(c) AS counted, SUM(h) AS hours, \
NULL AS unadopted FROM (${both}) AS b GROUP BY service_name, severity HAVING SUM(c) <> SUM(h) \
ORDER BY SUM(h) > SUM(c) DESC, service_name, severity LIMIT ${DIFFERENCES_MAX}`;
  return `SELECT NULL AS name, NULL AS severity, (SELECT COALESCE(SUM(\`count\`), 0) FROM service_severity) AS counted, \
(SELECT COALESCE(SUM(\`count\`), 0) FROM service_severity_hours) AS hours, ${
    unadopted ? counting : "NULL"
  } AS unadopted \
UNION ALL ${dialect.part(differing, "d")}`;
}
