/**
 * Writes a batch until it is stored: tries again, waits out outages, parks what the database refuses, and writes in parts
 * what it does not take at once.
 *
 * @module
 */
import type { DeadLetter, LogEntry } from "../entry/entry.ts";
import { detailOf } from "../entry/limits.ts";
import { abortable } from "../ops/abortable.ts";
import { Backoff } from "../ops/backoff.ts";
import { sleep } from "../ops/sleep.ts";
import type { BatchCause } from "./log_rows.ts";
import { type Store, StoreError, type WriteBatch, type WriteResult } from "./store.ts";

/** A message on its way into the store: an entry, or a dead letter. */
export interface Writable {
  readonly record: LogEntry | DeadLetter;
  /** The message as received: what is parked when the database refuses the entry. */
  readonly raw: {
    readonly data: Uint8Array;
    readonly attributes: Readonly<Record<string, string>>;
    /** Of data and attributes; default: of the data. */
    readonly bytes?: number;
  };
}

/** An outage of the database that goes on. */
export interface DatabaseOutage {
  /** How long it has lasted, in milliseconds. */
  readonly forMs: number;
  /** Writes and probes that failed in it. */
  readonly attempts: number;
  /** The last failure. */
  readonly error: StoreError;
}

/** What a writer tells whoever watches it. */
export interface BatchWriterEvents {
  /** The database is away: told at the first failure of an outage, and every 30 s while it lasts. */
  away(outage: DatabaseOutage): void;
  /** A write succeeded again, so many milliseconds after the outage began. */
  back(outageMs: number): void;
  /** A transaction lost a race (deadlock, lock timeout) and is run again. */
  retried(error: StoreError): void;
  /** The database refused an entry, which is parked. */
  rejected(deadLetter: DeadLetter): void;
  /** The database takes a message neither as an entry nor as a dead letter: it is left to the caller, each time. */
  heldBack(record: LogEntry | DeadLetter, error: StoreError): void;
}

/** What writing a batch did, over all its transactions; see {@linkcode WriteResult}. */
export interface BatchResult extends Omit<WriteResult, "landed"> {
  /** The entries that were added. */
  readonly landed: readonly LogEntry[];
  /** Items that are not stored, because the database does not take them: to be written again when it may have changed. */
  readonly heldBack: readonly Writable[];
}

/** What a writer needs. */
export interface BatchWriterOptions {
  readonly store: Store;
  /** Abandons every write and wait; what was not known to be stored then is the caller's to give back. */
  readonly abort: AbortSignal;
  readonly events?: Partial<BatchWriterEvents>;
}

/**
 * After so many failures of one batch, while probes succeed, its size is taken to be the reason: group replication answers
 * a transaction above its limit with the same error as a member that left its group.
 */
const WRITES_OF_ONE_SIZE_MAX = 5;

/** How often an outage is told while it lasts, in milliseconds. */
const TOLD_EVERY_MS = 30_000;

/** Whether a record is a dead letter. */
export function isDeadLetter(record: LogEntry | DeadLetter): record is DeadLetter {
  return "reason" in record;
}

