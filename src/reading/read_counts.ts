/**
 * Counts over publish time: from the counts that are stored, and by reading rows where a query has more to it.
 *
 * @module
 */
import type { Instant } from "../entry/entry.ts";
import { wallClock } from "../ops/clock.ts";
import type { BucketCount, CountsQuestion, LogReader, PairFilter } from "../store/log_reader.ts";
import type { Budget } from "./budget.ts";
import {
  bucketOf,
  type ClosedRange,
  type CountSource,
  type HistogramPart,
  type HistogramPlan,
  minuteOf,
} from "./histogram.ts";
import type { Looked, Remark } from "./log_queries.ts";
import { matcherOf } from "./match_query.ts";
import type { QueryPlan } from "./plan_query.ts";
import { msOf } from "./position.ts";
import type { Query } from "./query.ts";
import { coveredOf } from "./read_page.ts";
import { filterOf, search } from "./search.ts";

/** What is counted. */
export interface CountOptions {
  readonly reader: LogReader;
  readonly query: Query;
  readonly plan: QueryPlan;
  readonly range: ClosedRange;
  readonly by: CountsQuestion["by"];
  readonly histogram: HistogramPlan;
  readonly budget: Budget;
}

/** Counts by bucket of the histogram's plan, in no order, a bucket and name maybe twice. */
export interface Counted extends Looked {
  readonly counts: readonly BucketCount[];
}

/** Counts by whichever way answers the plan. */
export async function readCounts(options: CountOptions): Promise<Counted> {
  const { plan, range } = options;
  if (plan.nothing !== undefined) return { counts: [], complete: true, covered: range, examined: 0, remarks: [] };
  return await (plan.by === "keys" ? fromParts(options) : fromRows(options));
}

/** By looking for the entries, the newest first: exact in what it came to. */
async function fromRows({ reader, query, plan, range, by, histogram, budget }: CountOptions): Promise<Counted> {
  const { found, place, remarks } = await search({
    reader,
    plan,
    span: range,
    way: "older",
    budget,
    matches: matcherOf(query),
    kept: ({ publishTime, messageId, serviceName, severity }) => ({ publishTime, messageId, serviceName, severity }),
    enough: Infinity,
  });
  const counts = new Map<string, BucketCount>();
  for (const entry of found) {
    const count: BucketCount = {
      bucket: bucketOf(entry.publishTime, histogram),
      ...by === "severity" ? {} : { serviceName: entry.serviceName },
      ...by === "service" ? {} : { severity: entry.severity },
      count: 1,
    };
    const name = JSON.stringify([count.bucket, count.serviceName, count.severity]);
    counts.set(name, { ...count, count: (counts.get(name)?.count ?? 0) + 1 });
  }
  return {
    counts: [...counts.values()],
    complete: place === undefined,
    covered: coveredOf(place, { range, way: "older" }),
    examined: budget.examined,
    remarks,
  };
}

/** The stored counts of whole hours and minutes, and rows at the ends; rows newest first, as far as the budget goes. */
async function fromParts(options: CountOptions): Promise<Counted> {
  const { reader, range, histogram, budget } = options;
  const remarks = new Set<Remark>();
  const { byBatch } = await reader.indexes(budget.bounds);
  const has = (...sources: readonly CountSource[]) => histogram.parts.some(({ source }) => sources.includes(source));
  const unadopted = has("hours", "minutes", "minute_part") &&
    (!byBatch || await reader.unadopted({ span: range, limit: 1 }, budget.bounds) > 0);
  if (unadopted && has("hours", "minutes")) remarks.add("unadopted");
  const counts: BucketCount[] = [];
  let covered = range.to;
  let complete = true;
  for (const part of histogram.parts.toReversed()) {
    const end = await countPart(options, { part, counts, remarks, unadopted });
    covered = end;
    if (end === part.from) continue;
    complete = false;
    break;
  }
  return {
    counts,
    complete,
    covered: { ...range, from: covered },
    examined: budget.examined,
    remarks: [...remarks],
  };
}

interface PartOptions {
  readonly part: HistogramPart;
  /** Gets what is counted. */
  readonly counts: BucketCount[];
}

/** @returns Where it came to: the part's begin where all is counted. */
async function countPart(
  options: CountOptions,
  { part, counts, remarks, unadopted }: PartOptions & {
    readonly remarks: Set<Remark>;
    readonly unadopted: boolean;
  },
): Promise<Instant> {
  switch (part.source) {
    case "hours":
    case "minutes":
      await countStored(options, { part: { ...part, source: part.source }, counts, remarks });
      return part.from;
    case "minute_part":
      if (!unadopted && isCheaperByMinute(part) && await countMinutePart(options, { part, counts })) return part.from;
      return await countRows(options, { part, counts });
    case "rows":
      return await countRows(options, { part, counts });
  }
}

