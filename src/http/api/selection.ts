/**
 * Which entries a request is about: the parameters that say it, and what they mean.
 *
 * @module
 */
import type { ClosedRange } from "../../reading/histogram.ts";
import { instantOfDate } from "../../entry/instant.ts";
import { countingRange, intersection, isEmptyRange, parseRange, type TimeRange } from "../../reading/moment.ts";
import { parseQuery } from "../../reading/parse_query.ts";
import { planQuery } from "../../reading/plan_query.ts";
import { type Query, QUERY_MAX } from "../../reading/query.ts";
import { text, type ValuesOf } from "./parameter.ts";
import { Problem } from "./problem.ts";

const MOMENT_FORMS =
  "RFC 3339, to the second, minute or day (2026-11-24T10:00Z), `now`, or how long ago (`-15m`, `1d12h`)";

/** The query. */
export const QUERY_PARAMETER = {
  query: text(
    QUERY_MAX,
    'Terms that all hold: `service:alpha severity>=warn timeout "exact phrase" -healthz attr.trace:abc`; ' +
      "absent: everything",
  ),
};

/** A range of publish time. */
export const RANGE_PARAMETERS = {
  from: text(64, `Published then or later: ${MOMENT_FORMS}`),
  to: text(64, "Published before then; written as from"),
  since: text(64, "The same as from"),
};

/** The parameters of a selection. */
export const SELECTION_PARAMETERS = { ...QUERY_PARAMETER, ...RANGE_PARAMETERS };

/** The query, parsed. @throws {Problem} With each mistake. */
export function queryOf(text: string | undefined, nowMs: number): Query {
  const parsed = parseQuery(text ?? "", nowMs);
  if (parsed.state === "query") return parsed.query;
  const [first] = parsed.mistakes;
  // As people count: characters, from 1.
  const place = Array.from((text ?? "").slice(0, first.at)).length + 1;
  throw new Problem("bad_query", {
    field: "query",
    detail: `At character ${place}: ${first.problem}`,
    remedy: first.remedy,
    mistakes: parsed.mistakes.map(({ at, length, problem, remedy }) => ({ at, length, problem, remedy })),
  });
}

/** The range, read against one clock. @throws {Problem} */
export function rangeOf(
  { from, to, since }: ValuesOf<typeof RANGE_PARAMETERS>,
  nowMs: number,
): TimeRange {
  const range = parseRange({ from, to, since }, nowMs);
  if (!("problem" in range)) return range;
  throw new Problem("bad_parameter", {
    field: range.field,
    detail: `${range.field} ${range.problem}`,
    remedy: range.remedy,
  });
}

/** The range of counts, see {@linkcode countingRange}. @throws {Problem} */
export function countingRangeOf(values: ValuesOf<typeof RANGE_PARAMETERS>, nowMs: number): TimeRange {
  return countingRange(rangeOf(values, nowMs), values, nowMs);
}

/** The query without its own ends, for pages whose cursor's range has them, as they were when the walk began. */
export function withoutEnds(query: Query): Query {
  return { terms: query.terms.filter(({ kind }) => kind !== "after" && kind !== "before") };
}

/** Long before anything that is stored. */
const BEGINNING = "1970-01-01 00:00:00.000000";

/**
 * A range with two ends: what the request leaves open, the query may say; else it ends now.
 *
 * @param defaultMs How long it is where nobody says where it begins; absent: from the beginning.
 * @throws {Problem} Where it ends before it begins.
 */
export function closedRange(
  { query, range }: { readonly query: Query; readonly range: TimeRange },
  { nowMs, defaultMs }: { readonly nowMs: number; readonly defaultMs?: number },
): ClosedRange {
  const said = intersection(range, planQuery(query).range);
  const to = said.to ?? instantOfDate(new Date(nowMs));
  const from = said.from ?? (defaultMs === undefined ? BEGINNING : before(to, defaultMs));
  if (isEmptyRange({ from, to })) {
    throw new Problem("bad_parameter", {
      field: "from",
      detail: "from is not before the range ends",
      remedy: "write an earlier time, or a later to",
    });
  }
  return { from, to };
}

function before(instant: string, ms: number): string {
  const then = Date.parse(`${instant.slice(0, 10)}T${instant.slice(11, 23)}Z`) - ms;
  // With its whole minute, as what is said to begin some time ago.
  const begin = `${instantOfDate(new Date(Math.max(then, 0))).slice(0, 16)}:00.000000`;
  return begin < instant ? begin : BEGINNING;
}
