/**
 * The time of day, asked for in one place.
 *
 * @module
 */

/** Milliseconds since 1970. */
export function nowMs(): number {
  return Date.now();
}
