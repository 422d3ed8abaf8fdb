/**
 * Lengths of time that more than one part speaks of, in milliseconds.
 *
 * @module
 */

/** A day. */
export const DAY_MS = 86_400_000;

/** The longest that a timer can be set to, 24.8 days: one that is set to more fires at once. */
export const TIMER_MS_MAX = 2 ** 31 - 1;
