/**
 * `LogQueries` over arrays: what its contract promises in the plainest way, for tests of whatever builds on it.
 *
 * @module
 */
import { compareKeys, type MessageKey, SEVERITIES, type Severity } from "../../src/entry/entry.ts";
import type { Cursor } from "../../src/reading/cursor.ts";
import { bucketOf, planHistogram } from "../../src/reading/histogram.ts";
import type {
  Around,
  AroundRequest,
  Consistency,
  Histogram,
  HistogramRequest,
  Ledger,
  LedgerRequest,
  LogQueries,
  Looked,
  Page,
  PageRequest,
  ReadOptions,
  Series,
  Services,
  ServicesRequest,
  TailPoint,
  TailRequest,
  TailStep,
  TotalsAnswer,
  TotalsRequest,
} from "../../src/reading/log_queries.ts";
import { matcherOf } from "../../src/reading/match_query.ts";
import { isWithin, type TimeRange } from "../../src/reading/moment.ts";
import { planQuery } from "../../src/reading/plan_query.ts";
import { batchIdAt, msOfBatchId } from "../../src/reading/tail_point.ts";
import type { InstanceState, LedgerBatch, PairCount, ReadEntry } from "../../src/store/log_rows.ts";
import { OLD_NEWS } from "../../src/store/log_rows.ts";
import type {
  DeadLetterFilter,
  DeadLetterGroup,
  DeadLetterPage,
  DeadLetterSummary,
  StoredDeadLetter,
} from "../../src/store/maintenance.ts";
import { entry } from "./entries.ts";

/** An entry as it is read; what is not given is plain. */
export function readEntry(fields: Partial<ReadEntry> = {}): ReadEntry {
  const plain = entry(fields);
  return { createdAt: plain.publishTime, attributes: {}, batch: undefined, ...plain, ...fields };
}

/** A row of the ledger; what is not given is plain. */
export function ledgerBatch(fields: Partial<LedgerBatch> = {}): LedgerBatch {
  return {
    id: batchIdAt(Date.UTC(2026, 0, 2, 3, 4, 5)),
    instance: 0,
    createdAt: "2026-01-02 03:04:05.000000",
    cause: "interval",
    entries: 1,
    deadLetters: 0,
    duplicates: 0,
    bytes: 100,
    writeMs: 1,
    ...fields,
  };
}

/** Tests fill its arrays, in any order, and may change them between calls. */
export class MemoryLogQueries implements LogQueries {
  readonly address = "memory:";
  readonly entries: ReadEntry[] = [];
  readonly batches: LedgerBatch[] = [];
  readonly deadLetterRows: StoredDeadLetter[] = [];
  readonly monitors: InstanceState[] = [];
  /** The database's clock, in milliseconds since 1970. */
  nowMs = Date.UTC(2026, 0, 2, 3, 5);
  /** Runs before each call; what it throws is the call's failure. */
  before: (method: string) => void | Promise<void> = () => {};
  closed = false;

  async page(request: PageRequest, options: ReadOptions = {}): Promise<Page> {
    await this.#begin("page", options);
    const { query, order, limit, cursor } = request;
    const plan = planQuery(query, cursor?.range ?? request.range);
    const range = cursor?.range ?? plan.range;
    const direction = cursor?.direction ?? (order === "newest_first" ? "older" : "newer");
    const matching = this.#matching(request, range).filter((row) =>
      cursor === undefined || (compareKeys(row, cursor.position) < 0) === (direction === "older") &&
        compareKeys(row, cursor.position) !== 0
    );
    if (direction === "older") matching.reverse();
    const taken = matching.slice(0, limit);
    const onward = taken.length < matching.length ? taken.at(-1) : undefined;
    const backward = cursor === undefined ? undefined : taken[0] ?? cursor.position;
    const cursorAt = (key: MessageKey | undefined, way: Cursor["direction"]): Cursor | undefined =>
      key && { position: { publishTime: key.publishTime, messageId: key.messageId }, direction: way, range };
    const ahead = cursorAt(onward, direction);
    const back = cursorAt(backward, direction === "older" ? "newer" : "older");
    const inOrder = (direction === "older") === (order === "newest_first");
    const [next, previous] = inOrder ? [ahead, back] : [back, ahead];
    return {
      entries: inOrder ? taken : taken.toReversed(),
      ...next === undefined ? {} : { next },
      ...previous === undefined ? {} : { previous },
      ...cursor === undefined ? { tail: this.#point() } : {},
      unknownWords: [],
      ...plan.nothing === undefined ? {} : { nothing: plan.nothing },
      ...this.#looked(range),
    };
  }

