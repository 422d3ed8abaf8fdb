/**
 * Dead letters of a MySQL or MariaDB database: finding, replaying and dropping them.
 *
 * @module
 */
import { escape } from "mysql2";
import type { DeadLetterReason, DeadLetterStatus, LogEntry, MessageKey } from "../../entry/entry.ts";
import type {
  DeadLetterFilter,
  DeadLetterGroup,
  DeadLetterPage,
  DeadLetterSummary,
  StoredDeadLetter,
} from "../maintenance.ts";
import { LANE } from "../lane.ts";
import type { ReplayedChunk } from "../replay.ts";
import { keySet, planKeys, without } from "../write_plan.ts";
import { keyList, KEYS_PER_LIST } from "./insert.ts";
import { Attempt, type Recorder } from "./record.ts";
import type { MysqlSession } from "./session.ts";
import { inSnapshot } from "./transaction.ts";
import { FRUITLESS_ROUNDS_MAX, indistinct, insertRows, settled } from "./write.ts";

const SUMMARY = "publish_time, message_id, reason, detail, status, LENGTH(data), created_at, updated_at";

/** See `Maintenance.listDeadLetters`. */
export async function listDeadLetters(session: MysqlSession, page: DeadLetterPage): Promise<DeadLetterSummary[]> {
  const order = page.newestFirst ? "publish_time DESC, message_id DESC" : "publish_time, message_id";
  const rows = await inSnapshot(session, () =>
    session.tuples(
      `SELECT ${SUMMARY} FROM dead_letters${where(page)} ORDER BY ${order} LIMIT ${escape(page.limit)}`,
    ));
  return rows.map(summary);
}

/** See `Maintenance.countDeadLetters`. */
export async function countDeadLetters(session: MysqlSession, filter: DeadLetterFilter): Promise<number> {
  const [count] = await inSnapshot(
    session,
    () => session.values(`SELECT COUNT(*) FROM dead_letters${where(filter)}`),
  );
  return Number(count);
}

/** See `Maintenance.groupDeadLetters`. */
export async function groupDeadLetters(session: MysqlSession, filter: DeadLetterFilter): Promise<DeadLetterGroup[]> {
  const rows = await inSnapshot(session, () =>
    session.tuples(
      `SELECT reason, COUNT(*), MIN(publish_time), MAX(publish_time) FROM dead_letters${where(filter)} GROUP BY reason`,
    ));
  return rows.map(([reason, count, oldest, newest]) => ({
    reason: reason as DeadLetterReason,
    count: Number(count),
    oldest: String(oldest),
    newest: String(newest),
  }));
}

/** See `Maintenance.deadLettersByKey`. */
export async function deadLettersByKey(
  session: MysqlSession,
  keys: readonly MessageKey[],
): Promise<StoredDeadLetter[]> {
  const letters: StoredDeadLetter[] = [];
  for (const list of lists(planKeys(keys))) {
    const rows = await inSnapshot(session, () =>
      session.tuples(
        `SELECT data, attributes, ${SUMMARY} FROM dead_letters WHERE lane = ${LANE} AND (publish_time, message_id) IN (${
          keyList(list)
        }) \
ORDER BY publish_time, message_id`,
      ));
    for (const [data, attributes, ...rest] of rows) {
      letters.push({
        ...summary(rest),
        data: new Uint8Array(data as Uint8Array),
        attributes: JSON.parse(String(attributes)) as Record<string, string>,
      });
    }
  }
  return letters;
}

/** Drops dead letters in one transaction, see `Maintenance.drop`. @param keys Sorted, each once. */
export async function dropDeadLetters(session: MysqlSession, keys: readonly MessageKey[]): Promise<MessageKey[]> {
  await session.begin();
  const open = await lockedWith(session, { keys, statuses: ["open"] });
  await mark(session, open, "dropped");
  await session.change("COMMIT");
  return open;
}

/**
 * Replays entries in one transaction, see `Maintenance.replay`. Locks in the order of every writer, entries first, then
 * dead letters, then counters, so that one that gets the same messages meanwhile queues and does not deadlock.
 *
 * An entry that is stored already is not counted again; its dead letter, should it be open, is marked all the same.
 *
 * @param options.entries Sorted by key, each key once.
 */
