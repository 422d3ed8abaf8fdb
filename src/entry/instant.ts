/**
 * Moments as {@linkcode Instant}: from Pub/Sub's protobuf timestamps, from RFC 3339 text, and back.
 *
 * @module
 */
import { failure, type Result, success } from "../ops/result.ts";
import type { Instant } from "./entry.ts";

/** A 64-bit integer as protobuf libraries without `bigint` hand it out. */
export interface LongLike {
  readonly low: number;
  readonly high: number;
}

/** `google.protobuf.Timestamp` as any library hands it out; an absent part is 0, as protobuf has it. */
export interface TimestampLike {
  /** Since 1970-01-01T00:00:00Z; negative before. */
  readonly seconds?: string | number | LongLike | null;
  /** 0 to 999,999,999, counted forwards also before 1970. */
  readonly nanos?: number | null;
}

// 1000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: the range of DATETIME. Protobuf's begins in the year 1.
const SECONDS_MIN = -30_610_224_000;
const SECONDS_MAX = 253_402_300_799;

/** "000" to "999": two lookups write a microsecond in a third of the time that padding takes. */
const THREE_DIGITS = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, "0"));

/**
 * The last second and microsecond that were written. Publish times come nearly in order, thousands to a second, and the
 * messages of one publish request share theirs, and with it here the text. The calendar costs five times what the rest
 * does. A memo and not a state: no result depends on it.
 */
const last = { seconds: NaN, secondText: "", micros: NaN, instant: success("") };

/**
 * Converts a protobuf timestamp, cutting nanoseconds to microseconds.
 *
 * @returns The instant, or why there is none, to be read after the name of a field: a broken server may send anything.
 */
export function instantOfProto(timestamp: TimestampLike): Result<Instant> {
  const seconds = secondsOf(timestamp.seconds);
  const nanos = timestamp.nanos ?? 0;
  if (!(nanos >= 0 && nanos <= 999_999_999)) return BAD_NANOS;
  const micros = Math.trunc(nanos / 1000);
  if (seconds === last.seconds && micros === last.micros) return last.instant;
  if (seconds !== last.seconds) {
    if (!(Number.isInteger(seconds) && seconds >= SECONDS_MIN && seconds <= SECONDS_MAX)) return BAD_YEAR;
    const iso = new Date(seconds * 1000).toISOString();
    last.secondText = `${iso.slice(0, 10)} ${iso.slice(11, 19)}.`;
    last.seconds = seconds;
  }
  last.micros = micros;
  last.instant = success(last.secondText + THREE_DIGITS[Math.trunc(micros / 1000)] + THREE_DIGITS[micros % 1000]);
  return last.instant;
}

/**
 * Converts a `Date`, whose microseconds are 0.
 *
 * @param date From year 0 to year 9999.
 * @throws {RangeError} On an invalid date or a year of more than four digits.
 */