  async around({ key, before, after, sameService }: AroundRequest, options: ReadOptions = {}): Promise<Around> {
    await this.#begin("around", options);
    const found = this.entries.find((row) => compareKeys(row, key) === 0);
    if (found === undefined) return { before: [], after: [], ...this.#looked({}) };
    const others = this.#sorted().filter((row) => sameService !== true || row.serviceName === found.serviceName);
    const at = others.indexOf(found);
    return {
      entry: found,
      before: others.slice(Math.max(0, at - before), at),
      after: others.slice(at + 1, at + 1 + after),
      ...this.#looked({}),
    };
  }

  async entry(key: MessageKey, options: ReadOptions = {}): Promise<ReadEntry | undefined> {
    await this.#begin("entry", options);
    return this.entries.find((row) => compareKeys(row, key) === 0);
  }

  async services({ prefix = "", after, limit }: ServicesRequest, options: ReadOptions = {}): Promise<Services> {
    await this.#begin("services", options);
    const counts = Map.groupBy(countsOf(this.entries), ({ serviceName }) => serviceName);
    const all = [...counts].filter(([name]) => name.startsWith(prefix) && (after === undefined || name > after));
    const services = all.slice(0, limit).map(([serviceName, of]) => ({
      serviceName,
      total: of.reduce((sum, { count }) => sum + count, 0),
      severities: Object.fromEntries(of.map(({ severity, count }) => [severity, count])),
      lastSeen: this.#sorted().findLast((row) => row.serviceName === serviceName)!.publishTime,
    }));
    return { services, more: all.length > limit };
  }

  async totals({ query, range: asked }: TotalsRequest, options: ReadOptions = {}): Promise<TotalsAnswer> {
    const range: TimeRange = asked ?? {};
    await this.#begin("totals", options);
    const rows = this.#matching({ query }, range);
    return { total: rows.length, counts: countsOf(rows), ...this.#looked(range) };
  }

  async histogram(request: HistogramRequest, options: ReadOptions = {}): Promise<Histogram> {
    await this.#begin("histogram", options);
    const { query, range, by = "severity", seriesMax = 10 } = request;
    const plan = planHistogram(range, request);
    if ("problem" in plan) throw new RangeError(`Cannot make histogram: range ${plan.problem}`);
    const rows = this.#matching({ query }, range);
    const nameOf = (row: ReadEntry) => by === "severity" ? row.severity : row.serviceName;
    const groups = Map.groupBy(rows, nameOf);
    const seriesOf = (of: readonly ReadEntry[], name?: string): Series => {
      const counts = plan.buckets.map(() => 0);
      for (const row of of) counts[bucketOf(row.publishTime, plan)]!++;
      return { ...name === undefined ? {} : { name }, total: of.length, counts };
    };
    const names = by === "severity"
      ? SEVERITIES
      : [...groups.keys()].sort((a, b) => groups.get(b)!.length - groups.get(a)!.length || (a < b ? -1 : 1));
    const series = names.slice(0, by === "severity" ? 5 : seriesMax).map((name) =>
      seriesOf(groups.get(name) ?? [], name)
    );
    const others = names.slice(series.length).flatMap((name) => groups.get(name) ?? []);
    return {
      bucketSeconds: plan.bucketSeconds,
      buckets: plan.buckets,
      series: others.length === 0 ? series : [...series, seriesOf(others)],
      total: rows.length,
      ...this.#looked(range),
    };
  }

  async deadLetters(page: DeadLetterPage, options: ReadOptions = {}): Promise<readonly DeadLetterSummary[]> {
    await this.#begin("deadLetters", options);
    const rows = this.#deadLetters(page);
    if (page.newestFirst === true) rows.reverse();
    const { after } = page;
    const past = (row: MessageKey) => compareKeys(row, after!) * (page.newestFirst === true ? -1 : 1) > 0;
    return rows.filter((row) => after === undefined || past(row)).slice(0, page.limit)
      .map(({ data: _data, attributes: _attributes, ...summary }) => summary);
  }

  async deadLetterGroups(filter: DeadLetterFilter, options: ReadOptions = {}): Promise<readonly DeadLetterGroup[]> {
    await this.#begin("deadLetterGroups", options);
    return [...Map.groupBy(this.#deadLetters(filter), ({ reason }) => reason)].map(([reason, rows]) => ({
      reason,
      count: rows.length,
      oldest: rows[0]!.publishTime,
      newest: rows.at(-1)!.publishTime,
    }));
  }

  async deadLetter(key: MessageKey, options: ReadOptions = {}): Promise<StoredDeadLetter | undefined> {
    await this.#begin("deadLetter", options);
    return this.deadLetterRows.find((row) => compareKeys(row, key) === 0);
  }

  async ledger(request: LedgerRequest, options: ReadOptions = {}): Promise<Ledger> {
    await this.#begin("ledger", options);
    const { range, instance, causes, before, limit } = request;
    const rows = this.#batchesById().reverse().filter((batch) =>
      isWithin(batch.createdAt, range) && (instance === undefined || batch.instance === instance) &&
      (causes === undefined || causes.includes(batch.cause)) && (before === undefined || batch.id < before)
    );
    return { batches: rows.slice(0, limit), more: rows.length > limit };
  }

