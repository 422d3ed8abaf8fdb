/**
 * A model of a store: what `store.ts` promises, in maps, with places where a test can make it fail.
 *
 * @module
 */
import { compareKeys, type DeadLetter, type LogEntry, type MessageKey, SEVERITIES } from "../../src/entry/entry.ts";
import {
  type AppliedMigration,
  type Disposition,
  type SeverityCount,
  type Store,
  type StoredEntry,
  StoreError,
  type Totals,
  type WriteBatch,
  type WriteResult,
} from "../../src/store/store.ts";

/** A failure as a store reports it. */
export function storeError(disposition: Disposition, message = `it is a ${disposition}`): StoreError {
  return new StoreError(message, { disposition, cause: new Error("the driver's") });
}

/** Keeps entries, counts and dead letters in memory. */
export class MemoryStore implements Store {
  readonly address = "memory:";
  readonly entries = new Map<string, LogEntry>();
  readonly deadLetters = new Map<string, DeadLetter>();
  /** Entries by service and severity, kept as a store keeps `service_severity`: by increments. */
  readonly counts = new Map<string, SeverityCount>();
  /** Every batch that a write was asked for, committed or not. */
  readonly attempts: WriteBatch[] = [];
  /** Writes under way. */
  writing = 0;
  /** The most writes that were under way at once. */
  writingMost = 0;
  probes = 0;
  /** Runs before a write changes anything; what it throws is the write's failure. The wait ends when the write is aborted. */
  beforeCommit: (batch: WriteBatch) => void | Promise<void> = () => {};
  /** Runs after a write's commit; what it throws hides that it committed. */
  afterCommit: (batch: WriteBatch) => void | Promise<void> = () => {};
  onProbe: () => void | Promise<void> = () => {};

  async write(batch: WriteBatch, options: { readonly signal: AbortSignal }): Promise<WriteResult> {
    this.attempts.push(batch);
    this.writingMost = Math.max(this.writingMost, ++this.writing);
    try {
      await abandonable(Promise.resolve(this.beforeCommit(batch)), options.signal);
      const result = this.#commit(batch);
      await abandonable(Promise.resolve(this.afterCommit(batch)), options.signal);
      return result;
    } finally {
      this.writing--;
    }
  }

  async probe(): Promise<void> {
    this.probes++;
    await this.onProbe();
  }

  report(): void {}

  migrate(): Promise<AppliedMigration[]> {
    return Promise.resolve([]);
  }

  entriesByKey(keys: readonly MessageKey[]): Promise<StoredEntry[]> {
    const found = keys.map((key) => this.entries.get(identity(key))).filter((entry) => entry !== undefined);
    return Promise.resolve(found.sort(compareKeys).map((entry) => ({ ...entry, createdAt: entry.publishTime })));
  }

  severityCounts(): Promise<SeverityCount[]> {
    const rank = ({ severity }: SeverityCount) => SEVERITIES.indexOf(severity);
    const byService = (a: SeverityCount, b: SeverityCount) =>
      a.serviceName < b.serviceName ? -1 : a.serviceName > b.serviceName ? 1 : rank(a) - rank(b);
    return Promise.resolve([...this.counts.values()].sort(byService));
  }

  totals(): Promise<Totals> {
    const counted = [...this.counts.values()].reduce((sum, { count }) => sum + count, 0);
    return Promise.resolve({ entries: this.entries.size, counted, deadLetters: this.deadLetters.size });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #commit({ entries, deadLetters }: WriteBatch): WriteResult {
    const landed: LogEntry[] = [];
    for (const entry of entries) {
      if (this.#has(entry)) continue;
      this.entries.set(identity(entry), entry);
      landed.push(entry);
      const { serviceName, severity } = entry;
      const label = JSON.stringify([serviceName, severity]);
      this.counts.set(label, { serviceName, severity, count: (this.counts.get(label)?.count ?? 0) + 1 });
    }
    let deadLettered = 0;
    for (const deadLetter of deadLetters) {
      if (this.#has(deadLetter)) continue;
      this.deadLetters.set(identity(deadLetter), deadLetter);
      deadLettered++;
    }
    const duplicates = entries.length + deadLetters.length - landed.length - deadLettered;
    return {
      stored: landed.length,
      deadLettered,
      duplicates,
      landed: landed.length === entries.length ? "all" : landed,
    };
  }

  #has(key: MessageKey): boolean {
    return this.entries.has(identity(key)) || this.deadLetters.has(identity(key));
  }
}

/** A key as the maps of {@linkcode MemoryStore} have it. */
export function identity({ publishTime, messageId }: MessageKey): string {
  return `${publishTime} ${messageId}`;
}

/** The promise's outcome, unless the signal is aborted first. */
async function abandonable(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abandon = () => aborted.reject(signal.reason);
  if (signal.aborted) abandon();
  signal.addEventListener("abort", abandon);
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abandon);
  }
}
