/**
 * The backlog of a subscription with message ordering.
 *
 * @module
 */
import { Fifo } from "./fifo.ts";
import type { MessageLog } from "./message_log.ts";
import { orderingKey } from "./messages.ts";
import type { MessageQueue, QueueParts } from "./queue.ts";

/** The messages of one key. */
interface KeyQueue {
  readonly key: string;
  /** Never taken, in the log's order. */
  readonly waiting: Fifo<number>;
  /** Given back, ascending; all of them come before those in `waiting`. */
  readonly returned: number[];
  /** Taken and not settled: one run, taken for one response. */
  held: number;
  /** Whether it stands in the line of turns. */
  inLine: boolean;
}

/**
 * Waiting messages, where those with the same ordering key are handed over in the order they were published: a
 * message goes out only in the same response as the one before it, or when that is settled. Keys, and messages
 * without one, do not wait for each other.
 */
export class OrderedBacklog implements MessageQueue {
  countAttempts = false;
  readonly #log: MessageLog;
  readonly #done: QueueParts["done"];
  /** Where reading the log goes on. */
  #fresh: number;
  #waiting = 0;
  readonly #keys = new Map<string, KeyQueue>();
  /** Messages without a key that were given back. */
  readonly #returned = new Fifo<number>();
  /** Whose turn it is: messages without a key, and keys with something to hand over. */
  readonly #turns = new Fifo<number | KeyQueue>();
  /** The keys of taken messages. */
  readonly #held = new Map<number, KeyQueue>();
  readonly #attempts = new Map<number, number>();

  /** What is published from now on. */
  constructor(log: MessageLog, { done }: QueueParts) {
    this.#log = log;
    this.#done = done;
    this.#fresh = log.end;
  }

  get waiting(): number {
    return this.#waiting + this.#log.end - this.#fresh;
  }

  peek(): number {
    this.#readLog();
    const turn = this.#returned.peek() ?? this.#turns.peek() ?? -1;
    return typeof turn === "number" ? turn : turn.returned[0] ?? turn.waiting.peek()!;
  }

  take(): boolean {
    const position = this.peek();
    let again = this.#returned.length > 0;
    const turn = again ? this.#returned.shift()! : this.#turns.peek()!;
    if (typeof turn !== "number") again = this.#takeOf(turn, position);
    else if (!again) this.#turns.shift();
    this.#waiting--;
    if (this.countAttempts) this.#attempts.set(position, this.attempt(position) + 1);
    return again;
  }

  endResponse(): void {
    const turn = this.#turns.peek();
    if (typeof turn !== "object" || turn.held === 0) return;
    // The rest of a key of which something is out now.
    this.#turns.shift();
    turn.inLine = false;
  }

  attempt(position: number): number {
    return this.#attempts.get(position) ?? 0;
  }

  /** A copy that comes later would be out of order. */
  duplicate(): void {}

  giveBack(position: number): void {
    this.#waiting++;
    const key = this.#held.get(position);
    if (key === undefined) return this.#returned.push(position);
    let at = key.returned.length;
    while (at > 0 && key.returned[at - 1]! > position) at--;
    key.returned.splice(at, 0, position);
    this.#letGo(key, position);
  }

  settle(position: number): void {
    this.#attempts.delete(position);
    const key = this.#held.get(position);
    if (key !== undefined) this.#letGo(key, position);
    this.#done(position);
  }

  follows(later: number, position: number): boolean {
    const key = this.#held.get(later);
    return later > position && key !== undefined && key === this.#held.get(position);
  }

  drain(): number[] {
    this.#readLog();
    const positions = this.#returned.drain();
    for (const turn of this.#turns.drain()) {
      if (typeof turn === "number") positions.push(turn);
    }
    for (const { returned, waiting } of this.#keys.values()) positions.push(...returned, ...waiting.drain());
    this.#keys.clear();
    this.#waiting = 0;
    return positions.sort((a, b) => a - b);
  }

  refill(positions: Iterable<number>): void {
    for (const position of positions) this.#enqueue(position);
  }

  #takeOf(key: KeyQueue, position: number): boolean {
    const again = key.returned.length > 0;
    if (again) key.returned.shift();
    else key.waiting.shift();
    key.held++;
    this.#held.set(position, key);
    if (key.returned.length + key.waiting.length === 0) {
      this.#turns.shift();
      key.inLine = false;
    }
    return again;
  }

  /** A taken message of a key is out no longer; with the last of its run the key's next may go. */
  #letGo(key: KeyQueue, position: number): void {
    this.#held.delete(position);
    key.held--;
    this.#line(key);
    if (key.held === 0 && !key.inLine) this.#keys.delete(key.key);
  }

  #line(key: KeyQueue): void {
    if (key.inLine || key.held > 0 || key.returned.length + key.waiting.length === 0) return;
    key.inLine = true;
    this.#turns.push(key);
  }

  #readLog(): void {
    for (; this.#fresh < this.#log.end; this.#fresh++) this.#enqueue(this.#fresh);
  }

  #enqueue(position: number): void {
    this.#waiting++;
    const name = orderingKey(this.#log.message(position));
    if (name === "") return this.#turns.push(position);
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = { key: name, waiting: new Fifo(), returned: [], held: 0, inLine: false };
      this.#keys.set(name, key);
    }
    key.waiting.push(position);
    this.#line(key);
  }
}
