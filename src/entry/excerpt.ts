/**
 * Values from outside, quoted in a detail.
 *
 * @module
 */

/** How much of a value is quoted, in code points: enough to recognise it. */
const EXCERPT_MAX = 60;

/** The value's start as a JSON string, where controls and lone surrogates are escaped; cut between code points. */
export function excerpt(value: string): string {
  // Two units each at most: a long value is not walked through.
  const start = Array.from(value.slice(0, EXCERPT_MAX * 2)).slice(0, EXCERPT_MAX).join("");
  return JSON.stringify(start) + (start.length < value.length ? "…" : "");
}
