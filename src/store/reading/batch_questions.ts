/**
 * Statements that read the ledger, the word index and the instances.
 *
 * @module
 */
import type { Instant } from "../../entry/entry.ts";
import type { LevelProbe } from "../../words/word_filter.ts";
import type { Candidate, LedgerQuestion } from "../log_reader.ts";
import type { BatchCause, InstanceState, LedgerBatch } from "../log_rows.ts";
import { listOf, where } from "./conditions.ts";
import type { Dialect } from "./dialect.ts";

/**
 * See `LogReader.candidates`: for each level one contiguous piece of the key per day. Filters and the batches that they
 * stand for are read by one statement, because filters are merged beside readers.
 */
export function selectCandidates(
  dialect: Dialect,
  { probes, days }: { readonly probes: readonly LevelProbe[]; readonly days: readonly string[] },
): string {
  const ofDays = days.length === 1 ? `= ${dialect.text(days[0]!)}` : `IN ${listOf(dialect, days)}`;
  const ofChunk = (at: { readonly level: number; readonly chunk: number }, asks: readonly string[]) =>
    `SELECT b.id, b.publish_time_first, b.publish_time_last, b.entries, w.level FROM word_filters w ${dialect.thenJoin} \
batches b ON b.word_filter = w.batch${
      where([`w.day ${ofDays}`, `w.level = ${at.level}`, `w.chunk = ${at.chunk}`, ...asks, "b.entries > 0"])
    }`;
  const asked = probes.map((probe) =>
    ofChunk(
      probe,
      probe.form === "list"
        ? [dialect.contains("w.bits", probe.has)]
        : probe.set.map((at) => dialect.hasBit("w.bits", at)),
    )
  );
  return [...asked, ofChunk({ level: UNFILTERED_LEVEL, chunk: 0 }, [])].join(" UNION ALL ");
}

/** The level of the row that stands in for the filter of a batch of too many words. */
const UNFILTERED_LEVEL = 0;

/** A row of {@linkcode selectCandidates}. */
export function candidateOf([id, first, last, entries, level]: readonly unknown[]): Candidate {
  return {
    id: BigInt(id as string | number | bigint),
    first: first as Instant,
    last: last as Instant,
    entries: Number(entries),
    unfiltered: Number(level) === UNFILTERED_LEVEL,
  };
}

/** See `LogReader.filterDays`. */
export const SELECT_FILTER_DAYS = "SELECT MIN(day), MAX(day) FROM word_filters";

/** See `LogReader.ledger`. */
export function selectLedger(dialect: Dialect, question: LedgerQuestion): string {
  const { from, to, instance, causes, newestFirst, limit } = question;
  const conditions: string[] = [];
  if (from !== undefined) conditions.push(`id >= ${from}`);
  if (to !== undefined) conditions.push(`id < ${to}`);
  if (instance !== undefined) conditions.push(`instance = ${instance}`);
  if (causes !== undefined) conditions.push(`cause IN ${listOf(dialect, causes)}`);
  return `SELECT id, instance, created_at, cause, entries, dead_letters, duplicates, bytes, write_ms, publish_time_first, \
publish_time_last FROM batches${where(conditions)} ORDER BY id${newestFirst ? " DESC" : ""} LIMIT ${limit}`;
}

/** A row of {@linkcode selectLedger}. */
export function ledgerBatchOf(row: readonly unknown[]): LedgerBatch {
  const [id, instance, createdAt, cause, entries, deadLetters, duplicates, bytes, writeMs, first, last] = row;
  return {
    id: BigInt(id as string | number | bigint),
    instance: Number(instance),
    createdAt: createdAt as Instant,
    cause: cause as BatchCause,
    entries: Number(entries),
    deadLetters: Number(deadLetters),
    duplicates: Number(duplicates),
    bytes: Number(bytes),
    writeMs: Number(writeMs),
    // Of a batch of dead letters only they are theirs.
    ...Number(entries) === 0 ? {} : { publishTimeFirst: first as Instant, publishTimeLast: last as Instant },
  };
}

/** See `LogReader.instances`. */
export function selectInstances(dialect: Dialect): string {
  return `SELECT number, ${dialect.textColumn("name")}, ${dialect.textColumn("version")}, started_at, seen_at, held, \
held_bytes, oldest_publish_time FROM instances ORDER BY number`;
}

/** A row of {@linkcode selectInstances}. */
export function instanceOf(dialect: Dialect, row: readonly unknown[]): InstanceState {
  const [number, name, version, startedAt, seenAt, held, heldBytes, oldest] = row;
  return {
    number: Number(number),
    name: dialect.textOf(name),
    version: dialect.textOf(version),
    startedAt: startedAt as Instant,
    seenAt: seenAt as Instant,
    heldMessages: Number(held),
    heldBytes: Number(heldBytes),
    ...oldest === null ? {} : { oldestUnsettled: oldest as Instant },
  };
}
