/**
 * Collects items into batches, by number, size and age.
 *
 * @module
 */
import { type BatchLimits, checkLimits, flushesBefore, type FlushTrigger, reached } from "./policy.ts";

/** Items flushed together, in arrival order; never empty. */
export interface Batch<T> {
  readonly items: readonly T[];
  /** The sum of the items' sizes. */
  readonly bytes: number;
  readonly trigger: FlushTrigger;
}

/** How to measure items. */
export interface BatchOptions<T> {
  /** The size of an item in bytes, at least 0. */
  readonly bytesOf: (item: T) => number;
}

/**
 * Groups what a source yields into batches, each flushed as soon as one of its limits is reached.
 *
 * The source yields groups of items, as they arrive together; items of one group may end in different batches. A
 * batch's age runs from the moment its first item was read from the source. Nothing is read ahead of the consumer but
 * one group: while `next()` is not called, at most that one is taken, so a slow consumer slows the source.
 *
 * When the source ends, the rest is flushed with the trigger `end`. When it throws, what was not flushed is dropped
 * here and the error is thrown. Leaving early (`return()`) ends a pending `next()` at once and
 * tells the source, without waiting for it.
 *
 * @throws {RangeError} When a limit is out of its range; before anything is read.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { batches } from "./batcher.ts";
 *
 * async function* source() {
 *   yield ["a", "b", "c"];
 * }
 * const limits = { countMax: 2, bytesMax: 100, intervalMs: 1000 };
 * const seen = [];
 * for await (const batch of batches(source(), limits, { bytesOf: (s) => s.length })) seen.push(batch);
 * assertEquals(seen, [
 *   { items: ["a", "b"], bytes: 2, trigger: "count" },
 *   { items: ["c"], bytes: 1, trigger: "end" },
 * ]);
 * ```
 */
export function batches<T>(
  source: AsyncIterable<readonly T[]>,
  limits: BatchLimits,
  options: BatchOptions<T>,
): AsyncIterableIterator<Batch<T>> {
  checkLimits(limits);
  return new Batches(source, limits, options);
}

/** A group read from the source: what is left of it, and when it was read. */
interface Group<T> {
  readonly items: readonly T[];
  readonly readAt: number;
  /** Position of the first item that no batch holds yet. */
  taken: number;
}

class Batches<T> implements AsyncIterableIterator<Batch<T>> {
  readonly #source: AsyncIterator<readonly T[]>;
  readonly #limits: BatchLimits;
  readonly #bytesOf: (item: T) => number;
  /** The read that is under way; it outlives a flush, since dropping it would lose items. */
  #reading = false;
  #group: Group<T> | undefined;
  #items: T[] = [];
  #bytes = 0;
  /** When the open batch must be flushed, on the monotonic clock. */
  #dueAt = Infinity;
  #sourceState: "open" | "ended" | "failed" = "open";
  #error: unknown;
  #left = false;
  #wake: (() => void) | undefined;

  constructor(source: AsyncIterable<readonly T[]>, limits: BatchLimits, options: BatchOptions<T>) {
    this.#source = source[Symbol.asyncIterator]();
    this.#limits = limits;
    this.#bytesOf = options.bytesOf;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Batch<T>, undefined>> {
    while (!this.#left) {
      const full = this.#fill();
      if (full !== undefined) return this.#flush(full);
      if (this.#sourceState === "ended") {
        if (this.#items.length > 0) return this.#flush("end");
        break;
      }
      if (this.#sourceState === "failed") {
        this.#left = true;
        throw this.#error;
      }
      // The deadline comes first: a source that always has more must not postpone it.
      const remainingMs = this.#dueAt - performance.now();
      if (remainingMs <= 0) return this.#flush("interval");
      this.#read();
      await this.#wakeWithin(remainingMs);
    }
    this.#left = true;
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<Batch<T>, undefined>> {
    if (!this.#left) {
      this.#left = true;
      this.#items = [];
      this.#group = undefined;
      this.#wake?.();
      // Not awaited: a source that is waiting for a message may take long to answer. Its failure is nobody's concern.
      this.#source.return?.()?.catch(() => {});
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Moves items of the group into the open batch, until either is used up or the batch is full. */
  #fill(): FlushTrigger | undefined {
    const group = this.#group;
    if (group === undefined) return undefined;
    const limits = this.#limits;
    const { items } = group;
    while (group.taken < items.length) {
      const item = items[group.taken]!;
      const bytes = this.#bytesOf(item);
      if (flushesBefore({ count: this.#items.length, bytes: this.#bytes }, bytes, limits)) return "bytes";
      if (this.#items.length === 0) this.#dueAt = group.readAt + limits.intervalMs;
      this.#items.push(item);
      this.#bytes += bytes;
      group.taken++;
      const trigger = reached({ count: this.#items.length, bytes: this.#bytes }, limits);
      if (trigger !== undefined) return trigger;
    }
    this.#group = undefined;
    return undefined;
  }

  #flush(trigger: FlushTrigger): IteratorResult<Batch<T>, undefined> {
    const value: Batch<T> = { items: this.#items, bytes: this.#bytes, trigger };
    this.#items = [];
    this.#bytes = 0;
    this.#dueAt = Infinity;
    return { done: false, value };
  }

  #read(): void {
    if (this.#reading || this.#group !== undefined) return;
    this.#reading = true;
    this.#source.next().then((result) => {
      if (result.done) this.#sourceState = "ended";
      else if (!this.#left) this.#group = { items: result.value, readAt: performance.now(), taken: 0 };
    }, (error) => {
      this.#sourceState = "failed";
      this.#error = error;
    }).finally(() => {
      this.#reading = false;
      this.#wake?.();
    });
  }

  /** Returns when the read is over, the consumer leaves, or the time is up: a fresh promise each turn. */
  async #wakeWithin(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      // Timers take at most 2^31 - 1 ms; waking early is harmless, the loop looks at the clock again.
      if (ms !== Infinity) timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
    });
    clearTimeout(timer);
    this.#wake = undefined;
  }
}
