/**
 * Work under way, so much at once and no more.
 *
 * @module
 */

/** A counting semaphore, and the first failure among the work that it counts. */
export class InFlight {
  readonly #most: number;
  readonly #onFailure: (() => void) | undefined;
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /**
   * @param most How much may be under way before there is no room.
   * @param onFailure Called at the first failure, so that nobody waits for more to do.
   */
  constructor(most: number, onFailure?: () => void) {
    this.#most = most;
    this.#onFailure = onFailure;
  }

  /** Counts work until it has ended; also where there is no room. */
  add(work: Promise<void>): void {
    const tracked = work.catch((error) => {
      if (this.#failure !== undefined) return;
      this.#failure = { error };
      this.#onFailure?.();
    }).finally(() => {
      this.#underWay.delete(tracked);
      this.#wake?.();
    });
    this.#underWay.add(tracked);
  }

  /** Resolves when more may start; throws the first failure. One caller at a time. */
  async room(): Promise<void> {
    while (this.#failure === undefined && this.#underWay.size >= this.#most) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    this.#check();
  }

  /** Resolves when all has ended; throws the first failure. */
  async done(): Promise<void> {
    await this.settled();
    this.#check();
  }

  /** Resolves when all has ended, however it did. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
