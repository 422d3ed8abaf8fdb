/**
 * Moments as people read them.
 *
 * @module
 */

/** How moments are shown. */
export interface TimeStyle {
  readonly zone: "local" | "utc";
  readonly times: "absolute" | "relative";
}

const two = (value: number) => String(value).padStart(2, "0");

/** What a moment's parts are, in the zone. */
function partsOf(moment: string, zone: TimeStyle["zone"]) {
  const date = new Date(moment);
  const utc = zone === "utc";
  return {
    year: utc ? date.getUTCFullYear() : date.getFullYear(),
    month: (utc ? date.getUTCMonth() : date.getMonth()) + 1,
    day: utc ? date.getUTCDate() : date.getDate(),
    hour: utc ? date.getUTCHours() : date.getHours(),
    minute: utc ? date.getUTCMinutes() : date.getMinutes(),
    second: utc ? date.getUTCSeconds() : date.getSeconds(),
    offsetMinutes: utc ? 0 : -date.getTimezoneOffset(),
  };
}

/** `11-24 10:03:07.123`, always as wide. */
export function shortMoment(moment: string, zone: TimeStyle["zone"]): string {
  const { month, day, hour, minute, second } = partsOf(moment, zone);
  return `${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}.${fractionOf(moment).slice(0, 3)}`;
}

/** `2026-11-24 10:03:07.123456 +01:00`: all that there is. */
export function fullMoment(moment: string, zone: TimeStyle["zone"]): string {
  const { year, month, day, hour, minute, second, offsetMinutes } = partsOf(moment, zone);
  const offset = Math.abs(offsetMinutes);
  const sign = offsetMinutes < 0 ? "-" : "+";
  const name = zone === "utc" ? "UTC" : `${sign}${two(Math.floor(offset / 60))}:${two(offset % 60)}`;
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}.${fractionOf(moment)} ${name}`;
}

/** `3 min ago`, `in 2 h`. */
export function relativeMoment(moment: string, nowMs: number): string {
  const ms = nowMs - Date.parse(moment);
  const text = duration(Math.abs(ms));
  if (Math.abs(ms) < 1_000) return "just now";
  return ms >= 0 ? `${text} ago` : `in ${text}`;
}

/** As the style has it. */
export function momentText(moment: string, { zone, times, nowMs }: TimeStyle & { readonly nowMs: number }): string {
  return times === "relative" ? relativeMoment(moment, nowMs) : shortMoment(moment, zone);
}

const UNITS = [[86_400_000, "d"], [3_600_000, "h"], [60_000, "min"], [1_000, "s"]] as const;

/** `250 ms`, `12 s`, `3 min`, `2 h`, `5 d`. */
export function duration(ms: number): string {
  const [unit, name] = UNITS.find(([unit]) => ms >= unit) ?? [1, "ms"];
  return `${Math.floor(ms / unit)} ${name}`;
}

function fractionOf(moment: string): string {
  return (/\.(\d+)/.exec(moment)?.[1] ?? "").padEnd(6, "0").slice(0, 6);
}

/** The value of a field of type `datetime-local`, to the second. */
export function fieldValue(moment: string, zone: TimeStyle["zone"]): string {
  if (moment === "" || Number.isNaN(Date.parse(moment))) return "";
  const { year, month, day, hour, minute, second } = partsOf(moment, zone);
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
}

/** A moment out of such a field. */
export function fieldMoment(value: string, zone: TimeStyle["zone"]): string {
  if (value === "") return "";
  const ms = Date.parse(zone === "utc" ? `${value}Z` : value);
  return Number.isNaN(ms) ? "" : new Date(ms).toISOString();
}
