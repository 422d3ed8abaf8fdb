/**
 * How the fake server misbehaves when asked to.
 *
 * @module
 */

/**
 * What goes wrong. Shares run from 0 (never, the default) to 1 (always) and are drawn anew each time. Each of
 * these is something that Google's service may do too, only less often.
 */
export interface Faults {
  /** Share of messages that are handed over a second time while the first time is still on its way. */
  readonly duplicateShare: number;
  /** Messages of a response come in random order. */
  readonly reorder: boolean;
  /** Nothing is handed over; what was published waits. */
  readonly pauseDelivery: boolean;
  /** A stream ends with UNAVAILABLE after this many responses with messages; 0: never. */
  readonly resetStreamAfter: number;
  /** Share of responses in the middle of which every connection is broken: the client has a part of a message. */
  readonly breakShare: number;
  /** Streams get no keep-alives, neither by the clock nor as the answer to a ping. */
  readonly silentStreams: boolean;
  /** Streams get more than the limits they came with. */
  readonly ignoreLimits: boolean;
  /** Streams that the client half-closed get more and more. */
  readonly ignoreHalfClose: boolean;
  /** Each response has so many messages more, without an id, a time or data. */
  readonly emptyMessages: number;
  /** Share of publish requests refused with UNAVAILABLE; nothing of them is accepted. */
  readonly refusePublishShare: number;
  /** Share of publish requests that are accepted, and answered with UNAVAILABLE: a publisher that tries again doubles them. */
  readonly losePublishAnswerShare: number;
  /** Share of acknowledge requests refused with UNAVAILABLE; nothing of them is applied. */
  readonly refuseAckShare: number;
  /** Share of acknowledge requests that are applied, and answered with UNAVAILABLE. */
  readonly loseAckAnswerShare: number;
  /** Share of messages whose acknowledgement is answered with OK and forgotten. */
  readonly dropAckShare: number;
  /** Acknowledge requests take effect, and are answered, this many milliseconds late: past the lease, if that is shorter. */
  readonly ackDelayMs: number;
  /** Share of ModifyAckDeadline requests refused with UNAVAILABLE. */
  readonly refuseExtendShare: number;
}

/** A server that does everything right. */
export const NO_FAULTS: Faults = Object.freeze({
  duplicateShare: 0,
  reorder: false,
  pauseDelivery: false,
  resetStreamAfter: 0,
  breakShare: 0,
  silentStreams: false,
  ignoreLimits: false,
  ignoreHalfClose: false,
  emptyMessages: 0,
  refusePublishShare: 0,
  losePublishAnswerShare: 0,
  refuseAckShare: 0,
  loseAckAnswerShare: 0,
  dropAckShare: 0,
  ackDelayMs: 0,
  refuseExtendShare: 0,
});

/** The faults in force, and the dice. */
export class FaultPlan {
  readonly #random: () => number;
  #faults: Faults = NO_FAULTS;

  /** @param random Numbers in [0, 1); the same sequence gives the same faults to the same requests. */
  constructor(random: () => number) {
    this.#random = random;
  }

  get current(): Faults {
    return this.#faults;
  }

  /**
   * Changes some faults and leaves the others.
   *
   * @throws {RangeError} A share outside 0 to 1, or a negative number; nothing is changed.
   */
  change(changes: Partial<Faults>): void {
    for (const [name, value] of Object.entries(changes)) {
      if (typeof value !== "number") continue;
      const limit = name.endsWith("Share") ? 1 : Infinity;
      if (value >= 0 && value <= limit) continue;
      throw new RangeError(`Cannot set fault ${name}: expected a number from 0 to ${limit}, got ${value}`);
    }
    this.#faults = Object.freeze({ ...this.#faults, ...changes });
  }

  /** Whether something of this share happens now. */
  hits(share: number): boolean {
    return share > 0 && this.#random() < share;
  }

  /** Puts the items in random order, in place. */
  shuffle(items: unknown[]): void {
    for (let index = items.length - 1; index > 0; index--) {
      const other = Math.floor(this.#random() * (index + 1));
      [items[index], items[other]] = [items[other], items[index]];
    }
  }
}
