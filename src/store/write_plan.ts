/**
 * What a write does before it speaks to a database, the same for every store.
 *
 * @module
 */
import { compareKeys, type DeadLetter, type LogEntry, type MessageKey } from "../entry/entry.ts";
import type { WriteBatch, WriteResult } from "./store.ts";

/** A batch with every message once, in the order of the primary keys. */
export interface WritePlan {
  readonly entries: readonly LogEntry[];
  readonly deadLetters: readonly DeadLetter[];
}

/** What a transaction wrote of a plan: exactly the rows that landed. */
export interface Landed {
  readonly entries: readonly LogEntry[];
  readonly deadLetters: number;
}

/** What the caller of `write` is told. */
export function writeResult(batch: WriteBatch, landed: Landed): WriteResult {
  const stored = landed.entries.length;
  const deadLettered = landed.deadLetters;
  return {
    stored,
    deadLettered,
    duplicates: batch.entries.length + batch.deadLetters.length - stored - deadLettered,
    landed: stored === batch.entries.length ? "all" : landed.entries,
  };
}

/**
 * Sorts both lists by key and removes repeats. Of several items with one key the first stays, and an entry goes before
 * a dead letter. Every writer uses the same order, so that two writers with the same keys queue and do not deadlock.
 */
export function planWrite(batch: WriteBatch): WritePlan {
  const entries = sortedOnce(batch.entries);
  const deadLetters = sortedOnce(batch.deadLetters);
  if (entries.length === 0 || deadLetters.length === 0) return { entries, deadLetters };
  return { entries, deadLetters: without(deadLetters, keySet(entries)) };
}

/** The keys sorted, each once. */
export function planKeys(keys: readonly MessageKey[]): readonly MessageKey[] {
  return sortedOnce(keys);
}

/** A key as one string. Times always have 26 characters, so different keys have different texts. */
export function keyText(key: MessageKey): string {
  return key.publishTime + key.messageId;
}

/** The keys' texts, for {@linkcode without}. */
export function keySet(keys: readonly MessageKey[]): Set<string> {
  return new Set(keys.map(keyText));
}

/** The items whose key is not in `keys`, in their order; the same array where that is all of them. */
export function without<T extends MessageKey>(items: readonly T[], keys: ReadonlySet<string>): readonly T[] {
  if (keys.size === 0) return items;
  const left = items.filter((item) => !keys.has(keyText(item)));
  return left.length === items.length ? items : left;
}

/** The earliest and the latest publish time of a plan that is not empty. */
export function publishTimeRange(plan: WritePlan): readonly [from: string, to: string] {
  const first = [plan.entries[0], plan.deadLetters[0]];
  const last = [plan.entries.at(-1), plan.deadLetters.at(-1)];
  const times = [...first, ...last].flatMap((item) => item === undefined ? [] : [item.publishTime]).sort();
  return [times[0]!, times.at(-1)!];
}

function sortedOnce<T extends MessageKey>(items: readonly T[]): readonly T[] {
  const sorted = items.toSorted(compareKeys);
  let repeats = false;
  for (let i = 1; i < sorted.length && !repeats; i++) repeats = compareKeys(sorted[i - 1]!, sorted[i]!) === 0;
  if (!repeats) return sorted;
  return sorted.filter((item, i) => i === 0 || compareKeys(sorted[i - 1]!, item) !== 0);
}