export function instantOfDate(date: Date): Instant {
  const iso = date.toISOString();
  if (iso.length !== 24) throw new RangeError(`Cannot write instant: year out of range: ${iso}`);
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}000`;
}

/** Writes an instant as RFC 3339 in UTC: `YYYY-MM-DDTHH:MM:SS.ffffffZ`. */
export function rfc3339Of(instant: Instant): string {
  return `${instant.slice(0, 10)}T${instant.slice(11)}Z`;
}

const NOT_RFC_3339 = failure("is not RFC 3339 (like 2026-01-02T03:04:05.678Z)");
const BAD_MONTH = failure("has a month outside 01 to 12");
const BAD_DAY = failure("has a day that its month does not have");
const BAD_HOUR = failure("has an hour outside 00 to 23");
const BAD_MINUTE = failure("has a minute outside 00 to 59");
const LEAP_SECOND = failure("has second 60, which databases cannot store");
const BAD_SECOND = failure("has a second outside 00 to 59");
const BAD_OFFSET = failure("has an offset outside -23:59 to +23:59");
const BAD_NANOS = failure("has nanoseconds outside 0 to 999,999,999");
const BAD_YEAR = failure("is outside the years 1000 to 9999 in UTC");

/**
 * Reads RFC 3339 text with any offset. Digits finer than microseconds are cut, never rounded, so that no moment
 * moves into the future; `t` and `z` may be lower case, as the RFC allows; the separator is a `T`, not a space.
 *
 * @returns The instant in UTC, or why there is none.
 */
export function parseRfc3339(text: string): Result<Instant> {
  if (
    text.length < 20 || text.charCodeAt(4) !== HYPHEN || text.charCodeAt(7) !== HYPHEN ||
    (text.charCodeAt(10) | CASE) !== LOWER_T || text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON
  ) return NOT_RFC_3339;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  // One NaN, from whatever part, makes the sum NaN.
  if (Number.isNaN(year + month + day + hour + minute + second)) return NOT_RFC_3339;

  let zoneAt = 19;
  if (text.charCodeAt(19) === POINT) {
    zoneAt = 20;
    while (isDigit(text.charCodeAt(zoneAt))) zoneAt++;
    if (zoneAt === 20) return NOT_RFC_3339;
  }
  const offset = parseZone(text, zoneAt);
  if (!offset.ok) return offset;
  const offsetMinutes = offset.value;

  if (month < 1 || month > 12) return BAD_MONTH;
  if (day < 1 || day > daysInMonth(year, month)) return BAD_DAY;
  if (hour > 23) return BAD_HOUR;
  if (minute > 59) return BAD_MINUTE;
  if (second > 59) return second === 60 ? LEAP_SECOND : BAD_SECOND;

  const digits = Math.min(zoneAt - 20, 6);
  const micros = digits <= 0
    ? "000000"
    : digits === 6
    ? text.slice(20, 26)
    : text.slice(20, 20 + digits).padEnd(6, "0");
  if (offsetMinutes === 0) {
    return year < 1000 ? BAD_YEAR : success(`${text.slice(0, 10)} ${text.slice(11, 19)}.${micros}`);
  }
  // An offset moves the year by one at most, and Date.UTC reads the years 0 to 99 as 1900 to 1999.
  if (year < 999) return BAD_YEAR;
  const utc = new Date(Date.UTC(year, month - 1, day, hour, minute - offsetMinutes, second));
  if (utc.getUTCFullYear() < 1000 || utc.getUTCFullYear() > 9999) return BAD_YEAR;
  const iso = utc.toISOString();
  return success(`${iso.slice(0, 10)} ${iso.slice(11, 19)}.${micros}`);
}

const HYPHEN = 0x2d;
const PLUS = 0x2b;
const COLON = 0x3a;
const POINT = 0x2e;
const LOWER_T = 0x74;
const LOWER_Z = 0x7a;
/** The bit by which an ASCII letter's lower case differs; it maps no other character onto `t` or `z`. */
const CASE = 0x20;

const UTC = success(0);

/** Minutes east of UTC of what stands from `at` to the end. */
function parseZone(text: string, at: number): Result<number> {
  const sign = text.charCodeAt(at);
  if ((sign | CASE) === LOWER_Z) return text.length === at + 1 ? UTC : NOT_RFC_3339;
  if ((sign !== PLUS && sign !== HYPHEN) || text.length !== at + 6 || text.charCodeAt(at + 3) !== COLON) {
    return NOT_RFC_3339;
  }
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if (Number.isNaN(hours + minutes)) return NOT_RFC_3339;
  if (hours > 23 || minutes > 59) return BAD_OFFSET;
  return success((sign === PLUS ? 1 : -1) * (hours * 60 + minutes));
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The number that two digits at `at` write, or NaN. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - 0x30) * 10 + ones - 0x30 : NaN;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function secondsOf(seconds: TimestampLike["seconds"]): number {
  if (typeof seconds === "object" && seconds !== null) return seconds.high * 2 ** 32 + (seconds.low >>> 0);
  return Number(seconds ?? 0);
}