  async tailPoint(options: ReadOptions = {}): Promise<TailPoint> {
    await this.#begin("tailPoint", options);
    return this.#point();
  }

  async tail({ from, query = { terms: [] } }: TailRequest, options: ReadOptions = {}): Promise<TailStep> {
    await this.#begin("tail", options);
    const matches = matcherOf(query);
    const batches = this.#batchesById().filter(({ id, cause }) =>
      id >= from.since && !from.seen.has(id) && !OLD_NEWS.includes(cause)
    );
    const sorted = this.#sorted();
    return {
      entries: batches.flatMap(({ id }) => sorted.filter((row) => row.batch === id && matches(row))),
      batches,
      point: { ...this.#point(), since: from.since },
      more: false,
    };
  }

  async instances(options: ReadOptions = {}): Promise<readonly InstanceState[]> {
    await this.#begin("instances", options);
    return this.monitors;
  }

  async consistency(options: ReadOptions = {}): Promise<Consistency> {
    await this.#begin("consistency", options);
    const counted = this.entries.length;
    const unadopted = this.entries.filter(({ batch }) => batch === undefined).length;
    return {
      counted,
      hours: counted - unadopted,
      unadopted,
      unadoptedComplete: true,
      agree: true,
      differences: [],
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  async #begin(method: string, { signal }: ReadOptions): Promise<void> {
    signal?.throwIfAborted();
    await this.before(method);
    signal?.throwIfAborted();
  }

  #sorted(): ReadEntry[] {
    return this.entries.toSorted(compareKeys);
  }

  #batchesById(): LedgerBatch[] {
    return this.batches.toSorted((a, b) => a.id < b.id ? -1 : 1);
  }

  #matching({ query }: Pick<PageRequest, "query">, range: TimeRange): ReadEntry[] {
    const matches = matcherOf(query);
    return this.#sorted().filter((row) => isWithin(row.publishTime, range) && matches(row));
  }

  #deadLetters({ statuses, reason, since, keys, messageIds }: DeadLetterFilter): StoredDeadLetter[] {
    return this.deadLetterRows.toSorted(compareKeys).filter((row) =>
      (statuses === undefined || statuses.includes(row.status)) && (reason === undefined || row.reason === reason) &&
      (since === undefined || row.publishTime >= since) &&
      (keys === undefined || keys.some((key) => compareKeys(key, row) === 0)) &&
      (messageIds === undefined || messageIds.includes(row.messageId))
    );
  }

  #looked(covered: TimeRange): Looked {
    return { complete: true, covered, examined: this.entries.length, remarks: [] };
  }

  /** Of the last batch, where that is later than the clock: tests need not move both. */
  #point(): TailPoint {
    const nowMs = Math.max(this.nowMs, ...this.batches.map(({ id }) => msOfBatchId(id)));
    return { position: batchIdAt(nowMs), since: 0n, seen: new Set(this.batches.map(({ id }) => id)) };
  }
}

function countsOf(rows: readonly ReadEntry[]): PairCount[] {
  const pairs = Map.groupBy(rows, ({ serviceName, severity }) => JSON.stringify([serviceName, severity]));
  return [...pairs.values()].map((of): PairCount => ({
    serviceName: of[0]!.serviceName,
    severity: of[0]!.severity,
    count: of.length,
  })).sort((a, b) => a.serviceName === b.serviceName ? rank(a.severity) - rank(b.severity) : codePointOrder(a, b));
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

function codePointOrder(a: PairCount, b: PairCount): number {
  const [left, right] = [a, b].map(({ serviceName }) => new TextEncoder().encode(serviceName));
  const at = left!.findIndex((byte, i) => byte !== right![i]);
  return at < 0 ? -1 : left![at]! - (right![at] ?? -1);
}