export async function replayEntries(
  session: MysqlSession,
  { entries, recorder }: { readonly entries: readonly LogEntry[]; readonly recorder: Recorder },
): Promise<ReplayedChunk> {
  let left = entries;
  let fruitless = 0;
  while (true) {
    const attempt = await Attempt.begin(session, recorder);
    if (await insertRows(attempt, left) < left.length) {
      await session.change("ROLLBACK");
      const stored = await settled(session, left);
      // A writer's row that was rolled back between the two statements leaves nothing to take out: try again.
      const fewer = without(left, keySet(stored));
      if (fewer === left && ++fruitless >= FRUITLESS_ROUNDS_MAX) throw indistinct();
      left = fewer;
      continue;
    }
    const replayable = keySet(await lockedWith(session, { keys: entries, statuses: ["open", "dropped"] }));
    const mine = left.filter((entry) => replayable.has(entry.publishTime + entry.messageId));
    if (mine.length < left.length) {
      await session.change("ROLLBACK");
      left = mine;
      continue;
    }
    await mark(session, entries.filter((entry) => replayable.has(entry.publishTime + entry.messageId)), "replayed");
    await attempt.commit({ entries: left, deadLetters: 0 }, { cause: "replay", bytes: 0, items: left.length });
    return { replayed: left, settled: without(entries, keySet(left)) };
  }
}

interface Locking {
  readonly keys: readonly MessageKey[];
  readonly statuses: readonly DeadLetterStatus[];
}

/** Those of the keys that have a dead letter of one of the statuses; locked until the transaction ends. */
async function lockedWith(session: MysqlSession, { keys, statuses }: Locking): Promise<MessageKey[]> {
  const found: MessageKey[] = [];
  for (const list of lists(keys)) {
    const rows = await session.rows(
      `SELECT publish_time, message_id FROM dead_letters FORCE INDEX (PRIMARY) WHERE lane = ${LANE} AND (publish_time, message_id) IN \
(${keyList(list)}) AND status IN (${escape([...statuses])}) ORDER BY publish_time, message_id FOR UPDATE`,
    );
    for (const row of rows) found.push({ publishTime: String(row.publish_time), messageId: String(row.message_id) });
  }
  return found;
}

async function mark(session: MysqlSession, keys: readonly MessageKey[], status: DeadLetterStatus): Promise<void> {
  for (const list of lists(keys)) {
    await session.change(
      `UPDATE dead_letters SET status = ${escape(status)} WHERE lane = ${LANE} AND (publish_time, message_id) IN (${
        keyList(list)
      })`,
    );
  }
}

function* lists<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += KEYS_PER_LIST) yield items.slice(i, i + KEYS_PER_LIST);
}

function where(filter: DeadLetterFilter | DeadLetterPage): string {
  const { statuses, reason, since, keys, messageIds, after, newestFirst }: Partial<DeadLetterPage> = filter;
  const conditions = [`lane = ${LANE}`];
  // An empty list admits nothing, and is no SQL.
  if (statuses !== undefined) conditions.push(statuses.length === 0 ? "FALSE" : `status IN (${escape([...statuses])})`);
  if (reason !== undefined) conditions.push(`reason = ${escape(reason)}`);
  if (since !== undefined) conditions.push(`publish_time >= ${escape(since)}`);
  if (keys !== undefined) {
    conditions.push(keys.length === 0 ? "FALSE" : `(publish_time, message_id) IN (${keyList(keys)})`);
  }
  if (messageIds !== undefined) {
    conditions.push(messageIds.length === 0 ? "FALSE" : `message_id IN (${escape([...messageIds])})`);
  }
  if (after !== undefined) {
    const [time, id] = [escape(after.publishTime), escape(after.messageId)];
    const beyond = newestFirst ? "<" : ">";
    conditions.push(`(publish_time ${beyond} ${time} OR (publish_time = ${time} AND message_id ${beyond} ${id}))`);
  }
  return ` WHERE ${conditions.join(" AND ")}`;
}

/** @param row What {@linkcode SUMMARY} selects. */
function summary(row: readonly unknown[]): DeadLetterSummary {
  const [publishTime, messageId, reason, detail, status, bytes, createdAt, updatedAt] = row;
  return {
    publishTime: String(publishTime),
    messageId: String(messageId),
    reason: reason as DeadLetterReason,
    detail: String(detail),
    status: status as DeadLetterStatus,
    bytes: Number(bytes),
    createdAt: String(createdAt),
    updatedAt: String(updatedAt),
  };
}
