/**
 * Places between keys: how far somebody read, and where a cursor points.
 *
 * @module
 */
import { compareKeys, type Instant, type MessageKey } from "../entry/entry.ts";
import { instantOfDate } from "../entry/instant.ts";
import type { Way } from "../store/log_reader.ts";

/** The first and the last id that there can be. */
const ID_FIRST = "!";
const ID_LAST = "~".repeat(128);

/** Negative where `a` comes before `b` on the way. */
export function compareOn(way: Way, a: MessageKey, b: MessageKey): number {
  return way === "older" ? compareKeys(b, a) : compareKeys(a, b);
}

/**
 * The place before every key of this moment, on the way: the outermost key of the microsecond before it, so that a place is
 * always what a key could be, and each has one form.
 */
export function before(way: Way, moment: Instant): MessageKey {
  const publishTime = shifted(moment, way === "older" ? 1 : -1);
  // There is none next to the first and the last moment of all.
  const isEdge = publishTime === moment;
  return { publishTime, messageId: (way === "older") === isEdge ? ID_LAST : ID_FIRST };
}

/** The farther of two places, on the way. */
export function farther(way: Way, a: MessageKey, b: MessageKey | undefined): MessageKey {
  return b === undefined || compareOn(way, a, b) > 0 ? a : b;
}

/** So many microseconds later; within the years that there are. */
export function shifted(instant: Instant, micros: number): Instant {
  const at = Number(instant.slice(20)) + micros;
  if (at >= 0 && at < 1_000_000) return instant.slice(0, 20) + String(at).padStart(6, "0");
  const second = Date.parse(`${instant.slice(0, 10)}T${instant.slice(11, 19)}Z`) + Math.floor(at / 1_000_000) * 1_000;
  if (second < YEAR_1000) return "1000-01-01 00:00:00.000000";
  if (second >= YEAR_10000) return "9999-12-31 23:59:59.999999";
  const rest = ((at % 1_000_000) + 1_000_000) % 1_000_000;
  return instantOfDate(new Date(second)).slice(0, 20) + String(rest).padStart(6, "0");
}

const YEAR_1000 = Date.UTC(1000, 0, 1);
const YEAR_10000 = Date.UTC(10_000, 0, 1);

/** Whole milliseconds since 1970. */
export function msOf(instant: Instant): number {
  return Date.parse(`${instant.slice(0, 10)}T${instant.slice(11, 23)}Z`);
}
