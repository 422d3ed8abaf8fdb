/**
 * Makes answers of counts.
 *
 * @module
 */
import { SEVERITIES } from "../entry/entry.ts";
import { compareCodePoints } from "../ops/code_points.ts";
import type { BucketCount, LogReader } from "../store/log_reader.ts";
import type { PairCount } from "../store/log_rows.ts";
import type { Budget } from "./budget.ts";
import { type HistogramPlan, partsOf, planHistogram } from "./histogram.ts";
import type { Histogram, HistogramRequest, Series, TotalsAnswer, TotalsRequest } from "./log_queries.ts";
import { planQuery } from "./plan_query.ts";
import { readCounts } from "./read_counts.ts";
import { filterOf } from "./search.ts";

const SERIES_MAX = 10;
const SERIES_LIMIT = 50;
/** Services and severities that totals name. */
const PAIRS_NAMED_MAX = 200_000;

/** See `LogQueries.histogram`. */
export async function readHistogram(reader: LogReader, request: HistogramRequest, budget: Budget): Promise<Histogram> {
  const { query, range, by = "severity", seriesMax = SERIES_MAX } = request;
  if (!Number.isSafeInteger(seriesMax) || seriesMax < 1 || seriesMax > SERIES_LIMIT) {
    throw new RangeError(`Cannot make histogram: seriesMax is outside 1 to ${SERIES_LIMIT}: ${seriesMax}`);
  }
  const plan = planQuery(query, range);
  const histogram = planHistogram(range, { ...request, counted: plan.by === "keys" });
  if ("problem" in histogram) throw new RangeError(`Cannot make histogram: the range ${histogram.problem}`);
  // What the query leaves of the range: its own ends are in it, so that the parts are cut there.
  const asked = { from: plan.range.from ?? range.from, to: plan.range.to ?? range.to };
  const narrowed = plan.nothing === undefined && (asked.from !== range.from || asked.to !== range.to)
    ? {
      ...histogram,
      parts: plan.by === "keys" ? partsOf(asked, histogram.bucketSeconds) : [{ source: "rows" as const, ...asked }],
    }
    : histogram;
  const counted = await readCounts({ reader, query, plan, range: asked, by, histogram: narrowed, budget });
  const { counts, ...looked } = counted;
  const series = by === "severity"
    ? SEVERITIES.map((name) => seriesOf(counts.filter(({ severity }) => severity === name), { histogram, name }))
    : serviceSeries(counts, { histogram, seriesMax });
  return {
    bucketSeconds: histogram.bucketSeconds,
    buckets: histogram.buckets,
    series,
    total: series.reduce((sum, { total }) => sum + total, 0),
    ...looked,
    covered: looked.complete ? range : looked.covered,
  };
}

function serviceSeries(
  counts: readonly BucketCount[],
  { histogram, seriesMax }: { readonly histogram: HistogramPlan; readonly seriesMax: number },
): Series[] {
  const groups = [...Map.groupBy(counts, ({ serviceName }) => serviceName ?? "")];
  const totals = groups.map(([name, of]) => ({ name, of, total: of.reduce((sum, { count }) => sum + count, 0) }));
  // Counts without a name are of many services.
  const named = totals.filter(({ name }) => name !== "").sort((a, b) =>
    b.total - a.total || (a.name < b.name ? -1 : 1)
  );
  const shown = named.slice(0, seriesMax).map(({ name, of }) => seriesOf(of, { histogram, name }));
  const rest = [...named.slice(seriesMax), ...totals.filter(({ name }) => name === "")].flatMap(({ of }) => of);
  return rest.length === 0 ? shown : [...shown, seriesOf(rest, { histogram })];
}

function seriesOf(
  counts: readonly BucketCount[],
  { histogram, name }: { readonly histogram: HistogramPlan; readonly name?: string },
): Series {
  const sums = histogram.buckets.map(() => 0);
  let total = 0;
  for (const { bucket, count } of counts) {
    sums[bucket]! += count;
    total += count;
  }
  return { ...name === undefined ? {} : { name }, total, counts: sums };
}

/** See `LogQueries.totals`. */
export async function readTotals(reader: LogReader, request: TotalsRequest, budget: Budget): Promise<TotalsAnswer> {
  const { query, range } = request;
  const plan = planQuery(query, range ?? {});
  if (plan.nothing !== undefined) {
    return { total: 0, counts: [], complete: true, covered: plan.range, examined: 0, remarks: [] };
  }
  const { from, to } = plan.range;
  if (plan.by === "keys" && from === undefined && to === undefined) {
    const counts = await reader.pairs(filterOf(plan) ?? {}, { ...budget.bounds, limit: PAIRS_NAMED_MAX + 1 });
    const complete = counts.length <= PAIRS_NAMED_MAX;
    return { ...totalled(counts.slice(0, PAIRS_NAMED_MAX)), complete, covered: {}, examined: 0, remarks: [] };
  }
  const ends = { from: from ?? "1000-01-01 00:00:00.000000", to: to ?? "9999-12-31 23:59:59.999999" };
  const histogram = wholeRange(ends, plan.by === "keys");
  const counted = await readCounts({ reader, query, plan, range: ends, by: "pair", histogram, budget });
  const { counts, ...looked } = counted;
  const pairs = Map.groupBy(counts, ({ serviceName, severity }) => JSON.stringify([serviceName, severity]));
  const sums = [...pairs.values()].map((of): PairCount => ({
    serviceName: of[0]!.serviceName!,
    severity: of[0]!.severity!,
    count: of.reduce((sum, { count }) => sum + count, 0),
  }));
  const covered = looked.complete ? plan.range : looked.covered;
  return { ...totalled(sums.sort(pairOrder)), ...looked, covered };
}

/** One bucket for all of it, by hours where these are whole. */
function wholeRange(range: { readonly from: string; readonly to: string }, counted: boolean): HistogramPlan {
  // Longer than all time.
  const bucketSeconds = 1_000_000_000_000;
  const buckets = [{ from: `${range.from.slice(0, 19)}.000000`, to: range.to, whole: true }];
  if (!counted) return { bucketSeconds, buckets, parts: [{ source: "rows", ...range }] };
  return { bucketSeconds, buckets, parts: partsOf(range, HOUR_SECONDS) };
}

const HOUR_SECONDS = 3_600;

function totalled(counts: readonly PairCount[]) {
  return { total: counts.reduce((sum, { count }) => sum + count, 0), counts };
}

function pairOrder(a: PairCount, b: PairCount): number {
  if (a.serviceName !== b.serviceName) return compareCodePoints(a.serviceName, b.serviceName);
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
}
