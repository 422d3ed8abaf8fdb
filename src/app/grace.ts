/**
 * How the grace period of a drain is spent.
 *
 * @module
 */

/** Of the grace period, what is kept for settling, in milliseconds. */
const SETTLING_MS = 5_000;

/** How long requests on their way may take at the very end, in milliseconds. */
const LAST_REQUESTS_MS = { least: 500, most: 2_000 } as const;

/** The parts of a grace period, in milliseconds. */
export interface Grace {
  /** For storing what is held; what is not stored by then is given back. */
  readonly storingMs: number;
  /** From the begin of the drain to when nothing is sent any more: what storing leaves, acks and what is given back get. */
  readonly sendingMs: number;
  /** For the requests that are then on their way. */
  readonly lastRequestsMs: number;
}

/**
 * Divides a grace period. Without its acks all that was stored comes again, so they have a part to themselves. The parts
 * add up to the grace period, except that even one of 0 gets half a second.
 */
export function shareOut(graceMs: number): Grace {
  const settlingMs = Math.min(SETTLING_MS, graceMs / 2);
  const lastRequestsMs = Math.min(Math.max(settlingMs / 2, LAST_REQUESTS_MS.least), LAST_REQUESTS_MS.most);
  return { storingMs: graceMs - settlingMs, sendingMs: Math.max(graceMs - lastRequestsMs, 0), lastRequestsMs };
}
