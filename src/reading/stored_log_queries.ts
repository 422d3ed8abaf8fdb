/**
 * The readers' contract over what a database's reader answers.
 *
 * @module
 */
import type { MessageKey } from "../entry/entry.ts";
import { type LogReader, UNADOPTED_COUNT_MAX, type Way } from "../store/log_reader.ts";
import type { InstanceState, ReadEntry } from "../store/log_rows.ts";
import type {
  DeadLetterFilter,
  DeadLetterGroup,
  DeadLetterPage,
  DeadLetterSummary,
  StoredDeadLetter,
} from "../store/maintenance.ts";
import { Budget } from "./budget.ts";
import { readHistogram, readTotals } from "./histogram_answer.ts";
import {
  type Around,
  type AroundRequest,
  type Consistency,
  type Histogram,
  type HistogramRequest,
  type Ledger,
  type LedgerRequest,
  type LogQueries,
  type Page,
  PAGE_MAX,
  type PageRequest,
  type ReadOptions,
  type Services,
  type ServicesRequest,
  type TailPoint,
  type TailRequest,
  type TailStep,
  type TotalsAnswer,
  type TotalsRequest,
} from "./log_queries.ts";
import { planQuery } from "./plan_query.ts";
import { msOf } from "./position.ts";
import type { Term } from "./query.ts";
import { readPage } from "./read_page.ts";
import { readServices } from "./read_services.ts";
import { readTail, readTailPoint } from "./read_tail.ts";
import { search } from "./search.ts";
import { batchIdAt } from "./tail_point.ts";

/** Owns its reader. */
export class StoredLogQueries implements LogQueries {
  readonly #reader: LogReader;

  constructor(reader: LogReader) {
    this.#reader = reader;
  }

  get address(): string {
    return this.#reader.address;
  }

  async page(request: PageRequest, options?: ReadOptions): Promise<Page> {
    return await readPage(this.#reader, request, new Budget(options));
  }

  async around(request: AroundRequest, options?: ReadOptions): Promise<Around> {
    const { key, before, after, sameService = false } = request;
    for (const [name, count] of Object.entries({ before, after })) inBounds(name, { count, least: 0 });
    const budget = new Budget(options);
    const [entry] = await this.#reader.rowsByKey([key], budget.bounds);
    const looked = { complete: true, covered: {}, examined: budget.examined, remarks: [] };
    if (entry === undefined) return { before: [], after: [], ...looked };
    const place = { at: 0, length: 0 };
    const terms: Term[] = sameService ? [{ kind: "service", names: [entry.serviceName], negated: false, place }] : [];
    const neighbours = async (way: Way, count: number) => {
      if (count === 0) return { found: [], place: undefined, remarks: [] };
      return await search({
        reader: this.#reader,
        plan: planQuery({ terms }),
        span: { beyond: key },
        way,
        budget,
        matches: () => true,
        kept: (row) => row,
        enough: count,
      });
    };
    const older = await neighbours("older", before);
    const newer = await neighbours("newer", after);
    return {
      entry,
      before: older.found.slice(0, before).reverse(),
      after: newer.found.slice(0, after),
      complete: (older.place === undefined || older.found.length >= before) &&
        (newer.place === undefined || newer.found.length >= after),
      covered: {
        ...older.place === undefined ? {} : { from: older.place.publishTime },
        ...newer.place === undefined ? {} : { to: newer.place.publishTime },
      },
      examined: budget.examined,
      remarks: [...new Set([...older.remarks, ...newer.remarks])],
    };
  }

  async entry(key: MessageKey, options?: ReadOptions): Promise<ReadEntry | undefined> {
    const [entry] = await this.#reader.rowsByKey([key], new Budget(options).bounds);
    return entry;
  }

  async services(request: ServicesRequest, options?: ReadOptions): Promise<Services> {
    inBounds("limit", { count: request.limit, least: 1 });
    return await readServices(this.#reader, request, new Budget(options));
  }

  async totals(request: TotalsRequest, options?: ReadOptions): Promise<TotalsAnswer> {
    return await readTotals(this.#reader, request, new Budget(options));
  }

  async histogram(request: HistogramRequest, options?: ReadOptions): Promise<Histogram> {
    return await readHistogram(this.#reader, request, new Budget(options));
  }

  async deadLetters(page: DeadLetterPage, options?: ReadOptions): Promise<readonly DeadLetterSummary[]> {
    inBounds("limit", { count: page.limit, least: 1 });
    return await this.#reader.deadLetters(page, new Budget(options).bounds);
  }

  async deadLetterGroups(filter: DeadLetterFilter, options?: ReadOptions): Promise<readonly DeadLetterGroup[]> {
    return await this.#reader.deadLetterGroups(filter, new Budget(options).bounds);
  }

  async deadLetter(key: MessageKey, options?: ReadOptions): Promise<StoredDeadLetter | undefined> {
    return await this.#reader.deadLetter(key, new Budget(options).bounds);
  }

  async ledger({ range, before, limit, ...filter }: LedgerRequest, options?: ReadOptions): Promise<Ledger> {
    inBounds("limit", { count: limit, least: 1 });
    const from = range.from === undefined ? undefined : batchIdAt(msOf(range.from));
    const end = range.to === undefined ? undefined : batchIdAt(msOf(range.to));
    const to = before === undefined || (end !== undefined && end < before) ? end : before;
    const question = { ...filter, from, to, newestFirst: true, limit: limit + 1 };
    const batches = await this.#reader.ledger(question, new Budget(options).bounds);
    return { batches: batches.slice(0, limit), more: batches.length > limit };
  }

  async tailPoint(options?: ReadOptions): Promise<TailPoint> {
    return await readTailPoint(this.#reader, new Budget(options));
  }

  async tail(request: TailRequest, options?: ReadOptions): Promise<TailStep> {
    return await readTail(this.#reader, request, new Budget(options));
  }

  async instances(options?: ReadOptions): Promise<readonly InstanceState[]> {
    return await this.#reader.instances(new Budget(options).bounds);
  }

  async consistency(options?: ReadOptions): Promise<Consistency> {
    const sums = await this.#reader.sums(new Budget(options).bounds);
    const { counted, hours, unadopted = 0, differences } = sums;
    const unadoptedComplete = sums.unadopted !== undefined && unadopted < UNADOPTED_COUNT_MAX;
    return {
      counted,
      hours,
      unadopted,
      unadoptedComplete,
      // With rows that are in no hour yet, more is counted than the hours have; never less.
      differences: unadopted === 0 && unadoptedComplete
        ? differences
        : differences.filter((pair) => pair.hours > pair.counted),
      agree: unadoptedComplete ? counted === hours + unadopted && !hasMoreInHours(differences, unadopted) : undefined,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader[Symbol.asyncDispose]();
  }
}

/** Sums may agree where pairs do not. */
function hasMoreInHours(
  differences: readonly { readonly counted: number; readonly hours: number }[],
  unadopted: number,
) {
  return unadopted === 0 ? differences.length > 0 : differences.some(({ counted, hours }) => hours > counted);
}

function inBounds(name: string, { count, least }: { readonly count: number; readonly least: number }): void {
  if (Number.isSafeInteger(count) && count >= least && count <= PAGE_MAX) return;
  throw new RangeError(`Cannot read: ${name} is outside ${least} to ${PAGE_MAX}: ${count}`);
}
