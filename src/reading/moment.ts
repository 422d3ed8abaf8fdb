/**
 * Moments as people write them: RFC 3339, shortened to a minute or a day, or how long ago.
 *
 * @module
 */
import type { Instant } from "../entry/entry.ts";
import { instantOfDate, parseRfc3339 } from "../entry/instant.ts";

/** Why a text is no moment, reading on after its name, and what to write instead. */
export interface MomentProblem {
  readonly problem: string;
  readonly remedy: string;
}

const REMEDY = "write RFC 3339, as 2026-11-24T10:00:00Z, 2026-11-24T10:00Z or 2026-11-24 (UTC), " +
  "or how long ago, as 15m, -2h or 1d12h";

/** To the second, minute or day; `T` and `Z` in either case. */
const DAY = /^\d{4}-\d\d-\d\d$/;
const MINUTE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)$/i;
const NO_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/i;
/** A number with its unit, once or more; `+` would be in the future, where nothing is stored. */
const AGO = /^-?((?:\d{1,9}(?:\.\d{1,6})?(?:ms|[smhdw]))+)$/;

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Reads a moment: `2026-11-24T10:00:00Z` with any offset, without seconds, or only a day (its beginning in UTC); `now`; or
 * how long before `now`: `-15m`, `15m`, `1d12h`, with `ms`, `s`, `m`, `h`, `d`, `w`. A time without an offset is refused:
 * whose clock it means is a guess.
 *
 * @param now The clock, in milliseconds.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseMoment } from "./moment.ts";
 *
 * assertEquals(parseMoment("-15m", Date.UTC(2026, 10, 24, 10)), "2026-11-24 09:45:00.000000");
 * assertEquals(parseMoment("2026-11-24T11:00+01:00", 0), "2026-11-24 10:00:00.000000");
 * ```
 */
export function parseMoment(text: string, now: Date | number): Instant | MomentProblem {
  if (text === "now") return instantOfDate(new Date(now));
  const ago = AGO.exec(text)?.[1];
  if (ago !== undefined) return momentAgo(ago, Number(now));
  if (NO_ZONE.test(text)) return { problem: "does not say its offset from UTC", remedy: `write ${zoned(text)}` };
  const minute = MINUTE.exec(text);
  const whole = DAY.test(text) ? `${text}T00:00:00Z` : minute === null ? text : `${minute[1]}:00${minute[2]}`;
  const instant = parseRfc3339(whole);
  if (instant.ok) return instant.value;
  // Of a text that is nothing like RFC 3339 the remedy says what there is.
  return { problem: /^is not RFC/.test(instant.problem) ? "is no time" : instant.problem, remedy: REMEDY };
}

function momentAgo(ago: string, now: number): Instant | MomentProblem {
  let ms = 0;
  for (const [, number, unit] of ago.matchAll(/([\d.]+)([a-z]+)/g)) ms += Number(number) * MS_PER_UNIT[unit!]!;
  const then = now - Math.round(ms);
  if (!(then >= YEAR_1000)) return { problem: "is before the year 1000", remedy: REMEDY };
  return instantOfDate(new Date(then));
}

const YEAR_1000 = Date.UTC(1000, 0, 1);

function zoned(text: string): string {
  return `${text.replace(" ", "T")}Z, if it is UTC`;
}

/** A stretch of publish time: from `from`, up to and without `to`; an absent end is open. */
export interface TimeRange {
  readonly from?: Instant;
  readonly to?: Instant;
}

/** A range as it was asked for. */
export interface RangeTexts {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** `from` under another name, for terminals. */
  readonly since?: string | undefined;
}

/** Which of the texts is wrong, and how. */
export interface RangeProblem extends MomentProblem {
  readonly field: keyof RangeTexts;
}

/** Reads both ends of a range against one clock; an absent text is an open end. */
export function parseRange(texts: RangeTexts, now: Date | number): TimeRange | RangeProblem {
  if (texts.from !== undefined && texts.since !== undefined) {
    return { field: "since", problem: "says again where the range begins", remedy: "leave out since or from" };
  }
  const range: { from?: Instant; to?: Instant } = {};
  for (const field of ["from", "since", "to"] as const) {
    const text = texts[field];
    if (text === undefined) continue;
    const moment = parseMoment(text, now);
    if (typeof moment !== "string") return { field, ...moment };
    range[field === "since" ? "from" : field] = moment;
  }
  if (range.from !== undefined && range.to !== undefined && range.from >= range.to) {
    return {
      field: "to",
      problem: range.from === range.to ? "is also where the range begins" : "is before the range begins",
      remedy: "write a time after it; the range ends before this time",
    };
  }
  return range;
}

/** Beginning so long ago, a range has a minute to spare. */
const COARSE_MS = 3_600_000;

/**
 * The range for counting: one of an hour or more that is said to begin some time ago begins with that minute, which is
 * counted as a whole. Nobody means a certain microsecond by a day ago, and counting a part of a minute reads its rows.
 */
export function countingRange(range: TimeRange, texts: RangeTexts, now: Date | number): TimeRange {
  const { from, to = instantOfDate(new Date(now)) } = range;
  if (from === undefined || !AGO.test(texts.from ?? texts.since ?? "")) return range;
  const least = instantOfDate(new Date(Date.parse(`${from.slice(0, 10)}T${from.slice(11, 23)}Z`) + COARSE_MS));
  return least <= to ? { ...range, from: `${from.slice(0, 16)}:00.000000` } : range;
}

/** What both ranges have in common; where that is nothing, `from` is not before `to`. */
export function intersection(a: TimeRange, b: TimeRange): TimeRange {
  const from = later(a.from, b.from);
  const to = earlier(a.to, b.to);
  return { ...from === undefined ? {} : { from }, ...to === undefined ? {} : { to } };
}

/** Whether no moment is in the range. */
export function isEmptyRange({ from, to }: TimeRange): boolean {
  return from !== undefined && to !== undefined && from >= to;
}

/** Whether the moment is in the range. */
export function isWithin(moment: Instant, { from, to }: TimeRange): boolean {
  return (from === undefined || moment >= from) && (to === undefined || moment < to);
}

function later(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

function earlier(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}
