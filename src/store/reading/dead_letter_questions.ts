/**
 * Statements that read `dead_letters`.
 *
 * @module
 */
import type { DeadLetterReason, DeadLetterStatus, Instant, MessageKey } from "../../entry/entry.ts";
import type {
  DeadLetterFilter,
  DeadLetterGroup,
  DeadLetterPage,
  DeadLetterSummary,
  StoredDeadLetter,
} from "../maintenance.ts";
import { keyOrder, listOf, spanConditions, where } from "./conditions.ts";
import type { Dialect } from "./dialect.ts";

/** See `LogReader.deadLetters`. */
export function selectDeadLetters(dialect: Dialect, page: DeadLetterPage): string {
  const way = page.newestFirst === true ? "older" : "newer";
  const conditions = [
    ...filterConditions(dialect, page),
    ...spanConditions(dialect, { span: { beyond: page.after }, way }),
  ];
  return `SELECT ${summaryColumns(dialect)} FROM dead_letters${where(conditions)}${keyOrder(way)} LIMIT ${page.limit}`;
}

/** A row of {@linkcode selectDeadLetters}. */
export function deadLetterSummaryOf(dialect: Dialect, row: readonly unknown[]): DeadLetterSummary {
  const [publishTime, messageId, reason, status, bytes, createdAt, updatedAt, detail] = row;
  return {
    publishTime: publishTime as Instant,
    messageId: messageId as string,
    reason: reason as DeadLetterReason,
    detail: dialect.textOf(detail),
    status: status as DeadLetterStatus,
    bytes: Number(bytes),
    createdAt: createdAt as Instant,
    updatedAt: updatedAt as Instant,
  };
}

/** See `LogReader.deadLetterGroups`. */
export function selectDeadLetterGroups(dialect: Dialect, filter: DeadLetterFilter): string {
  return `SELECT reason, COUNT(*), MIN(publish_time), MAX(publish_time) FROM dead_letters${
    where(filterConditions(dialect, filter))
  } GROUP BY reason ORDER BY reason`;
}

/** A row of {@linkcode selectDeadLetterGroups}. */
export function deadLetterGroupOf([reason, count, oldest, newest]: readonly unknown[]): DeadLetterGroup {
  return {
    reason: reason as DeadLetterReason,
    count: Number(count),
    oldest: oldest as Instant,
    newest: newest as Instant,
  };
}

/** See `LogReader.deadLetter`. */
export function selectDeadLetter(dialect: Dialect, key: MessageKey): string {
  const columns = `${summaryColumns(dialect)}, ${dialect.textColumn("attributes")}, data`;
  return `SELECT ${columns} FROM dead_letters WHERE ${keyIs(dialect, key)}`;
}

/** The row of {@linkcode selectDeadLetter}. */
export function deadLetterOf(dialect: Dialect, row: readonly unknown[]): StoredDeadLetter {
  return {
    ...deadLetterSummaryOf(dialect, row),
    attributes: JSON.parse(dialect.textOf(row[8])) as Record<string, string>,
    data: new Uint8Array(row[9] as Uint8Array),
  };
}

function summaryColumns(dialect: Dialect): string {
  return `publish_time, message_id, reason, status, LENGTH(data), created_at, updated_at, ${
    dialect.textColumn("detail")
  }`;
}

function keyIs(dialect: Dialect, { publishTime, messageId }: MessageKey): string {
  return `publish_time = ${dialect.text(publishTime)} AND message_id = ${dialect.text(messageId)}`;
}

function filterConditions(
  dialect: Dialect,
  { statuses, reason, since, keys, messageIds }: DeadLetterFilter,
): string[] {
  const conditions: string[] = [];
  if (statuses !== undefined) conditions.push(`status IN ${listOf(dialect, statuses)}`);
  if (reason !== undefined) conditions.push(`reason = ${dialect.text(reason)}`);
  if (since !== undefined) conditions.push(`publish_time >= ${dialect.text(since)}`);
  if (keys !== undefined) conditions.push(keys.length === 0 ? "1 = 0" : dialect.keyIn(keys));
  if (messageIds !== undefined) conditions.push(`message_id IN ${listOf(dialect, messageIds)}`);
  return conditions;
}
