/**
 * Dead letters of an SQLite database: finding, replaying and dropping them. What changes rows runs in one transaction
 * with the write lock.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { DeadLetterReason, DeadLetterStatus, LogEntry, MessageKey } from "../../entry/entry.ts";
import type {
  DeadLetterFilter,
  DeadLetterGroup,
  DeadLetterPage,
  DeadLetterSummary,
  StoredDeadLetter,
} from "../maintenance.ts";
import { BatchWords } from "../../words/batch_words.ts";
import { LANE } from "../lane.ts";
import type { ReplayedChunk } from "../replay.ts";
import { SQLITE_NOW } from "../migrations/parts.ts";
import { keySet, planKeys, without } from "../write_plan.ts";
import { entryValues, insertEntries } from "./insert.ts";
import type { Records } from "./record.ts";
import { textOf } from "./text.ts";
import { inSnapshot, inTransaction } from "./transaction.ts";
import { checkEntry } from "./write.ts";

type Row = Record<string, unknown>;

const SUMMARY =
  `publish_time, message_id, reason, CAST(detail AS BLOB) AS detail, length(data) AS bytes, status, created_at, updated_at`;

/** See `Maintenance.listDeadLetters`. */
export function listDeadLetters(db: DatabaseSync, page: DeadLetterPage): DeadLetterSummary[] {
  const { conditions, values } = where(page);
  const order = page.newestFirst ? "publish_time DESC, message_id DESC" : "publish_time, message_id";
  const sql = `SELECT ${SUMMARY} FROM dead_letters${conditions} ORDER BY ${order} LIMIT ?`;
  return db.prepare(sql).all(...values, page.limit).map(summary);
}

/** See `Maintenance.countDeadLetters`. */
export function countDeadLetters(db: DatabaseSync, filter: DeadLetterFilter): number {
  const { conditions, values } = where(filter);
  return Number(db.prepare(`SELECT COUNT(*) AS n FROM dead_letters${conditions}`).get(...values)?.n);
}

/** See `Maintenance.groupDeadLetters`. */
export function groupDeadLetters(db: DatabaseSync, filter: DeadLetterFilter): DeadLetterGroup[] {
  const { conditions, values } = where(filter);
  return db.prepare(
    `SELECT reason, COUNT(*) AS n, MIN(publish_time) AS oldest, MAX(publish_time) AS newest
     FROM dead_letters${conditions} GROUP BY reason`,
  ).all(...values).map(({ reason, n, oldest, newest }) => ({
    reason: reason as DeadLetterReason,
    count: Number(n),
    oldest: String(oldest),
    newest: String(newest),
  }));
}

/** See `Maintenance.deadLettersByKey`. */
export function deadLettersByKey(db: DatabaseSync, keys: readonly MessageKey[]): StoredDeadLetter[] {
  const select = db.prepare(
    `SELECT ${SUMMARY}, data, CAST(attributes AS BLOB) AS attributes FROM dead_letters WHERE lane = ${LANE} AND publish_time = ? AND message_id = ?`,
  );
  return inSnapshot(db, () =>
    planKeys(keys).flatMap((key) => {
      const row = select.get(key.publishTime, key.messageId);
      if (row === undefined) return [];
      const attributes = JSON.parse(textOf(row.attributes)) as Record<string, string>;
      return [{ ...summary(row), data: new Uint8Array(row.data as Uint8Array), attributes }];
    }));
}

/** Drops dead letters in one transaction, see `Maintenance.drop`. @param keys Sorted, each once. */
export function dropDeadLetters(db: DatabaseSync, keys: readonly MessageKey[]): MessageKey[] {
  return inTransaction(db, () => {
    const drop = marking(db, "dropped");
    const open = withStatus(db, ["open"]);
    const dropped = keys.filter((key) => open(key));
    dropped.forEach(drop);
    return dropped.map(({ publishTime, messageId }) => ({ publishTime, messageId }));
  });
}

/**
 * Replays entries in one transaction, see `Maintenance.replay`.
 *
 * @param options.entries Sorted by key, each key once.
 */
export function replayEntries(
  db: DatabaseSync,
  { entries, records }: { readonly entries: readonly LogEntry[]; readonly records: Records },
): ReplayedChunk {
  entries.forEach(checkEntry);
  return inTransaction(db, () => {
    const begunAt = performance.now();
    const { id, instance } = records.identity();
    const replayable = entries.filter(withStatus(db, ["open", "dropped"]));
    const insert = db.prepare(insertEntries(1));
    const words = new BatchWords();
    const replayed = replayable.filter((entry) => insert.run(...entryValues(entry, id)).changes === 1);
    for (const entry of replayed) words.add(entry);
    replayable.forEach(marking(db, "replayed"));
    const recorded = { cause: "replay", bytes: 0, items: replayed.length, deadLetters: 0 } as const;
    records.write({ ...recorded, id, instance, entries: replayed, words, writeMs: performance.now() - begunAt });
    return { replayed, settled: without(entries, keySet(replayed)) };
  });
}

function withStatus(db: DatabaseSync, statuses: readonly DeadLetterStatus[]): (key: MessageKey) => boolean {
  const select = db.prepare(
    `SELECT status FROM dead_letters WHERE lane = ${LANE} AND publish_time = ? AND message_id = ?`,
  );
  return ({ publishTime, messageId }) => {
    const row = select.get(publishTime, messageId);
    return row !== undefined && statuses.includes(row.status as DeadLetterStatus);
  };
}

function marking(db: DatabaseSync, status: DeadLetterStatus): (key: MessageKey) => void {
  const update = db.prepare(
    `UPDATE dead_letters SET status = ?, updated_at = ${SQLITE_NOW} WHERE lane = ${LANE} AND publish_time = ? AND message_id = ?`,
  );
  return ({ publishTime, messageId }) => void update.run(status, publishTime, messageId);
}

function where(
  filter: DeadLetterFilter | DeadLetterPage,
): { readonly conditions: string; readonly values: SQLInputValue[] } {
  const { statuses, reason, since, keys, messageIds, after, newestFirst }: Partial<DeadLetterPage> = filter;
  const conditions = [`lane = ${LANE}`];
  const values: SQLInputValue[] = [];
  const among = (column: string, list: readonly string[]) => {
    conditions.push(`${column} IN (SELECT value FROM json_each(?))`);
    values.push(JSON.stringify(list));
  };
  if (statuses !== undefined) among("status", statuses);
  if (reason !== undefined) among("reason", [reason]);
  if (since !== undefined) {
    conditions.push("publish_time >= ?");
    values.push(since);
  }
  if (keys !== undefined) {
    conditions.push("(publish_time, message_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))");
    values.push(JSON.stringify(keys.map(({ publishTime, messageId }) => [publishTime, messageId])));
  }
  if (messageIds !== undefined) among("message_id", messageIds);
  if (after !== undefined) {
    conditions.push(`(publish_time, message_id) ${newestFirst ? "<" : ">"} (?, ?)`);
    values.push(after.publishTime, after.messageId);
  }
  return { conditions: ` WHERE ${conditions.join(" AND ")}`, values };
}

function summary(row: Row): DeadLetterSummary {
  return {
    publishTime: String(row.publish_time),
    messageId: String(row.message_id),
    reason: row.reason as DeadLetterReason,
    detail: textOf(row.detail),
    status: row.status as DeadLetterStatus,
    bytes: Number(row.bytes),
    createdAt: String(row.created_at),
    updatedAt: String(row.updated_at),
  };
}
