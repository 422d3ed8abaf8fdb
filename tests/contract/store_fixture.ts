/**
 * What the contract's cases work with: stores that share one fresh database, and a way to look into it past them.
 *
 * @module
 */
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { DeadLetter, LogEntry } from "../../src/entry/entry.ts";
import type { MaintainedStore } from "../../src/store/maintenance.ts";
import type { OpenStoreOptions } from "../../src/store/open_store.ts";
import { type Disposition, type Store, StoreError, type WriteBatch, type WriteResult } from "../../src/store/store.ts";
import { key } from "../support/entries.ts";

/** One fresh database; disposing ends it. Stores that were opened on it are the test's to dispose before. */
export interface StoreFixture extends AsyncDisposable {
  /** Another store on the same database. */
  open(options?: Pick<OpenStoreOptions, "minuteServices">): MaintainedStore;
  /** Runs one statement on the database, past the stores. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** Makes a fixture; migrated unless it is asked for an empty one. */
export type MakeFixture = (options?: { readonly migrated: boolean }) => Promise<StoreFixture>;

/** A signal that never aborts. */
export const NEVER: AbortSignal = new AbortController().signal;

/** Deadlocks and lock waits are part of the contract, an endless row of them is not. */
const RETRIES_MAX = 20;

/** A dead letter; what is not given is plain. */
export function deadLetter(fields: Partial<DeadLetter> = {}): DeadLetter {
  return {
    ...key(1),
    reason: "not_json",
    detail: "data is not JSON",
    data: new Uint8Array([0xff, 0x00, 0x27]),
    attributes: {},
    ...fields,
  };
}

/** Writes and returns the outcome, without retrying. */
export async function write(store: Store, batch: Partial<WriteBatch>): Promise<WriteResult> {
  return await store.write({ entries: [], deadLetters: [], ...batch }, { signal: NEVER });
}

/** Writes, again after every `retry`, as the contract asks of callers; tells how often that was. */
export async function writeWithRetries(
  store: Store,
  batch: Partial<WriteBatch>,
): Promise<WriteResult & { retries: number }> {
  for (let retries = 0;; retries++) {
    try {
      return { ...await write(store, batch), retries };
    } catch (error) {
      if (!(error instanceof StoreError) || error.disposition !== "retry" || retries === RETRIES_MAX) throw error;
    }
  }
}

/** The write must fail with this disposition. */
export async function assertWriteFails(
  store: Store,
  batch: Partial<WriteBatch>,
  disposition: Disposition,
): Promise<StoreError> {
  const error = await assertRejects(() => write(store, batch));
  assertInstanceOf(error, StoreError);
  assertEquals(error.disposition, disposition, error.message);
  return error;
}

/** Exactly these entries are stored, and nothing else but `deadLetters` dead letters; and the counters say the same. */
export async function assertStored(
  store: Store,
  expected: { readonly entries: readonly LogEntry[]; readonly deadLetters?: number },
): Promise<void> {
  const { entries, deadLetters = 0 } = expected;
  assertEquals(await store.totals(), { entries: entries.length, counted: entries.length, deadLetters });
  const counts = new Map<string, number>();
  for (const { serviceName, severity } of entries) {
    const name = JSON.stringify([serviceName, severity]);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const counted = (await store.severityCounts()).map((row) =>
    [JSON.stringify([row.serviceName, row.severity]), row.count] as const
  );
  assertEquals(new Map(counted), counts);
  const stored = await store.entriesByKey(entries);
  const order = (a: LogEntry, b: LogEntry) => a.publishTime + a.messageId < b.publishTime + b.messageId ? -1 : 1;
  assertEquals(
    stored.map(({ createdAt, ...entry }) => {
      assert(createdAt.length === 26, `createdAt is ${createdAt}`);
      return entry;
    }),
    entries.map((entry) => ({ ...entry })).sort(order),
  );
}
