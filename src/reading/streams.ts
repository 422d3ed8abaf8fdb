/**
 * Streams of rows in the order of keys, from one index or another. A search merges several.
 *
 * @module
 */
import type { Instant, MessageKey } from "../entry/entry.ts";
import { instantOfDate } from "../entry/instant.ts";
import type { Candidate, KeySpan, LogReader, RowFilter, RowsQuestion, ScanQuestion, Way } from "../store/log_reader.ts";
import type { ReadEntry } from "../store/log_rows.ts";
import type { Budget } from "./budget.ts";
import { before, farther, msOf, shifted } from "./position.ts";

/** What one step of a stream brought. */
export interface Step {
  readonly entries: readonly ReadEntry[];
  /** Streams that go on for it, or beside it. */
  readonly streams?: readonly RowStream[];
}

/** Rows in the order of keys, of which some were read. */
export interface RowStream {
  /** The place beyond which all rows are that it has not read; absent: it is over. */
  readonly place: MessageKey | undefined;
  /** Reads on. */
  step(budget: Budget): Promise<Step>;
}

/** Where streams read, and how. */
export interface StreamOptions {
  readonly reader: LogReader;
  readonly way: Way;
  readonly span: KeySpan;
}

/** Rows of the first step, where few of them may be wanted. */
const STEP_FIRST = 250;
/** The most rows of a step: about 100 ms. */
const STEP_MAX = 5_000;
/** As many bytes of payload are expected of a step: a payload may have 64 KiB. */
const STEP_BYTES = 8 * 1024 * 1024;
/** A row's least, for the estimate. */
const ROW_BYTES = 100;

/** How many rows to ask for: more each time, as their payloads allow. */
class StepSize {
  #rows: number;

  constructor(first: number) {
    this.#rows = first;
  }

  /** A stream that must come on although no row is left takes a first step. */
  next(rowsLeft: number): number {
    return rowsLeft > 0 ? Math.min(this.#rows, rowsLeft) : Math.min(this.#rows, STEP_FIRST);
  }

  took(entries: readonly ReadEntry[]): void {
    const bytes = entries.reduce((sum, { payload }) => sum + payload.length + ROW_BYTES, 0);
    const fitting = entries.length === 0 ? STEP_MAX : Math.floor(STEP_BYTES * entries.length / bytes);
    this.#rows = Math.max(Math.min(this.#rows * 3, STEP_MAX, fitting), 1);
  }
}

/** The place before all rows of a span. */
export function startOf({ from, to, beyond }: KeySpan, way: Way): MessageKey {
  if (way === "older") {
    return farther(way, to === undefined ? before(way, LAST) : before(way, shifted(to, -1)), beyond);
  }
  return farther(way, before(way, from ?? FIRST), beyond);
}

const FIRST: Instant = "1000-01-01 00:00:00.000000";
const LAST: Instant = "9999-12-31 23:59:59.999999";

/** How rows are read by the key, or by an index. */
export interface KeyStreamOptions extends StreamOptions {
  readonly by?: RowsQuestion["by"];
  /** Rows of the first step; where each is wanted, as many as are. */
  readonly first?: number;
  /** Whether it reads on when the budget's rows are used up, since somebody decided that before; by default it does not. */
  readonly unbounded?: boolean;
}

/** Rows by the key, or by an index. */
export class KeyStream implements RowStream {
  place: MessageKey | undefined;
  readonly #options: KeyStreamOptions;
  readonly #by: RowsQuestion["by"];
  readonly #size: StepSize;
  #beyond: MessageKey | undefined;

  constructor(options: KeyStreamOptions) {
    this.#options = options;
    this.#by = options.by;
    this.#size = new StepSize(options.first ?? STEP_FIRST);
    this.#beyond = options.span.beyond;
    this.place = startOf(options.span, options.way);
  }

