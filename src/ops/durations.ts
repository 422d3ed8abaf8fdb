/**
 * Lengths of time that more than one part speaks of.
 *
 * @module
 */

/** A day, in milliseconds. */
export const DAY_MS = 86_400_000;

/** The longest that a timer is set to: one over 2 ** 31 - 1 ms, which is 24.8 days, fires at once. */
export const TIMER_MS_MAX = 24 * DAY_MS;
