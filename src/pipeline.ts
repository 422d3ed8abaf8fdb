/**
 * The main job, top to bottom: pull, batch, decode, write, settle. Opens nothing: its parts are handed in.
 *
 * @module
 */
import { type Batch, batches } from "./batch/batcher.ts";
import type { BatchLimits, FlushTrigger } from "./batch/policy.ts";
import { decode } from "./entry/decode.ts";
import type { DeadLetter, LogEntry } from "./entry/entry.ts";
import { identify } from "./entry/identity.ts";
import { InFlight } from "./ops/in_flight.ts";
import { sleep } from "./ops/sleep.ts";
import type { Delivery } from "./pubsub/delivery.ts";
import { BatchWriter, type BatchWriterEvents, isDeadLetter, type Writable } from "./store/batch_writer.ts";
import type { Store } from "./store/store.ts";

/** Where deliveries come from: a subscriber. */
export interface Source extends AsyncIterable<readonly Delivery[]> {
  /** Deliveries cannot be settled for now. */
  suspend(): void;
  /** They can again. */
  resume(): void;
}

/** One batch that was stored and acknowledged, but for what of it the database does not take. */
export interface Flush {
  readonly trigger: FlushTrigger;
  /** Messages that were acknowledged. */
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
  /** What did not decode, redeliveries included. */
  readonly undecodable: readonly DeadLetter[];
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

/** How long until a message is written again that the database did not take, in milliseconds. */
const HELD_BACK_MS = 10 * 60_000;

/**
 * Stores everything that the source yields, and acknowledges each message after the transaction that holds it
 * committed, never before. What the database does not take is written again every 10 minutes until the source has ended,
 * and then stays unsettled.
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
      away: (outage) => {
        if (outage.attempts === 1) source.suspend();
        events?.away?.(outage);
      },
      back: (outageMs) => {
        source.resume();
        events?.back?.(outageMs);
      },
    },
  });

  const ended = new AbortController();
  async function write({ items, bytes, trigger }: Batch<Delivery>): Promise<void> {
    const flushedAt = performance.now();
    // Only now, because a message that waits takes twice as much memory once it is decoded.
    const { writables, undecodable } = await decodeAll(items, abort);
    const { heldBack, ...result } = await writer.write(writables, trigger);
    const unstored = new Set<unknown>(heldBack.map(({ raw }) => raw));
    const settled = unstored.size === 0 ? items : items.filter((delivery) => !unstored.has(delivery));
    for (const delivery of settled) delivery.ack(); // Only here: after the commit.
    const left = unstored.size === 0 ? [] : items.filter((delivery) => unstored.has(delivery));
    const leftBytes = left.reduce((sum, delivery) => sum + delivery.bytes, 0);
    if (left.length > 0) {
      const again = () => writing.add(write({ items: left, bytes: leftBytes, trigger }));
      sleep(HELD_BACK_MS, ended.signal).then(again, () => {});
    }
    if (settled.length === 0) return;
    totals.batches++;
    totals.stored += result.stored;
    totals.deadLettered += result.deadLettered;
    totals.duplicates += result.duplicates;
    events?.flushed?.({
      trigger,
      size: settled.length,
      bytes: bytes - leftBytes,
      durationMs: performance.now() - flushedAt,
      undecodable,
      ...result,
    });
  }

  const flushes = batches(source, limits, { bytesOf: (delivery) => delivery.bytes });
  const leave = () => void flushes.return?.();
  const writing = new InFlight(writers, leave);
  abort.addEventListener("abort", leave);
  try {
    for await (const batch of flushes) {
      await writing.room();
      if (abort.aborted) break;
      writing.add(write(batch));
    }
    await writing.done();
  } catch (error) {
    // After an abort the writes fail with its reason; anything else went wrong before, and is not to be hidden.
    if (!abort.aborted || error !== abort.reason) throw error;
  } finally {
    abort.removeEventListener("abort", leave);
    ended.abort();
    await writing.settled();
  }
  return totals;
}

/** Decodes a batch at most so long at a stretch, in milliseconds. One of plain messages takes less in all. */
const STRETCH_MS = 25;
/** Bytes after which to look at the clock: a small part of a stretch, whatever they are. */
const CLOCK_BYTES = 16 * 1024;

interface DecodedBatch {
  readonly writables: readonly Writable[];
  readonly undecodable: readonly DeadLetter[];
}

/** Leases are extended and probes answered meanwhile, though somebody makes messages that take long to parse. */
async function decodeAll(deliveries: readonly Delivery[], abort: AbortSignal): Promise<DecodedBatch> {
  const writables: Writable[] = [];
  const undecodable: DeadLetter[] = [];
  let bytes = 0;
  let since = performance.now();
  for (const delivery of deliveries) {
    const { data } = delivery;
    const record = recordOf(delivery, data);
    if (isDeadLetter(record)) undecodable.push(record);
    writables.push({ record, raw: delivery });
    bytes += data.length;
    if (bytes < CLOCK_BYTES) continue;
    bytes = 0;
    if (performance.now() - since < STRETCH_MS) continue;
    await sleep(0, abort);
    since = performance.now();
  }
  return { writables, undecodable };
}

/** What does not decode is a dead letter. */
function recordOf(delivery: Delivery, data: Uint8Array): LogEntry | DeadLetter {
  const identity = identify(delivery);
  const { publishTime, messageId } = identity;
  if ("problem" in identity) {
    const { attributes } = delivery;
    return { publishTime, messageId, reason: "bad_field", detail: identity.problem, data, attributes };
  }
  const { attributes } = delivery;
  const decoded = decode({ publishTime, messageId, data, attributes });
  if (decoded.ok) return decoded.value;
  const { reason, detail } = decoded.problem;
  return { publishTime, messageId, reason, detail, data, attributes };
}
