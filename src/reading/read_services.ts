/**
 * Who logs.
 *
 * @module
 */
import type { Instant } from "../entry/entry.ts";
import { type KeySpan, type LogReader, type Pair, PAIRS_MAX } from "../store/log_reader.ts";
import type { PairCount } from "../store/log_rows.ts";
import type { Budget } from "./budget.ts";
import type { Services, ServicesRequest } from "./log_queries.ts";
import { shifted } from "./position.ts";

/** See `LogQueries.services`. */
export async function readServices(reader: LogReader, request: ServicesRequest, budget: Budget): Promise<Services> {
  const { limit } = request;
  const pairs = await reader.services({ ...request, limit: limit + 1 }, budget.bounds);
  const groups = [...Map.groupBy(pairs, ({ serviceName }) => serviceName)];
  const shown = groups.slice(0, limit);
  const lastSeen = await newestOf(reader, shown.flatMap(([, of]) => of), budget);
  return {
    services: shown.map(([serviceName, of]) => {
      const last = lastSeen.get(serviceName);
      return {
        serviceName,
        total: of.reduce((sum, { count }) => sum + count, 0),
        severities: Object.fromEntries(of.map(({ severity, count }) => [severity, count])),
        ...last === undefined ? {} : { lastSeen: last },
      };
    }),
    more: groups.length > limit,
  };
}

/** Services whose hours are read together. */
const SERVICES_TOGETHER = 100;
const HOUR_MICROS = 3_600_000_000;
const DAY_HOURS = 24;

/** By the index, in the hour that the counts say, as far as the budget goes. */
async function newestOf(
  reader: LogReader,
  pairs: readonly PairCount[],
  budget: Budget,
): Promise<ReadonlyMap<string, Instant>> {
  const newest = new Map<string, Instant>();
  const { byService, byBatch } = await reader.indexes(budget.bounds);
  if (!byService) return newest;
  // Rows that are not adopted are in no hour.
  const isCounted = byBatch && await reader.unadopted({ span: {}, limit: 1 }, budget.bounds) === 0;
  const names = [...new Set(pairs.map(({ serviceName }) => serviceName))];
  for (let i = 0; i < names.length && !budget.isSpent; i += SERVICES_TOGETHER) {
    const services = names.slice(i, i + SERVICES_TOGETHER);
    const seen = isCounted ? await lastHours(reader, services, budget) : [];
    const counted = new Set(seen.map(({ serviceName }) => serviceName));
    // A service that was silent for a day: wherever it is.
    const others = pairs.filter(({ serviceName }) => services.includes(serviceName) && !counted.has(serviceName));
    const asked = [...seen, ...others.map((pair) => ({ ...pair, span: {} }))];
    for (let at = 0; at < asked.length; at += PAIRS_MAX) {
      for (const { serviceName, publishTime } of await reader.newest(asked.slice(at, at + PAIRS_MAX), budget.bounds)) {
        const known = newest.get(serviceName);
        if (known === undefined || publishTime > known) newest.set(serviceName, publishTime);
      }
    }
  }
  return newest;
}

/** Each service's pairs of the last hour that has any, of the last day that is counted. */
async function lastHours(
  reader: LogReader,
  services: readonly string[],
  budget: Budget,
): Promise<(Pair & { readonly span: KeySpan })[]> {
  const hours = await reader.countedHours(budget.bounds);
  if (hours === undefined) return [];
  const to = shifted(hours.last, HOUR_MICROS);
  const from = shifted(to, -DAY_HOURS * HOUR_MICROS);
  const buckets = { start: from, seconds: HOUR_MICROS / 1_000_000 };
  const counts = await reader.counts({ source: "hours", from, to, by: "pair", buckets, services }, budget.bounds);
  const last = new Map<string, number>();
  for (const { serviceName, bucket } of counts) last.set(serviceName!, Math.max(last.get(serviceName!) ?? 0, bucket));
  return counts.filter(({ serviceName, bucket }) => last.get(serviceName!) === bucket).map((count) => {
    const start = shifted(from, count.bucket * HOUR_MICROS);
    const span = { from: start, to: shifted(start, HOUR_MICROS) };
    return { serviceName: count.serviceName!, severity: count.severity!, span };
  });
}
