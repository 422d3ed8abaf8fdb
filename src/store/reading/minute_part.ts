/**
 * Counts the rows of a part of one minute without reading them: the minute's count less the rows beside that part. Of the
 * minute that is just going on these are none or few.
 *
 * @module
 */
import type { Severity } from "../../entry/entry.ts";
import { OTHERS } from "../counts.ts";
import type { BucketCount, MinutePartQuestion } from "../log_reader.ts";
import { pairConditions, where } from "./conditions.ts";
import type { Dialect } from "./dialect.ts";

const MINUTE = 0;
const BESIDE = 1;
const WITHIN = 2;

/**
 * One statement, and so one moment: a batch is in the minute and in the rows, or in neither. Rows of its kind, a count, and
 * what that is grouped by: of the minute, of the rows beside the part, and whether there is any row in the part.
 */
export function selectMinutePart(dialect: Dialect, question: MinutePartQuestion): string {
  const { minute, from, to, services } = question;
  const groups = groupsOf(question);
  const select = (what: string, counting: string) =>
    `SELECT ${what}, ${
      groups.map((column) => column === "service_name" ? dialect.textColumn(column) : column).join(", ")
    } FROM ${counting} GROUP BY ${groups.join(", ")}`;
  const rows = (range: { readonly from: string; readonly to: string }, further: readonly string[]) =>
    `service_logs${dialect.useKey}${
      where([`publish_time >= ${dialect.text(range.from)}`, `publish_time < ${dialect.text(range.to)}`, ...further])
    }`;
  const named = pairConditions(dialect, question);
  const besides = [{ from: minute.from, to: from }, { from: to, to: minute.to }].filter(({ from, to }) => from < to);
  // Services that the minute does not name may be those that are asked for.
  const inMinute = pairConditions(dialect, {
    ...question,
    ...services === undefined ? {} : { services: [...services, OTHERS] },
  });
  return [
    select(
      `${MINUTE}, ${dialect.sum("`count`")}`,
      `service_severity_minutes${where([`minute = ${dialect.text(minute.from.slice(0, 19))}`, ...inMinute])}`,
    ),
    ...besides.map((beside) => select(`${BESIDE}, COUNT(*)`, rows(beside, ["batch IS NOT NULL", ...named]))),
    dialect.part(
      `SELECT ${WITHIN}, 1, ${groups.map(() => "NULL").join(", ")} FROM ${rows({ from, to }, [])} LIMIT 1`,
      "w",
    ),
  ].join(" UNION ALL ");
}

/** What the rows of {@linkcode selectMinutePart} come to, see `LogReader.minutePart`. */
export function minutePartOf(
  dialect: Dialect,
  { question, rows }: { readonly question: MinutePartQuestion; readonly rows: readonly (readonly unknown[])[] },
): { readonly counts: readonly BucketCount[]; readonly examined: number } | undefined {
  const groups = groupsOf(question);
  const left = new Map<string, { readonly of: Omit<BucketCount, "count">; count: number }>();
  let examined = 0;
  let isThere = false;
  for (const [kind, count, ...names] of rows) {
    if (Number(kind) === WITHIN) {
      isThere = true;
      continue;
    }
    const serviceName = groups.includes("service_name") ? dialect.textOf(names[0]) : undefined;
    const severity = names.at(-1) as Severity;
    if (serviceName === OTHERS && Number(count) !== 0) return undefined;
    const name = JSON.stringify([serviceName, severity]);
    let of = left.get(name);
    if (of === undefined) left.set(name, of = { of: namesOf(question.by, { serviceName, severity }), count: 0 });
    of.count += Number(kind) === MINUTE ? Number(count) : -Number(count);
    if (Number(kind) === BESIDE) examined += Number(count);
  }
  const sums = [...left.values()].filter(({ count }) => count !== 0);
  if (sums.some(({ count }) => count < 0) || (sums.length > 0 && !isThere)) return undefined;
  return { counts: sums.map(({ of, count }) => ({ ...of, count })), examined };
}

/** By service and severity wherever services matter, so that those that have no name show. */
function groupsOf({ by, services, exceptServices = [] }: MinutePartQuestion): readonly string[] {
  const isOfAll = by === "severity" && services === undefined && exceptServices.length === 0;
  return isOfAll ? ["severity"] : ["service_name", "severity"];
}

function namesOf(
  by: MinutePartQuestion["by"],
  { serviceName, severity }: { readonly serviceName: string | undefined; readonly severity: Severity },
): Omit<BucketCount, "count"> {
  return {
    bucket: 0,
    ...by === "severity" || serviceName === undefined ? {} : { serviceName },
    ...by === "service" ? {} : { severity },
  };
}
