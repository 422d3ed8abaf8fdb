/**
 * What the fake server has done so far, for tests to look at and to wait for.
 *
 * @module
 */

/** Calls that are counted, by name. */
export const COUNTED_CALLS = [
  "createTopic",
  "getTopic",
  "updateTopic",
  "listTopics",
  "listTopicSubscriptions",
  "deleteTopic",
  "publish",
  "createSubscription",
  "getSubscription",
  "updateSubscription",
  "listSubscriptions",
  "modifyPushConfig",
  "seek",
  "deleteSubscription",
  "streamingPull",
  "pull",
  "acknowledge",
  "modifyAckDeadline",
] as const;

/** See {@linkcode COUNTED_CALLS}. */
export type CountedCall = typeof COUNTED_CALLS[number];

/** A snapshot. Counts are of messages and only grow, unless it says otherwise. */
export interface Stats {
  /** Accepted, over gRPC or from within. */
  readonly published: number;
  /** Hand-overs, repeated ones included. */
  readonly delivered: number;
  /** Hand-overs of messages that had been handed over before. */
  readonly redelivered: number;
  /** Acknowledgements that took effect. */
  readonly acknowledged: number;
  /** Acknowledgements that were answered with OK and forgotten, as `dropAckShare` asks. */
  readonly acksDropped: number;
  /** Ids in acknowledge and modifyAckDeadline requests whose lease was over, or that never were. */
  readonly unknownAckIds: number;
  /** Given back by a deadline of 0. */
  readonly nacked: number;
  /** Deadlines set to later than now. */
  readonly extended: number;
  /** Leases that lapsed. */
  readonly lapsed: number;
  /** Forwarded to a dead-letter topic. */
  readonly deadLettered: number;
  /** Now leased: goes up and down. */
  readonly outstanding: number;
  /** Now waiting to be handed over, over all subscriptions: goes up and down. */
  readonly waiting: number;
  /** Now open: goes up and down. */
  readonly openStreams: number;
  /** Pings that clients sent on streams. */
  readonly pings: number;
  /** Responses on streams, keep-alives not counted. */
  readonly responses: number;
  /** Requests of each kind, refused ones included; `streamingPull` counts streams. */
  readonly requests: Readonly<Record<CountedCall, number>>;
}

/** The counts that are kept as they happen. */
type Kept = { -readonly [Name in Exclude<keyof Stats, "waiting" | "requests">]: number };

interface Waiter {
  readonly predicate: (stats: Stats) => boolean;
  readonly resolve: (stats: Stats) => void;
  readonly reject: (error: unknown) => void;
  readonly stop: () => void;
}

/** Counts, and wakes whoever waits for a count. */
export class Counters implements Disposable {
  /** To be added to in place; {@linkcode Counters.changed} must follow before the turn of the event loop ends. */
  readonly now: Kept = {
    published: 0,
    delivered: 0,
    redelivered: 0,
    acknowledged: 0,
    acksDropped: 0,
    unknownAckIds: 0,
    nacked: 0,
    extended: 0,
    lapsed: 0,
    deadLettered: 0,
    outstanding: 0,
    openStreams: 0,
    pings: 0,
    responses: 0,
  };
  readonly requests = Object.fromEntries(COUNTED_CALLS.map((call) => [call, 0])) as Record<CountedCall, number>;
  readonly #waiting: () => number;
  readonly #waiters = new Set<Waiter>();
  #checkQueued = false;
  #disposed = false;

  /** @param waiting Counts what waits to be handed over. */
  constructor(waiting: () => number) {
    this.#waiting = waiting;
  }

  snapshot(): Stats {
    return { ...this.now, waiting: this.#waiting(), requests: { ...this.requests } };
  }

  /** Something was counted. */
  changed(): void {
    if (this.#waiters.size === 0 || this.#checkQueued) return;
    this.#checkQueued = true;
    // Once per burst of changes, and never within one.
    queueMicrotask(() => {
      this.#checkQueued = false;
      this.#check();
    });
  }

  /**
   * Waits until the predicate holds; looks whenever something was counted, and at once.
   *
   * @returns What the predicate saw.
   * @throws The signal's reason, when aborted; an `Error` when the server is closed first, with what it saw last.
   */
  async waitFor(predicate: (stats: Stats) => boolean, signal?: AbortSignal): Promise<Stats> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Stats>();
    const aborted = () => reject(signal?.reason);
    signal?.addEventListener("abort", aborted);
    const waiter = { predicate, resolve, reject, stop: () => signal?.removeEventListener("abort", aborted) };
    this.#waiters.add(waiter);
    if (this.#disposed) this[Symbol.dispose]();
    else this.#check();
    try {
      return await promise;
    } finally {
      this.#waiters.delete(waiter);
      waiter.stop();
    }
  }

  /** Ends every wait. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    const stats = JSON.stringify(this.snapshot());
    for (const { reject } of this.#waiters) reject(new Error(`Cannot wait: the server was closed at ${stats}`));
  }

  #check(): void {
    if (this.#waiters.size === 0) return;
    const stats = this.snapshot();
    for (const { predicate, resolve, reject } of this.#waiters) {
      try {
        if (predicate(stats)) resolve(stats);
      } catch (error) {
        reject(error);
      }
    }
  }
}