/**
 * Writes batches, several at once. All of them share one view of the database: *there* or *away*. It goes away with
 * the first failure that asks for waiting, and is there again with the first write that succeeds; in between one of
 * the writes probes for all of them.
 */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  #outage: { readonly since: number; told: number; attempts: number; error: StoreError } | undefined;
  #wroteAt = -Infinity;
  #probing: Promise<void> | undefined;
  // Doubles from half a second to 15 s: a short restart costs little, hours of outage cost four probes a minute.
  readonly #probeBackoff = new Backoff({ firstMs: 500, maxMs: 15_000 });

  constructor(options: BatchWriterOptions) {
    this.#options = options;
  }

  /**
   * Stores every item, each as an entry or as a dead letter, however long it takes. One transaction, unless the database
   * refuses rows or takes fewer at once: then the batch is halved. What it does not take alone either is held back.
   *
   * @param cause What the ledger says of the whole batch; of its halves it says `split`.
   * @returns What it did, over all its transactions.
   * @throws {StoreError} `fatal`, when neither waiting nor trying again helps; or `abort.reason`.
   */
  async write(items: readonly Writable[], cause: BatchCause = "count"): Promise<BatchResult> {
    const retryBackoff = new Backoff({ firstMs: 20, maxMs: 2_000 });
    const batch = batchOf(items, cause);
    let outages = 0;
    while (true) {
      const begunAt = performance.now();
      try {
        const result = await this.#options.store.write(batch, { signal: this.#options.abort });
        this.#wrote();
        return { ...result, landed: result.landed === "all" ? batch.entries : result.landed, heldBack: [] };
      } catch (error) {
        this.#options.abort.throwIfAborted();
        if (!(error instanceof StoreError)) throw error;
        switch (error.disposition) {
          case "retry":
            this.#options.events?.retried?.(error);
            await sleep(retryBackoff.next(), this.#options.abort);
            break;
          case "reconnect":
            // If another write succeeded after this one began, only this connection failed.
            if (outages > 0 || begunAt >= this.#wroteAt) await this.#waitOut(error);
            if (++outages >= WRITES_OF_ONE_SIZE_MAX && items.length > 1) return await this.#halve(items);
            break;
          case "reject":
          case "oversized":
            return items.length > 1 ? await this.#halve(items) : await this.#alone(items[0]!, error);
          case "fatal":
            throw error;
          default:
            error.disposition satisfies never;
        }
      }
    }
  }

  /** Writes a batch as two, each in transactions of its own. */
  async #halve(items: readonly Writable[]): Promise<BatchResult> {
    const middle = items.length >> 1;
    const first = await this.write(items.slice(0, middle), "split");
    return sum(first, await this.write(items.slice(middle), "split"));
  }

  /** Parks a single refused entry with the database's words; holds back what it does not take otherwise. */
  async #alone(item: Writable, error: StoreError): Promise<BatchResult> {
    const { record, raw } = item;
    if (isDeadLetter(record) || error.disposition === "oversized") {
      this.#options.events?.heldBack?.(record, error);
      return { stored: 0, deadLettered: 0, duplicates: 0, landed: [], heldBack: [item] };
    }
    const deadLetter: DeadLetter = {
      publishTime: record.publishTime,
      messageId: record.messageId,
      reason: "rejected_by_store",
      detail: detailOf(error.message),
      data: raw.data,
      attributes: raw.attributes,
    };
    const result = await this.write([{ record: deadLetter, raw }], "split");
    if (result.deadLettered > 0) this.#options.events?.rejected?.(deadLetter);
    return result;
  }

  /** Returns when the database seems to be back. */
  async #waitOut(error: StoreError): Promise<void> {
    this.#failed(error);
    await (this.#probing ??= this.#probe().finally(() => this.#probing = undefined));
  }

  async #probe(): Promise<void> {
    // A probe may take longer than the distance at which an outage is told.
    const telling = setInterval(() => this.#tell(), 1_000);
    try {
      while (true) {
        await sleep(this.#probeBackoff.next(), this.#options.abort);
        try {
          return await abortable(this.#options.store.probe(), this.#options.abort);
        } catch (error) {
          this.#options.abort.throwIfAborted();
          if (!(error instanceof StoreError) || error.disposition === "fatal") throw error;
          this.#failed(error);
        }
      }
    } finally {
      clearInterval(telling);
    }
  }

  #failed(error: StoreError): void {
    this.#outage ??= { since: performance.now(), told: -Infinity, attempts: 0, error };
    this.#outage.attempts++;
    this.#outage.error = error;
    this.#tell();
  }

  #tell(): void {
    const now = performance.now();
    if (this.#outage === undefined || now - this.#outage.told < TOLD_EVERY_MS) return;
    this.#outage.told = now;
    const { since, attempts, error } = this.#outage;
    this.#options.events?.away?.({ forMs: now - since, attempts, error });
  }

  #wrote(): void {
    this.#wroteAt = performance.now();
    if (this.#outage === undefined) return;
    const outageMs = this.#wroteAt - this.#outage.since;
    this.#outage = undefined;
    this.#probeBackoff.reset();
    this.#options.events?.back?.(outageMs);
  }
}

/** The records, entries and dead letters apart. */
function batchOf(items: readonly Writable[], cause: BatchCause): WriteBatch {
  const entries: LogEntry[] = [];
  const deadLetters: DeadLetter[] = [];
  let bytes = 0;
  for (const { record, raw } of items) {
    bytes += raw.bytes ?? raw.data.length;
    if (isDeadLetter(record)) deadLetters.push(record);
    else entries.push(record);
  }
  return { entries, deadLetters, cause, bytes };
}

function sum(a: BatchResult, b: BatchResult): BatchResult {
  return {
    stored: a.stored + b.stored,
    deadLettered: a.deadLettered + b.deadLettered,
    duplicates: a.duplicates + b.duplicates,
    landed: a.landed.concat(b.landed),
    heldBack: a.heldBack.concat(b.heldBack),
  };
}
