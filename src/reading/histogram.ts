/**
 * How a histogram over publish time is cut into buckets, and which stored counts answer which part of it.
 *
 * @module
 */
import type { Instant } from "../entry/entry.ts";
import { instantOfDate } from "../entry/instant.ts";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** The widths of buckets, in seconds. Each divides a day, so that buckets begin at the same moments on every day. */
export const BUCKET_SECONDS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  DAY,
] as const;

/** The most buckets of one histogram. */
export const BUCKETS_MAX = 1_500;

/** Both ends are known: a histogram of an open range has no width. */
export interface ClosedRange {
  readonly from: Instant;
  /** Not in it. */
  readonly to: Instant;
}

/**
 * Who counts: the hours or minutes that are stored, or the rows themselves. A part of one minute, whose buckets are whole
 * minutes, is either its rows or what the minute has beside the other ones.
 */
export type CountSource = "hours" | "minutes" | "minute_part" | "rows";

/** A part of the range that one source answers. */
export interface HistogramPart extends ClosedRange {
  readonly source: CountSource;
}

/** One column of a histogram. */
export interface Bucket extends ClosedRange {
  /** Whether the range covers all of it; else it counts only what is in both. */
  readonly whole: boolean;
}

/** What to read, and where it goes. */
export interface HistogramPlan {
  readonly bucketSeconds: number;
  /** Oldest first, without gaps; the first and the last may reach over the range's ends. */
  readonly buckets: readonly Bucket[];
  /** Oldest first; together they are the range, and each lies in whole units of its source. */
  readonly parts: readonly HistogramPart[];
}

/** What a histogram is asked for. */
export interface HistogramOptions {
  /** Of {@linkcode BUCKET_SECONDS}; absent: the narrowest that makes no more than `bucketsMax`. */
  readonly bucketSeconds?: number | undefined;
  /** 1 to {@linkcode BUCKETS_MAX}; default 100. */
  readonly bucketsMax?: number | undefined;
  /**
   * Whether the counts answer the question, which know service and severity only; default true. With a text filter only
   * rows do, whatever the width.
   */
  readonly counted?: boolean | undefined;
}

/** Why there is no such histogram, and what to ask for instead. */
export interface HistogramProblem {
  readonly problem: string;
  readonly remedy: string;
}

/**
 * Plans a histogram.
 *
 * Stored counts are read for the whole minutes and hours of the range, and what is left at its two ends is counted by
 * its rows, so that the buckets' sum is exactly the number of rows in the range.
 *
 * @param range Not empty.
 * @throws {RangeError} On an empty range, or a `bucketsMax` out of bounds: those who ask from outside are checked before.
 */
export function planHistogram(range: ClosedRange, options: HistogramOptions = {}): HistogramPlan | HistogramProblem {
  const { bucketsMax = 100, counted = true } = options;
  if (!(range.from < range.to)) throw new RangeError("Cannot plan histogram: empty range");
  if (!(Number.isInteger(bucketsMax) && bucketsMax >= 1 && bucketsMax <= BUCKETS_MAX)) {
    throw new RangeError(`Cannot plan histogram: bucketsMax outside 1 to ${BUCKETS_MAX}: ${bucketsMax}`);
  }
  const fitting = BUCKET_SECONDS.find((seconds) => countOf(range, seconds) <= bucketsMax);
  if (fitting === undefined) {
    const days = countOf(range, DAY);
    return { problem: `has ${days} days, over ${bucketsMax} buckets`, remedy: "ask for a shorter range" };
  }
  const { bucketSeconds = fitting } = options;
  if (!(BUCKET_SECONDS as readonly number[]).includes(bucketSeconds)) {
    return {
      problem: `has no buckets of ${bucketSeconds} s`,
      remedy: `ask for one of ${BUCKET_SECONDS.map(bucketName).join(", ")}`,
    };
  }
  const count = countOf(range, bucketSeconds);
  if (count > bucketsMax) {
    return {
      problem: `has ${count} buckets of ${bucketName(bucketSeconds)}, over ${bucketsMax}`,
      remedy: `ask for ${bucketName(fitting)} or wider, or a shorter range`,
    };
  }
  const start = floorSeconds(range.from, bucketSeconds);
  const buckets = Array.from({ length: count }, (_, i): Bucket => {
    const from = instantOfSeconds(start + i * bucketSeconds);
    const to = instantOfSeconds(start + (i + 1) * bucketSeconds);
    return { from, to, whole: from >= range.from && to <= range.to };
  });
  return { bucketSeconds, buckets, parts: counted ? partsOf(range, bucketSeconds) : [{ source: "rows", ...range }] };
}