/** Whether more rows lie in the part than in the rest of its minute, as far as that is over: as if they came evenly. */
function isCheaperByMinute({ from, to }: ClosedRange): boolean {
  const minute = minuteOf(from);
  const now = wallClock();
  const ms = (from: Instant, to: Instant) => Math.max(Math.min(msOf(to), now) - msOf(from), 0);
  return msOf(minute.to) % MINUTE_MS === 0 && ms(from, to) > ms(minute.from, from) + ms(to, minute.to);
}

/** @returns Whether it is counted. */
async function countMinutePart(
  { reader, plan, by, histogram, budget }: CountOptions,
  { part: { from, to }, counts }: PartOptions,
): Promise<boolean> {
  const question = { minute: minuteOf(from), from, to, by, ...filterOf(plan) ?? {} };
  const found = await reader.minutePart(question, budget.bounds);
  if (found === undefined) return false;
  const bucket = bucketOf(from, histogram);
  counts.push(...found.counts.map((count) => ({ ...count, bucket })));
  budget.spend(found.examined);
  return true;
}

/**
 * Of a day with very many services, the minutes count those beyond a number of them under the empty name, and only the
 * hours know theirs. Where services are asked for by name, what the hours have more is added to them.
 */
async function countStored(
  options: CountOptions,
  { part, counts, remarks }: PartOptions & {
    readonly part: { readonly source: "hours" | "minutes" };
    readonly remarks: Set<Remark>;
  },
): Promise<void> {
  const { reader, plan, by, histogram, budget } = options;
  const { services, exceptServices = [], severities } = filterOf(plan) ?? {};
  const isNamed = services !== undefined || exceptServices.length > 0;
  const filter = isNamed ? { services, severities, exceptServices: [...exceptServices, NAMELESS] } : { severities };
  const question = { source: part.source, from: part.from, to: part.to };
  const buckets = bucketsOf(histogram);
  const found = await reader.counts({ ...question, ...filter, by, buckets }, budget.bounds);
  counts.push(...found);
  if (part.source === "hours" || (by === "severity" && !isNamed)) return;
  const nameless = await reader.counts(
    { ...question, services: [NAMELESS], severities, by: "severity" },
    budget.bounds,
  );
  if (nameless.length === 0) return;
  remarks.add("hours_only");
  if (isNamed) await addHoursOnly(options, { part, counts, found, filter });
}

const NAMELESS = "";

/** What the hours have more than the minutes stands where the hour begins. */
async function addHoursOnly(
  { reader, by, histogram, budget }: CountOptions,
  { part, counts, found, filter }: PartOptions & {
    readonly found: readonly BucketCount[];
    readonly filter: PairFilter;
  },
): Promise<void> {
  const from = Math.ceil(msOf(part.from) / HOUR_MS) * HOUR_MS;
  const to = Math.floor(msOf(part.to) / HOUR_MS) * HOUR_MS;
  if (from >= to) return;
  const within = { from: instantOfMs(from), to: instantOfMs(to), by, ...filter };
  const buckets = { start: within.from, seconds: HOUR_MS / 1_000 };
  const hours = await reader.counts({ ...within, source: "hours", buckets }, budget.bounds);
  const minutes = new Map<string, number>();
  for (const { bucket, serviceName, severity, count } of found) {
    const hour = Math.floor((msOf(histogram.buckets[bucket]!.from) - from) / HOUR_MS);
    const name = JSON.stringify([hour, serviceName, severity]);
    minutes.set(name, (minutes.get(name) ?? 0) + count);
  }
  for (const { bucket: hour, serviceName, severity, count } of hours) {
    const more = count - (minutes.get(JSON.stringify([hour, serviceName, severity])) ?? 0);
    if (more <= 0) continue;
    const bucket = bucketOf(instantOfMs(from + hour * HOUR_MS), histogram);
    counts.push({
      bucket,
      ...serviceName === undefined ? {} : { serviceName },
      ...severity === undefined ? {} : { severity },
      count: more,
    });
  }
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Minute by minute, the newest first. @returns Where it came to: the part's begin where all is counted. */
async function countRows({ reader, plan, by, histogram, budget }: CountOptions, { part, counts }: PartOptions) {
  const from = msOf(part.from);
  let to = part.to;
  while (to > part.from) {
    if (budget.isSpent && to !== part.to) return to;
    const begin = (Math.ceil(msOf(to) / MINUTE_MS) - 1) * MINUTE_MS;
    const start = begin <= from ? part.from : instantOfMs(begin);
    const found = await reader.counts({
      source: "rows",
      from: start,
      to,
      by,
      ...filterOf(plan) ?? {},
      buckets: bucketsOf(histogram),
    }, budget.bounds);
    counts.push(...found);
    budget.spend(found.reduce((sum, { count }) => sum + count, 0));
    to = start;
  }
  return part.from;
}

function bucketsOf({ buckets, bucketSeconds }: HistogramPlan) {
  return { start: buckets[0]!.from, seconds: bucketSeconds };
}

function instantOfMs(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace("Z", "000");
}
