/**
 * Stretches of time, as the address has them and as the API is asked.
 *
 * @module
 */

/** Where nobody says which. */
export const SINCE = "-1h";

/** A range as the address has it: since then, or between two moments. */
export interface RangeParameters {
  readonly since: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: 24 * HOUR_MS, w: 168 * HOUR_MS };

/** The range of an address: what it does not say is the usual. */
export function rangeOf(parameters: Readonly<Record<string, string>>): RangeParameters {
  const { since, from, to } = parameters;
  return from === undefined && to === undefined
    ? { since: since ?? SINCE, from: undefined, to: undefined }
    : { since: undefined, from, to };
}

/** How long a range is that ends now, in milliseconds; `undefined` for what is not so many of one unit: `-15m`, `-7d`. */
export function lengthOf(since: string): number | undefined {
  const [, number, unit] = /^-(\d{1,6})([mhdw])$/.exec(since) ?? [];
  return unit === undefined ? undefined : Number(number) * UNITS[unit]!;
}

/**
 * The range to ask for now. One of an hour or longer begins with a whole minute: by the minute entries are counted already,
 * so that the API reads no rows for what is left of one.
 */
export function wholeRange(range: RangeParameters, nowMs: number): RangeParameters {
  const ms = range.since === undefined ? undefined : lengthOf(range.since);
  if (ms === undefined || ms < HOUR_MS) return range;
  return { since: undefined, from: minuteBefore(nowMs - ms), to: undefined };
}

/** The range that is as long, and ends where this one begins; `undefined` where its length is not known. */
export function rangeBefore(
  { since, from = "", to = "" }: RangeParameters,
  nowMs: number,
): RangeParameters | undefined {
  const ms = since === undefined ? (to === "" ? nowMs : Date.parse(to)) - Date.parse(from) : lengthOf(since);
  if (ms === undefined || !(ms > 0)) return undefined;
  if (since === undefined) return { since, from: new Date(Date.parse(from) - ms).toISOString(), to: from };
  return { since: undefined, from: minuteBefore(nowMs - 2 * ms), to: minuteBefore(nowMs - ms) };
}

function minuteBefore(ms: number): string {
  return new Date(Math.floor(ms / MINUTE_MS) * MINUTE_MS).toISOString();
}
