/**
 * Streams of rows in the order of keys, from one index or another. A search merges several.
 *
 * @module
 */
import type { Instant, MessageKey } from "../entry/entry.ts";
import { instantOfDate } from "../entry/instant.ts";
import type { Candidate, KeySpan, LogReader, PairFilter, RowsQuestion, Way } from "../store/log_reader.ts";
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

/** All rows of a span, one after the other, of which some services and severities are wanted. */
export class ScanStream implements RowStream {
  place: MessageKey | undefined;
  readonly #options: StreamOptions & { readonly filter: PairFilter };
  #rows = 1_000;
  #beyond: MessageKey | undefined;

  constructor(options: StreamOptions & { readonly filter: PairFilter }) {
    this.#options = options;
    this.#beyond = options.span.beyond;
    this.place = startOf(options.span, options.way);
  }

  async step(budget: Budget): Promise<Step> {
    const { reader, way, span, filter } = this.#options;
    const rows = budget.rowsLeft > 0 ? Math.min(this.#rows, budget.rowsLeft) : STEP_FIRST;
    const question = { span: { ...span, beyond: this.#beyond }, way, rows, filter };
    const { entries, examined, last } = await reader.scan(question, budget.bounds);
    budget.spend(examined);
    this.#rows = Math.min(this.#rows * 3, STEP_MAX);
    this.#beyond = this.place = last;
    return { entries };
  }
}

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

/**
 * The rows of a batch, and where these lie close together those between them: reading a range of the key costs less than
 * fetching rows one by one. A batch after an outage spans hours, and is read by its index.
 */
export class BatchStream implements RowStream {
  place: MessageKey | undefined;
  readonly #options: StreamOptions;
  readonly #batch: Candidate;
  readonly #covered: Covered;

  /** @param options.span In which its rows are wanted. */
  constructor(options: StreamOptions & { readonly batch: Candidate; readonly covered: Covered }) {
    const { span, way, batch } = options;
    this.#options = options;
    this.#batch = batch;
    this.#covered = options.covered;
    const start = before(way, way === "older" ? batch.last : batch.first);
    this.place = farther(way, start, startOf(span, way));
  }

  async step(budget: Budget): Promise<Step> {
    this.place = undefined;
    const { span } = this.#options;
    const { first, last } = this.#batch;
    const inner = {
      first: span.from !== undefined && span.from > first ? span.from : first,
      last: span.to !== undefined && span.to <= last ? shifted(span.to, -1) : last,
    };
    if (inner.first > inner.last) return { entries: [] };
    if (await this.#isDense(budget)) {
      const left = this.#covered.take(inner);
      return { entries: [], streams: left === undefined ? [] : [this.#reading(left)] };
    }
    return { entries: [], streams: [this.#reading(inner, { batches: [this.#batch.id] })] };
  }

  #reading({ first, last }: { readonly first: Instant; readonly last: Instant }, by?: RowsQuestion["by"]): KeyStream {
    const { span } = this.#options;
    return new KeyStream({ ...this.#options, span: { ...span, from: first, to: shifted(last, 1) }, by });
  }

  async #isDense(budget: Budget): Promise<boolean> {
    const { reader } = this.#options;
    const { first, last, entries } = this.#batch;
    const [from, to] = [msOf(first), msOf(last)];
    const [source, unit] = to - from <= MINUTES_MS ? ["minutes", 60_000] as const : ["hours", 3_600_000] as const;
    const counts = await reader.counts({
      source,
      from: instantOfDate(new Date(Math.floor(from / unit) * unit)),
      to: instantOfDate(new Date(Math.floor(to / unit) * unit + unit)),
      by: "severity",
    }, budget.bounds);
    // By the unit the sum is for more than the range: as much of it as the range is of the units.
    const share = Math.min(
      (to - from + 1_000) / (Math.floor(to / unit) * unit + unit - Math.floor(from / unit) * unit),
      1,
    );
    return counts.reduce((sum, { count }) => sum + count, 0) * share < DENSE * entries;
  }
}

function keyOf({ publishTime, messageId }: MessageKey): MessageKey {
  return { publishTime, messageId };
}
