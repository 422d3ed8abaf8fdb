/**
 * Which messages of a topic a subscription has still to hand over, and how often it has.
 *
 * @module
 */
import type { MessageLog } from "./message_log.ts";

/**
 * The waiting messages of one subscription: those given back first, then those never handed over, in the log's order.
 * The latter cost nothing: they are what lies behind a position.
 *
 * A message's way: waiting, taken, then either {@linkcode Backlog.settle settled} or
 * {@linkcode Backlog.giveBack given back} and waiting again. One that is {@linkcode Backlog.duplicate duplicated} has
 * several copies on that way; as soon as one is settled the others end where they are.
 */
export class Backlog {
  readonly #log: MessageLog;
  readonly #countAttempts: boolean;
  #fresh: number;
  #returned: number[] = [];
  #returnedHead = 0;
  /** Copies beyond the first, of messages that were duplicated. */
  readonly #extraCopies = new Map<number, number>();
  /** Messages that are settled while further copies of them are about. */
  readonly #settled = new Set<number>();
  readonly #attempts = new Map<number, number>();

  /**
   * What is published from now on.
   *
   * @param options.countAttempts Whether {@linkcode Backlog.attempt} is asked for; counting costs memory.
   */
  constructor(log: MessageLog, { countAttempts }: { readonly countAttempts: boolean }) {
    this.#log = log;
    this.#fresh = log.end;
    this.#countAttempts = countAttempts;
  }

  /** Messages, and copies of them, that wait; a copy counts until its turn, also when another was settled meanwhile. */
  get waiting(): number {
    return this.#returned.length - this.#returnedHead + this.#log.end - this.#fresh;
  }

  /** The position of the message that `take` would take, or -1. */
  peek(): number {
    while (this.#returnedHead < this.#returned.length) {
      const position = this.#returned[this.#returnedHead]!;
      if (!this.#settled.has(position)) return position;
      this.#returnedHead++;
      this.settle(position);
    }
    return this.#fresh < this.#log.end ? this.#fresh : -1;
  }

  /**
   * Takes the message that `peek` told of.
   *
   * @returns Whether it was handed over before.
   */
  take(): boolean {
    const again = this.#returnedHead < this.#returned.length;
    const position = again ? this.#returned[this.#returnedHead++]! : this.#fresh++;
    if (this.#returnedHead > 1024 && 2 * this.#returnedHead > this.#returned.length) {
      this.#returned = this.#returned.slice(this.#returnedHead);
      this.#returnedHead = 0;
    }
    if (this.#countAttempts) this.#attempts.set(position, this.attempt(position) + 1);
    return again;
  }

  /** How often the message was taken, where attempts are counted. */
  attempt(position: number): number {
    return this.#attempts.get(position) ?? 0;
  }

  /** Puts a second copy of a taken message in the queue. */
  duplicate(position: number): void {
    this.#extraCopies.set(position, (this.#extraCopies.get(position) ?? 0) + 1);
    this.#returned.push(position);
  }

  /** A taken message is to be handed over again, unless another copy of it was settled. */
  giveBack(position: number): void {
    if (this.#settled.has(position)) this.settle(position);
    else this.#returned.push(position);
  }

  /** A taken message is done with. */
  settle(position: number): void {
    const extra = this.#extraCopies.get(position);
    if (extra !== undefined) {
      this.#settled.add(position);
      if (extra > 1) this.#extraCopies.set(position, extra - 1);
      else this.#extraCopies.delete(position);
      return;
    }
    this.#settled.delete(position);
    this.#attempts.delete(position);
    this.#log.release(position);
  }

  /** Releases everything that waits; `taken` are the positions that do not. After this the backlog is of no use. */
  releaseAll(taken: Iterable<number>): void {
    const positions = new Set([...taken, ...this.#returned.slice(this.#returnedHead)]);
    for (; this.#fresh < this.#log.end; this.#fresh++) this.#log.release(this.#fresh);
    for (const position of positions) this.#log.release(position);
    this.#returned = [];
    this.#returnedHead = 0;
  }
}
