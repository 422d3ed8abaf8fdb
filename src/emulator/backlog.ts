/**
 * Which messages of a topic a subscription has still to hand over, and how often it has.
 *
 * @module
 */
import { Fifo } from "./fifo.ts";
import type { MessageLog } from "./message_log.ts";
import type { MessageQueue, QueueParts } from "./queue.ts";

/**
 * The waiting messages of a subscription without ordering: those given back first, then those never handed over, in
 * the log's order. The latter cost nothing: they are what lies behind a position.
 *
 * A message that is {@linkcode Backlog.duplicate duplicated} has several copies on its way; as soon as one is settled
 * the others end where they are.
 */
export class Backlog implements MessageQueue {
  countAttempts = false;
  readonly #log: MessageLog;
  readonly #done: QueueParts["done"];
  #fresh: number;
  readonly #returned = new Fifo<number>();
  /** Copies beyond the first, of messages that were duplicated. */
  readonly #extraCopies = new Map<number, number>();
  /** Messages that are settled while further copies of them are about. */
  readonly #settled = new Set<number>();
  readonly #attempts = new Map<number, number>();

  /** What is published from now on. */
  constructor(log: MessageLog, { done }: QueueParts) {
    this.#log = log;
    this.#done = done;
    this.#fresh = log.end;
  }

  /** Messages, and copies of them, that wait; a copy counts until its turn, also when another was settled meanwhile. */
  get waiting(): number {
    return this.#returned.length + this.#log.end - this.#fresh;
  }

  peek(): number {
    while (this.#returned.length > 0) {
      const position = this.#returned.peek()!;
      if (!this.#settled.has(position)) return position;
      this.#returned.shift();
      this.settle(position);
    }
    return this.#fresh < this.#log.end ? this.#fresh : -1;
  }

  take(): boolean {
    const again = this.#returned.length > 0;
    const position = again ? this.#returned.shift()! : this.#fresh++;
    if (this.countAttempts) this.#attempts.set(position, this.attempt(position) + 1);
    return again;
  }

  endResponse(): void {}

  attempt(position: number): number {
    return this.#attempts.get(position) ?? 0;
  }

  duplicate(position: number): void {
    this.#extraCopies.set(position, (this.#extraCopies.get(position) ?? 0) + 1);
    this.#returned.push(position);
  }

  /** A taken message is to be handed over again, unless another copy of it was settled. */
  giveBack(position: number): void {
    if (this.#settled.has(position)) this.settle(position);
    else this.#returned.push(position);
  }

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
    this.#done(position);
  }

  follows(): boolean {
    return false;
  }

  drain(): number[] {
    // Nothing is taken: every copy that is about waits here.
    this.#extraCopies.clear();
    const returned = new Set(this.#returned.drain());
    for (const position of [...this.#settled]) {
      returned.delete(position);
      this.settle(position);
    }
    const positions = [...returned].sort((a, b) => a - b);
    while (this.#fresh < this.#log.end) positions.push(this.#fresh++);
    return positions;
  }

  /** They count as handed over before. */
  refill(positions: Iterable<number>): void {
    for (const position of positions) this.#returned.push(position);
  }
}
