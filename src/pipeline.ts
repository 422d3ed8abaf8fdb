/**
 * The main job, top to bottom: pull, batch, decode, write, settle. Opens nothing: its parts are handed in.
 *
 * @module
 */
import { batches } from "./batch/batcher.ts";
import type { BatchLimits, FlushTrigger } from "./batch/policy.ts";
import { decode } from "./entry/decode.ts";
import type { DeadLetter, LogEntry } from "./entry/entry.ts";
import { instantOfProto } from "./entry/instant.ts";
import type { Delivery } from "./pubsub/delivery.ts";
import { BatchWriter, type BatchWriterEvents, type Writable } from "./store/batch_writer.ts";
import type { Store } from "./store/store.ts";

/** Where deliveries come from: a subscriber. */
export interface Source extends AsyncIterable<readonly Delivery[]> {
  /** Deliveries cannot be settled for now. */
  suspend(): void;
  /** They can again. */
  resume(): void;
}

/** One batch that was stored and acknowledged. */
export interface Flush {
  readonly trigger: FlushTrigger;
  /** Messages in the batch. */
  readonly size: number;
  /** Their bytes. */
  readonly bytes: number;
  /** From the flush to the acknowledgement, in milliseconds. */
  readonly durationMs: number;
  readonly stored: number;
  readonly deadLettered: number;
  readonly duplicates: number;
  /** The entries that were added. */
  readonly landed: readonly LogEntry[];
}

/** What ingesting tells whoever watches it. */
export interface IngestEvents extends BatchWriterEvents {
  /** A batch is stored and its messages are acknowledged. */
  flushed(flush: Flush): void;
}

/** What ingesting needs. */
export interface IngestOptions {
  readonly source: Source;
  readonly store: Store;
  readonly limits: BatchLimits;
  /** Batches written at once, at least 1. */
  readonly writers: number;
  /** Stops at once. What is not settled by then stays unsettled, for the source's owner to give back. */
  readonly abort: AbortSignal;
  readonly events?: Partial<IngestEvents>;
}

/** What a run did. */
export interface IngestTotals {
  readonly batches: number;
  readonly stored: number;
  readonly deadLettered: number;
  readonly duplicates: number;
}

/**
 * Stores everything that the source yields, and acknowledges each message after the transaction that holds it
 * committed, never before.
 *
 * @returns What was stored, when the source has ended and everything is settled, or as soon as `abort` is aborted.
 * @throws The source's error, or {@linkcode StoreError} where neither waiting nor trying again helps; `RangeError` when
 * an option is out of its range, before anything is read.
 */
export async function ingest(options: IngestOptions): Promise<IngestTotals> {
  const { source, store, limits, writers, abort, events } = options;
  if (!(writers >= 1)) throw new RangeError(`Cannot ingest: writers must be at least 1: ${writers}`);
  const totals = { batches: 0, stored: 0, deadLettered: 0, duplicates: 0 };
  if (abort.aborted) return totals; // Its event is over: nothing would end the wait for a first batch.
  const writer = new BatchWriter({
    store,
    abort,
    events: {
      ...events,
      away: (error) => {
        source.suspend();
        events?.away?.(error);
      },
      back: (outageMs) => {
        source.resume();
        events?.back?.(outageMs);
      },
    },
  });

  async function write(deliveries: readonly Delivery[], bytes: number, trigger: FlushTrigger): Promise<void> {
    const flushedAt = performance.now();
    // Only now, because a message that waits takes twice as much memory once it is decoded.
    const result = await writer.write(deliveries.map(decodeOne));
    for (const delivery of deliveries) delivery.ack(); // Only here: after the commit.
    totals.batches++;
    totals.stored += result.stored;
    totals.deadLettered += result.deadLettered;
    totals.duplicates += result.duplicates;
    events?.flushed?.({
      trigger,
      size: deliveries.length,
      bytes,
      durationMs: performance.now() - flushedAt,
      ...result,
    });
  }

  const flushes = batches(source, limits, { bytesOf: (delivery) => delivery.bytes });
  const leave = () => void flushes.return?.();
  const writing = new Writing(writers, leave);
  abort.addEventListener("abort", leave);
  try {
    for await (const { items, bytes, trigger } of flushes) {
      await writing.room();
      if (abort.aborted) break;
      writing.add(write(items, bytes, trigger));
    }
    await writing.done();
  } catch (error) {
    // After an abort the writes fail with its reason; anything else went wrong before, and is not to be hidden.
    if (!abort.aborted || error !== abort.reason) throw error;
  } finally {
    abort.removeEventListener("abort", leave);
    await writing.settled();
  }
  return totals;
}

/** What does not decode is a dead letter. */
function decodeOne(delivery: Delivery): Writable {
  const { messageId, data } = delivery;
  const publishTime = instantOfProto(delivery.publishTime);
  const decoded = decode({ publishTime, messageId, data });
  if (decoded.state === "valid") return { record: decoded.entry, raw: delivery };
  const { reason, detail } = decoded;
  const { attributes } = delivery;
  const deadLetter: DeadLetter = { publishTime, messageId, reason, detail, data, attributes };
  return { record: deadLetter, raw: delivery };
}

/** The writes under way: a counting semaphore, and the first failure among them. */
class Writing {
  readonly #most: number;
  readonly #onFailure: () => void;
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** @param onFailure Called at the first failure, so that nobody waits for more to write. */
  constructor(most: number, onFailure: () => void) {
    this.#most = most;
    this.#onFailure = onFailure;
  }

  add(write: Promise<void>): void {
    const tracked = write.catch((error) => {
      if (this.#failure !== undefined) return;
      this.#failure = { error };
      this.#onFailure();
    }).finally(() => {
      this.#underWay.delete(tracked);
      this.#wake?.();
    });
    this.#underWay.add(tracked);
  }

  /** Resolves when another write may start; throws the first failure. */
  async room(): Promise<void> {
    while (this.#failure === undefined && this.#underWay.size >= this.#most) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    this.#check();
  }

  /** Resolves when every write has ended; throws the first failure. */
  async done(): Promise<void> {
    await this.settled();
    this.#check();
  }

  /** Resolves when every write has ended, however it did. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
