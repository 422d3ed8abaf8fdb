/**
 * The time of day. What takes how long is measured with `performance.now()`, which nobody can set back.
 *
 * @module
 */

/** A clock, in milliseconds since 1970. It may be wrong, and may be set while the program runs. */
export type WallClock = () => number;

/** This machine's. */
export const wallClock: WallClock = () => Date.now();
