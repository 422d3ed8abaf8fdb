/**
 * The rows that the scenario of readers looks through: ten days of twenty services. Pure.
 *
 * @module
 */
import type { LogEntry, Severity } from "../../../src/entry/entry.ts";
import { instantOfDate } from "../../../src/entry/instant.ts";
import { DAY_MS } from "../../../src/ops/durations.ts";
import { Random } from "../../../src/ops/random.ts";
import { payloadText } from "../../../src/sim/payloads.ts";
import { serviceNames } from "../../../src/sim/service_names.ts";
import { shuffledId } from "../messages.ts";

/** The days that rows lie in, evenly. */
export const DAYS = 10;
/** Who logs. */
export const SERVICES: readonly string[] = serviceNames(20);
/** One row says it, and nobody else. */
export const ONCE_WORD = "quetzalcoatl";
/** No row says it. */
export const ABSENT_WORD = "xylophonist";
/** Three words in a row, of about every sixth entry. */
export const COMMON_PHRASE = "logged in from";
/** One entry in a thousand has it. */
export const RARE_SEVERITY: Severity = "fatal";

/** Of a thousand entries. */
const SHARES: readonly (readonly [Severity, number])[] = [
  ["debug", 300],
  ["info", 550],
  ["warn", 100],
  ["error", 49],
  [RARE_SEVERITY, 1],
];
const SEVERITY_WHEEL = SHARES.flatMap(([severity, share]) => Array<Severity>(share).fill(severity));
/** The one row with {@linkcode ONCE_WORD} lies so far from the beginning: some days ago. */
const ONCE_SHARE = 0.43;
const SEED = 20_261_129;

/** All rows. */
export interface RowsOptions {
  readonly rows: number;
  /** The newest is just before, in milliseconds since 1970. */
  readonly endMs: number;
}

/**
 * Some of the rows, by publish time.
 *
 * @param from The first, from 0. The same part of the same rows is the same every time.
 */
export function readingRows(
  { rows, endMs }: RowsOptions,
  { from, count }: { readonly from: number; readonly count: number },
): LogEntry[] {
  const random = new Random(SEED, from);
  const startMs = endMs - DAYS * DAY_MS;
  const once = Math.floor(rows * ONCE_SHARE);
  return Array.from({ length: Math.min(count, rows - from) }, (_, at) => {
    const index = from + at;
    const severity = random.pick(SEVERITY_WHEEL);
    const text = payloadText(severity, random);
    const publishTime = instantOfDate(new Date(startMs + Math.floor(index * DAYS * DAY_MS / rows)));
    return {
      publishTime,
      messageId: shuffledId(startMs, index),
      serviceName: random.pick(SERVICES),
      payload: index === once ? `${text} ${ONCE_WORD}` : text,
      severity,
      timestamp: publishTime,
    };
  });
}
