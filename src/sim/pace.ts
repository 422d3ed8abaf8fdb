/**
 * When simulated services send.
 *
 * @module
 */
import type { Random } from "../ops/random.ts";

/** Says how many messages to send when. Times are milliseconds since the start, on a clock that never goes back. */
export interface Pace {
  /** How many messages are due now; whoever asks sends them. */
  take(elapsedMs: number): number;
  /** How long until it is worth asking again. */
  waitMs(elapsedMs: number): number;
}

/** Gap between two messages at the random pace, in milliseconds. */
const GAP_MS = { min: 50, max: 2_000 };

/** Messages are sent in groups this far apart at most rates: finer timers would cost more than they smooth. */
const TICK_MS = 10;

/** After a stall at most this much is caught up; the rest is left out, so that a stall is not followed by a burst. */
const CATCH_UP_MS = 100;

/** One message at once, then one every 50 to 2,000 ms; a stall delays what follows. */
export function randomPace(random: Random): Pace {
  let nextMs = 0;
  return {
    take(elapsedMs) {
      if (elapsedMs < nextMs) return 0;
      nextMs = elapsedMs + random.between(GAP_MS.min, GAP_MS.max);
      return 1;
    },
    waitMs: (elapsedMs) => nextMs - elapsedMs,
  };
}

/**
 * `perSecond` messages a second, the first one gap after the start: `t` seconds without a stall make exactly
 * `t * perSecond`, however late timers fire.
 *
 * @throws {RangeError} On a rate that is not above 0.
 */
export function steadyPace(perSecond: number): Pace {
  if (!(perSecond > 0 && perSecond < Infinity)) {
    throw new RangeError(`Cannot pace: rate must be above 0: ${perSecond}`);
  }
  const gapMs = 1000 / perSecond;
  const dueMax = Math.max(1, Math.ceil(CATCH_UP_MS / gapMs));
  /** What `taken` counts from: the start, or the last stall. */
  let originMs = 0;
  let taken = 0;
  return {
    take(elapsedMs) {
      const due = Math.floor((elapsedMs - originMs) * perSecond / 1000) - taken;
      if (due <= dueMax) {
        taken += due;
        return due;
      }
      // As if the messages left out had never been due: what follows keeps its distance.
      originMs = elapsedMs;
      taken = 0;
      return dueMax;
    },
    waitMs: (elapsedMs) => Math.max(TICK_MS, originMs + (taken + 1) * gapMs - elapsedMs),
  };
}

/** As many at once as one publish takes, as soon as there is room for it, until `endMs`. */
export function fullPace(groupMax: number, endMs: number): Pace {
  return { take: (elapsedMs) => elapsedMs < endMs ? groupMax : 0, waitMs: () => 0 };
}
