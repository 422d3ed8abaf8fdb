/**
 * Who logs.
 *
 * @module
 */
import type { Instant } from "../entry/entry.ts";
import { type LogReader, PAIRS_MAX } from "../store/log_reader.ts";
import type { PairCount } from "../store/log_rows.ts";
import type { Budget } from "./budget.ts";
import type { Services, ServicesRequest } from "./log_queries.ts";

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

/** By the index, as far as the budget goes. */
async function newestOf(
  reader: LogReader,
  pairs: readonly PairCount[],
  budget: Budget,
): Promise<ReadonlyMap<string, Instant>> {
  const newest = new Map<string, Instant>();
  if (!(await reader.indexes(budget.bounds)).byService) return newest;
  let group: PairCount[] = [];
  for (const [i, pair] of pairs.entries()) {
    group.push(pair);
    // Whole services only: of a half one the newest would be a guess.
    const isEnd = pairs[i + 1]?.serviceName !== pair.serviceName;
    if (!isEnd || (group.length < PAIRS_MAX - SEVERITY_COUNT && i < pairs.length - 1)) continue;
    if (budget.isSpent) break;
    for (const { serviceName, publishTime } of await reader.newest(group, budget.bounds)) {
      const known = newest.get(serviceName);
      if (known === undefined || publishTime > known) newest.set(serviceName, publishTime);
    }
    group = [];
  }
  return newest;
}

const SEVERITY_COUNT = 5;