  async step(budget: Budget): Promise<Step> {
    const { reader, way, span, unbounded = false } = this.#options;
    const limit = this.#size.next(unbounded ? Infinity : budget.rowsLeft);
    const question = { span: { ...span, beyond: this.#beyond }, way, limit, by: this.#by };
    const entries = await reader.rows(question, budget.bounds);
    budget.spend(entries.length);
    this.#size.took(entries);
    // Pruned rows may make it one step more.
    this.#beyond = this.place = entries.length < limit ? undefined : keyOf(entries.at(-1)!);
    return { entries };
  }
}

/** How rows are looked at one after the other. */
export interface ScanStreamOptions extends StreamOptions {
  readonly filter: RowFilter;
  readonly by?: ScanQuestion["by"];
}

/** The most rows of a step of a scan, whose database does most of the work. */
const SCAN_MAX = 20_000;

/** Payloads of a step, in UTF-16 units, from which the next is no greater: about 2,000 ordinary lines. */
const STEP_UNITS = 256 * 1024;

/** Rows of a span, one after the other, of which some are wanted. */
export class ScanStream implements RowStream {
  place: MessageKey | undefined;
  readonly #options: ScanStreamOptions;
  #rows = SCAN_FIRST;
  #beyond: MessageKey | undefined;

  constructor(options: ScanStreamOptions) {
    this.#options = options;
    this.#beyond = options.span.beyond;
    this.place = startOf(options.span, options.way);
  }

  async step(budget: Budget): Promise<Step> {
    const { reader, way, span, filter, by } = this.#options;
    const rows = budget.rowsLeft > 0 ? Math.min(this.#rows, budget.rowsLeft) : SCAN_FIRST;
    const question = { span: { ...span, beyond: this.#beyond }, way, rows, filter, by };
    const { entries, examined, last } = await reader.scan(question, budget.bounds);
    budget.spend(examined);
    // More at once, unless what came is much: then the next rows may be so too.
    const units = entries.reduce((sum, { payload }) => sum + payload.length, 0);
    if (entries.length < this.#rows / 2 && units < STEP_UNITS) this.#rows = Math.min(this.#rows * 4, SCAN_MAX);
    this.#beyond = this.place = last;
    return { entries };
  }
}

/** Rows of the first step: a page of what is in nearly every row. */
const SCAN_FIRST = 500;

/** Stretches of publish time that streams read whole, so that no other reads them again. */
export class Covered {
  readonly #stretches: { readonly first: Instant; readonly last: Instant }[] = [];

  /** What of a stretch is left to read, which then counts as read: it is cut where another ends within it. */
  take({ first, last }: { readonly first: Instant; readonly last: Instant }) {
    let [from, to] = [first, last];
    for (const other of this.#stretches) {
      if (other.first <= from && to <= other.last) return undefined;
      if (other.first <= to && to <= other.last) to = shifted(other.first, -1);
      else if (other.first <= from && from <= other.last) from = shifted(other.last, 1);
    }
    this.#stretches.push({ first: from, last: to });
    return { first: from, last: to };
  }
}

/** A range that holds less than so many times a batch's rows is read whole. */
const DENSE = 4;

/** Up to here the minutes of a batch's range are summed up, and above the hours, in milliseconds. */
const MINUTES_MS = 30 * 60_000;

/** How a batch is read. */
export interface BatchStreamOptions extends ScanStreamOptions {
  readonly batch: Candidate;
  readonly covered: Covered;
}

/**
 * The rows of a batch, and where these lie close together those between them: reading a range of the key costs less than
 * fetching rows one by one. A batch after an outage spans hours, and is read by its index.
 */
export class BatchStream implements RowStream {
  place: MessageKey | undefined;
  readonly #options: BatchStreamOptions;

  /** @param options.span In which its rows are wanted. */
  constructor(options: BatchStreamOptions) {
    const { span, way, batch } = options;
    this.#options = options;
    const start = before(way, way === "older" ? batch.last : batch.first);
    this.place = farther(way, start, startOf(span, way));
  }

  async step(budget: Budget): Promise<Step> {
    this.place = undefined;
    const { span, batch, covered } = this.#options;
    const { first, last, id } = batch;
    const inner = {
      first: span.from !== undefined && span.from > first ? span.from : first,
      last: span.to !== undefined && span.to <= last ? shifted(span.to, -1) : last,
    };
    if (inner.first > inner.last) return { entries: [] };
    if (!await this.#isDense(budget)) return { entries: [], streams: [this.#reading(inner, { batches: [id] })] };
    const left = covered.take(inner);
    return { entries: [], streams: left === undefined ? [] : [this.#reading(left)] };
  }

  #reading({ first, last }: { readonly first: Instant; readonly last: Instant }, by?: ScanQuestion["by"]): ScanStream {
    const { reader, way, span, filter } = this.#options;
    return new ScanStream({ reader, way, filter, span: { ...span, from: first, to: shifted(last, 1) }, by });
  }

  async #isDense(budget: Budget): Promise<boolean> {
    const { reader, batch } = this.#options;
    const [from, to] = [msOf(batch.first), msOf(batch.last)];
    const [source, unit] = to - from <= MINUTES_MS ? ["minutes", MINUTE_MS] as const : ["hours", HOUR_MS] as const;
    const [start, end] = [Math.floor(from / unit) * unit, Math.floor(to / unit) * unit + unit];
    const whole = { from: instantOfDate(new Date(start)), to: instantOfDate(new Date(end)) };
    const counts = await reader.counts({ source, ...whole, by: "severity" }, budget.bounds);
    // The units reach over the range: as much of their sum as the range is of them.
    const share = Math.min((to - from + 1_000) / (end - start), 1);
    return counts.reduce((sum, { count }) => sum + count, 0) * share < DENSE * batch.entries;
  }
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * A span cut into slices that are read one after the other: each statement then opens the partitions of its slice only, of
 * which a table has one a day. The slices get longer, since what was not found in one is probably rare.
 */
export class SlicedStream implements RowStream {
  readonly #slices: KeySpan[];
  readonly #options: SlicedStreamOptions;
  #current: RowStream | undefined;

  constructor(options: SlicedStreamOptions) {
    this.#options = options;
    this.#slices = slicesOf(options);
  }

  get place(): MessageKey | undefined {
    if (this.#current?.place !== undefined) return this.#current.place;
    const [next] = this.#slices;
    return next && startOf(next, this.#options.way);
  }

  async step(budget: Budget): Promise<Step> {
    if (this.#current?.place === undefined) {
      const slice = this.#slices.shift()!;
      this.#current = undefined;
      if (await this.#isEmptyEnd(slice, budget)) return { entries: [] };
      this.#current = this.#options.reading(slice);
    }
    return await this.#current.step(budget);
  }

  /** Before the first and after the last hour there are rows only that are not adopted, and those of wrong clocks. */
  async #isEmptyEnd(slice: KeySpan, budget: Budget): Promise<boolean> {
    const { reader, way } = this.#options;
    if (slice.from !== undefined && slice.to !== undefined) return false;
    return (await reader.rows({ span: slice, way, limit: 1 }, budget.bounds)).length === 0;
  }
}

/** How to slice. */
export interface SlicedStreamOptions extends StreamOptions {
  /** What is counted by the hour. */
  readonly hours: { readonly first: Instant; readonly last: Instant };
  readonly reading: (slice: KeySpan) => RowStream;
}

const DAY_MS = 24 * HOUR_MS;

/** Days, cut at midnight as partitions are: one, three, nine, … */
function slicesOf({ span, way, hours }: SlicedStreamOptions): KeySpan[] {
  const [first, end] = [msOf(hours.first), msOf(hours.last) + HOUR_MS];
  const cuts = [first, end];
  if (way === "older") {
    for (let at = Math.ceil(end / DAY_MS) - 1, days = 1; at * DAY_MS > first; at -= days *= 3) cuts.push(at * DAY_MS);
  } else {
    for (let at = Math.floor(first / DAY_MS) + 1, days = 1; at * DAY_MS < end; at += days *= 3) cuts.push(at * DAY_MS);
  }
  const moments = [...new Set(cuts)].sort((a, b) => a - b).map((ms) => instantOfDate(new Date(ms)));
  const slices = [undefined, ...moments].map((from, i): KeySpan => ({ from, to: moments[i] }));
  const { from, to, beyond } = span;
  const within = slices.map((slice): KeySpan => ({
    from: from !== undefined && (slice.from === undefined || from > slice.from) ? from : slice.from,
    to: to !== undefined && (slice.to === undefined || to < slice.to) ? to : slice.to,
    beyond,
  })).filter((slice) => slice.from === undefined || slice.to === undefined || slice.from < slice.to)
    .filter((slice) => !isBehind(slice, way));
  return way === "older" ? within.reverse() : within;
}

/** Whether all of a slice was read by the pages before. */
function isBehind({ from, to, beyond }: KeySpan, way: Way): boolean {
  if (beyond === undefined) return false;
  return way === "older"
    ? from !== undefined && from > beyond.publishTime
    : to !== undefined && to <= beyond.publishTime;
}

function keyOf({ publishTime, messageId }: MessageKey): MessageKey {
  return { publishTime, messageId };
}