/** In which bucket of the plan a moment is, by its index, or -1 outside. */
export function bucketOf(moment: Instant, { bucketSeconds, buckets }: HistogramPlan): number {
  const start = secondsOf(buckets[0]!.from);
  const index = Math.floor((secondsOf(moment) - start) / bucketSeconds);
  return index >= 0 && index < buckets.length ? index : -1;
}

/** A width as people write it: `15s`, `1m`, `6h`, `1d`. */
export function bucketName(seconds: number): string {
  for (const [unit, name] of [[DAY, "d"], [HOUR, "h"], [MINUTE, "m"]] as const) {
    if (seconds >= unit && seconds % unit === 0) return `${seconds / unit}${name}`;
  }
  return `${seconds}s`;
}

function countOf({ from, to }: ClosedRange, seconds: number): number {
  return (ceilSeconds(to, seconds) - floorSeconds(from, seconds)) / seconds;
}

/** The range by whole hours where buckets are hours, by whole minutes beside them, and by parts of minutes at its ends. */
export function partsOf(range: ClosedRange, bucketSeconds: number): HistogramPart[] {
  if (bucketSeconds % HOUR === 0) {
    return around(range, { source: "hours", unit: HOUR }, (rest) => partsOf(rest, MINUTE));
  }
  if (bucketSeconds % MINUTE === 0) {
    return around(range, { source: "minutes", unit: MINUTE }, minuteParts);
  }
  return [{ source: "rows", ...range }];
}

/** Of a range without a whole minute, which may lie in two. */
function minuteParts({ from, to }: ClosedRange): HistogramPart[] {
  const cut = instantOfSeconds(floorSeconds(from, MINUTE) + MINUTE);
  if (to <= cut) return [{ source: "minute_part", from, to }];
  return [{ source: "minute_part", from, to: cut }, { source: "minute_part", from: cut, to }];
}

/** The minute in which a moment lies. */
export function minuteOf(moment: Instant): ClosedRange {
  const start = floorSeconds(moment, MINUTE);
  return { from: instantOfSeconds(start), to: instantOfSeconds(start + MINUTE) };
}

function around(
  range: ClosedRange,
  { source, unit }: { readonly source: CountSource; readonly unit: number },
  finer: (rest: ClosedRange) => HistogramPart[],
): HistogramPart[] {
  const [start, end] = [ceilSeconds(range.from, unit), floorSeconds(range.to, unit)];
  if (start >= end) return finer(range);
  const whole = { from: instantOfSeconds(start), to: instantOfSeconds(end) };
  return [
    ...range.from < whole.from ? finer({ from: range.from, to: whole.from }) : [],
    { source, ...whole },
    ...whole.to < range.to ? finer({ from: whole.to, to: range.to }) : [],
  ];
}

/** Whole seconds since 1970. */
function secondsOf(instant: Instant): number {
  return Date.parse(`${instant.slice(0, 10)}T${instant.slice(11, 19)}Z`) / 1_000;
}

/** The end of year 9999 is written as its last microsecond: there is no later instant. */
function instantOfSeconds(seconds: number): Instant {
  return seconds > SECONDS_MAX ? "9999-12-31 23:59:59.999999" : instantOfDate(new Date(seconds * 1_000));
}

const SECONDS_MAX = 253_402_300_799;

function floorSeconds(instant: Instant, unit: number): number {
  return Math.floor(secondsOf(instant) / unit) * unit;
}

function ceilSeconds(instant: Instant, unit: number): number {
  const seconds = secondsOf(instant) + (instant.endsWith(".000000") ? 0 : 1);
  return Math.ceil(seconds / unit) * unit;
}
