/**
 * Counts by service, with their trend: what a table or a program is shown.
 *
 * @module
 */
import type { Severity } from "../../entry/entry.ts";
import type { Histogram, LogQueries, Looked, ReadOptions, TotalsAnswer } from "../../reading/log_queries.ts";
import type { ClosedRange } from "../../reading/histogram.ts";
import { planHistogram } from "../../reading/histogram.ts";
import type { Query } from "../../reading/query.ts";

/** The most services whose trend is asked for. */
const SERIES_MAX = 50;

/** A service, and what it sent. */
export interface ServiceCounts {
  readonly serviceName: string;
  readonly counts: Readonly<Partial<Record<Severity, number>>>;
  readonly total: number;
  /** One for each bucket; absent where it is not known. */
  readonly trend?: readonly number[];
}

/** What was counted. */
export interface Stats {
  readonly total: number;
  /** The busiest first, then by name. */
  readonly services: readonly ServiceCounts[];
  readonly sums: Readonly<Partial<Record<Severity, number>>>;
  /** Of all services together; absent without a range. */
  readonly trend?: readonly number[];
  readonly bucketSeconds?: number;
  /** How far the counts looked. */
  readonly looked: Looked;
  /** How far the trend looked; absent without one. */
  readonly trendLooked?: Looked;
}

/** Counts, and over a range how many there were when. @param buckets How many there may be, 1 to 1,500. */
export async function stats(
  queries: Pick<LogQueries, "totals" | "histogram">,
  { query, range, buckets, ...options }: ReadOptions & {
    readonly query: Query;
    /** Absent: all that is stored. */
    readonly range?: ClosedRange | undefined;
    readonly buckets: number;
  },
): Promise<Stats> {
  const totals = await queries.totals({ query, range }, options);
  const histogram = range === undefined || "problem" in planHistogram(range, { bucketsMax: buckets })
    ? undefined
    : await queries.histogram({ query, range, by: "service", bucketsMax: buckets, seriesMax: SERIES_MAX }, options);
  return combined(totals, histogram);
}

function combined(totals: TotalsAnswer, histogram: Histogram | undefined): Stats {
  const trends = new Map(histogram?.series.flatMap(({ name, counts }) => name === undefined ? [] : [[name, counts]]));
  const byService = Map.groupBy(totals.counts, ({ serviceName }) => serviceName);
  const services = [...byService].map(([serviceName, pairs]): ServiceCounts => {
    const trend = trends.get(serviceName);
    return {
      serviceName,
      counts: sumsOf(pairs),
      total: pairs.reduce((sum, { count }) => sum + count, 0),
      ...trend === undefined ? {} : { trend },
    };
  });
  // Sorting keeps those of one total in the order they came in, which is by name.
  services.sort((a, b) => b.total - a.total);
  return {
    total: totals.total,
    services,
    sums: sumsOf(totals.counts),
    looked: totals,
    ...histogram === undefined ? {} : {
      trend: histogram.buckets.map((_, at) => histogram.series.reduce((sum, { counts }) => sum + counts[at]!, 0)),
      bucketSeconds: histogram.bucketSeconds,
      trendLooked: histogram,
    },
  };
}

function sumsOf(pairs: TotalsAnswer["counts"]): Partial<Record<Severity, number>> {
  const sums: Partial<Record<Severity, number>> = {};
  for (const { severity, count } of pairs) sums[severity] = (sums[severity] ?? 0) + count;
  return sums;
}
