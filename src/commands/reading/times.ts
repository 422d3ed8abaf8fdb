/**
 * Times as flags have them.
 *
 * @module
 */
import { type Config, nameOf, type SettingName } from "../../config/settings.ts";
import { UsageError } from "../../config/usage_error.ts";
import type { Instant } from "../../entry/entry.ts";
import { instantOfDate } from "../../entry/instant.ts";
import { wallClock } from "../../ops/clock.ts";
import { type MomentProblem, parseMoment, parseRange, type TimeRange } from "../../reading/moment.ts";

/** A number alone is seconds, as for every duration on the command line. */
function withUnit(text: string): string {
  return /^\d{1,9}(?:\.\d{1,6})?$/.test(text) ? `${text}s` : text;
}

/** A moment that was written for a setting. @throws {UsageError} */
export function momentOf(text: string, setting: SettingName, now = wallClock()): Instant {
  const moment = parseMoment(withUnit(text), now);
  if (typeof moment !== "string") throw refusal(text, setting, moment);
  return moment;
}

/** The range of `--since` or `--from`, and `--to`. @throws {UsageError} */
export function rangeOf(config: Config<"since" | "from" | "to">, now = wallClock()): TimeRange {
  const texts = Object.fromEntries(
    (["since", "from", "to"] as const).flatMap((name) =>
      config[name] === undefined ? [] : [[name, withUnit(config[name])]]
    ),
  );
  const range = parseRange(texts, now);
  if ("problem" in range) throw refusal(config[range.field]!, range.field, range);
  return range;
}

function refusal(text: string, setting: SettingName, { problem, remedy }: MomentProblem): UsageError {
  return new UsageError(`Cannot use ${nameOf(setting)} "${text}": it ${problem}; ${remedy}`);
}

/**
 * The microsecond after a moment: a range that ends there has all that was published then, which may be more than was
 * shown of it.
 */
export function justAfter(instant: Instant): Instant {
  const micros = Number(instant.slice(20)) + 1;
  if (micros < 1_000_000) return instant.slice(0, 20) + String(micros).padStart(6, "0");
  return instantOfDate(new Date(Date.parse(`${instant.slice(0, 10)}T${instant.slice(11, 19)}Z`) + 1_000));
}
