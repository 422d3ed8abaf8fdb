/**
 * How much is answered at once: so much, a few that wait for a moment, and no more.
 *
 * @module
 */

/** How much of everything. */
export interface AdmissionLimits {
  /** Answered at once. */
  readonly most: number;
  /** Waiting beside them. */
  readonly queue: number;
  /** For how long each waits at most, in milliseconds. */
  readonly waitMs: number;
}

/** Gives the place back; called again it does nothing. */
export type Leave = () => void;

/** Places of which there are so many. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #waiting: ((leave: Leave | undefined) => void)[] = [];
  #taken = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Places that are taken now. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * A place, now or after a short wait; in the order in which they came.
   *
   * @param signal Ends the wait: nobody is there any more.
   * @returns `undefined` where there is none.
   */
  enter(signal?: AbortSignal): Promise<Leave | undefined> {
    const { most, queue, waitMs } = this.#limits;
    if (signal?.aborted) return Promise.resolve(undefined);
    if (this.#taken < most) return Promise.resolve(this.#take());
    if (this.#waiting.length >= queue) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const give = (leave: Leave | undefined) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        resolve(leave);
      };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(give), 1);
        give(undefined);
      };
      const timer = setTimeout(giveUp, waitMs);
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiting.push(give);
    });
  }

  #take(): Leave {
    this.#taken++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#taken--;
      this.#waiting.shift()?.(this.#take());
    };
  }
}
