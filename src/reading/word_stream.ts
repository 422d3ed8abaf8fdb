/**
 * Finds the batches that may hold the words of a query, day by day.
 *
 * @module
 */
import type { Instant, MessageKey } from "../entry/entry.ts";
import type { Candidate, RowFilter } from "../store/log_reader.ts";
import type { BatchId } from "../store/log_rows.ts";
import { probesOf } from "../words/word_filter.ts";
import type { Budget } from "./budget.ts";
import type { IndexedWord } from "./plan_query.ts";
import { before, compareOn, msOf, shifted } from "./position.ts";
import { BatchStream, type Covered, type RowStream, startOf, type Step, type StreamOptions } from "./streams.ts";

/** The most days of one question. */
const DAYS_MAX = 30;
const DAY_MS = 86_400_000;

/** How a word stream is made. */
export interface WordStreamOptions extends StreamOptions {
  readonly filter: RowFilter;
  /** At least one. */
  readonly words: readonly IndexedWord[];
  /** The days that have filters, `YYYY-MM-DD`. */
  readonly days: { readonly first: string; readonly last: string };
  readonly covered: Covered;
}

/**
 * Brings a stream for each batch whose filter may hold every word: of the first day, then of more days at once, since what
 * was not found in one is probably rare.
 */
export class WordStream implements RowStream {
  place: MessageKey | undefined;
  readonly #options: WordStreamOptions;
  /** Days that were not asked, in the order of the way. */
  readonly #days: string[];
  readonly #known = new Set<number>();
  /** Words that were not asked for on some day, because others had left no batch. */
  readonly #unasked = new Set<number>();
  #atOnce = 1;
  #sawUnfiltered = false;

  constructor(options: WordStreamOptions) {
    this.#options = options;
    this.#days = daysOf(options);
    this.place = this.#placeOfNext();
  }

  /** Words that no batch holds of the days that were asked; all of them once the stream is over. */
  get unknownWords(): readonly IndexedWord[] {
    return this.#options.words.filter(({ hash }) => !this.#known.has(hash) && !this.#unasked.has(hash));
  }

  /** Whether a batch without a filter was met. */
  get sawUnfiltered(): boolean {
    return this.#sawUnfiltered;
  }

  async step(budget: Budget): Promise<Step> {
    const days = this.#days.splice(0, this.#atOnce);
    this.#atOnce = Math.min(this.#atOnce * 4, DAYS_MAX);
    this.place = this.#placeOfNext();
    const { span, covered } = this.#options;
    const ends = [days[0]!, days.at(-1)!].sort();
    const from = later(span.from, `${ends[0]} 00:00:00.000000`);
    const to = earlier(span.to, shifted(`${ends[1]} 23:59:59.999999`, 1));
    const batches = await this.#batchesOf(days, budget);
    const within = batches.filter(({ first, last }) => first < to && last >= from);
    return {
      entries: [],
      streams: within.map((batch) =>
        new BatchStream({ ...this.#options, span: { ...span, from, to }, batch, covered })
      ),
    };
  }

  async #batchesOf(days: readonly string[], budget: Budget): Promise<Candidate[]> {
    let batches: Map<BatchId, Candidate> | undefined;
    for (const [i, { hash }] of this.#options.words.entries()) {
      const holding = await this.#options.reader.candidates({ probes: probesOf(hash), days }, budget.bounds);
      if (holding.length > 0) this.#known.add(hash);
      if (holding.some(({ unfiltered }) => unfiltered)) this.#sawUnfiltered = true;
      const ids = batches;
      batches = new Map(holding.filter(({ id }) => ids === undefined || ids.has(id)).map((batch) => [batch.id, batch]));
      if (batches.size > 0) continue;
      this.#options.words.slice(i + 1).forEach((word) => this.#unasked.add(word.hash));
      return [];
    }
    return [...batches!.values()];
  }

  #placeOfNext(): MessageKey | undefined {
    const { way, span } = this.#options;
    const [day] = this.#days;
    if (day === undefined) return undefined;
    const edge = before(way, way === "older" ? `${day} 23:59:59.999999` : `${day} 00:00:00.000000`);
    const start = startOf(span, way);
    return compareOn(way, edge, start) > 0 ? edge : start;
  }
}

function daysOf({ way, span, days }: WordStreamOptions): string[] {
  const start = startOf(span, "newer").publishTime.slice(0, 10);
  const end = span.to === undefined ? days.last : shifted(span.to, -1).slice(0, 10);
  const beyond = span.beyond?.publishTime.slice(0, 10);
  const first = way === "newer" && beyond !== undefined
    ? later(beyond, start)
    : later(span.from?.slice(0, 10), days.first);
  const last = way === "older" && beyond !== undefined ? earlier(beyond, end) : end;
  const list: string[] = [];
  for (let day = later(first, days.first); day <= earlier(last, days.last); day = nextDay(day)) list.push(day);
  return way === "older" ? list.reverse() : list;
}

function nextDay(day: string): string {
  return new Date(msOf(`${day} 00:00:00.000000`) + DAY_MS).toISOString().slice(0, 10);
}

function later(a: string | undefined, b: Instant): Instant {
  return a !== undefined && a > b ? a : b;
}

function earlier(a: string | undefined, b: Instant): Instant {
  return a !== undefined && a < b ? a : b;
}
