/**
 * Replays entries and drops dead letters, any number of them, a transaction at a time, whatever the store.
 *
 * @module
 */
import { compareKeys, type LogEntry, type MessageKey } from "../entry/entry.ts";
import { detailOf } from "../entry/limits.ts";
import { Backoff } from "../ops/backoff.ts";
import { sleep } from "../ops/sleep.ts";
import type { ReplayResult } from "./maintenance.ts";
import { StoreError } from "./store.ts";
import { planKeys } from "./write_plan.ts";

/** What one transaction did. */
export interface ReplayedChunk {
  readonly replayed: readonly MessageKey[];
  /** Had no dead letter that could be replayed. */
  readonly settled: readonly MessageKey[];
}

/** Messages of one transaction: few enough that writers of the same messages do not wait for long. */
const KEYS_PER_TRANSACTION = 500;
/** A transaction that loses so many races in a row has another problem. About 20 s asleep, at most. */
const ATTEMPTS_MAX = 12;

/**
 * Runs `replay` for the entries, in key order. A transaction that lost a race is run again; one with entries that the
 * database refuses is halved until they are found, and so is one with more than it takes at once.
 *
 * @param replay Replays entries, sorted by key, in one transaction.
 */
export async function replayAll(
  entries: readonly LogEntry[],
  replay: (entries: readonly LogEntry[]) => Promise<ReplayedChunk>,
): Promise<ReplayResult> {
  const sorted = entries.toSorted(compareKeys);
  const result = {
    replayed: [] as MessageKey[],
    settled: [] as MessageKey[],
    refused: [] as { key: MessageKey; detail: string }[],
  };

  async function run(chunk: readonly LogEntry[]): Promise<void> {
    try {
      const { replayed, settled } = await untilWon(() => replay(chunk));
      result.replayed.push(...replayed.map(keyOf));
      result.settled.push(...settled.map(keyOf));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.disposition !== "reject" && error.disposition !== "oversized") throw error;
      await split(chunk, error);
    }
  }

  async function split(chunk: readonly LogEntry[], error: StoreError): Promise<void> {
    if (chunk.length === 1) {
      result.refused.push({ key: keyOf(chunk[0]!), detail: detailOf(error.message) });
      return;
    }
    const middle = chunk.length >> 1;
    await run(chunk.slice(0, middle));
    await run(chunk.slice(middle));
  }

  for (let i = 0; i < sorted.length; i += KEYS_PER_TRANSACTION) {
    await run(sorted.slice(i, i + KEYS_PER_TRANSACTION));
  }
  return result;
}

/**
 * Runs `drop` for the keys, in key order; again where it lost a race.
 *
 * @param drop Drops the dead letters of sorted keys, in one transaction; returns the keys of those that were open.
 */
export async function dropAll(
  keys: readonly MessageKey[],
  drop: (keys: readonly MessageKey[]) => Promise<MessageKey[]>,
): Promise<MessageKey[]> {
  const sorted = planKeys(keys);
  const dropped: MessageKey[] = [];
  for (let i = 0; i < sorted.length; i += KEYS_PER_TRANSACTION) {
    dropped.push(...await untilWon(() => drop(sorted.slice(i, i + KEYS_PER_TRANSACTION))));
  }
  return dropped;
}

/** Runs a transaction, again where it lost a race. */
async function untilWon<T>(transaction: () => Promise<T>): Promise<T> {
  const backoff = new Backoff({ firstMs: 20, maxMs: 2_000 });
  for (let attempt = 1;; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (!(error instanceof StoreError) || error.disposition !== "retry" || attempt === ATTEMPTS_MAX) throw error;
      await sleep(backoff.next());
    }
  }
}

function keyOf({ publishTime, messageId }: MessageKey): MessageKey {
  return { publishTime, messageId };
}
