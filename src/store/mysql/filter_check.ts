/**
 * Checks and mends the word filters of a MySQL or MariaDB database.
 *
 * @module
 */
import { escape } from "mysql2";
import {
  checkFilters,
  type DamagedFilter,
  filterAnew,
  type FilterAnswer,
  filterCondition,
  type FilterQuestion,
} from "../filter_check.ts";
import { insertFilters } from "./insert.ts";
import { batchIndex } from "./indexes.ts";
import type { MysqlSession } from "./session.ts";
import { statementBytesMax } from "./statement_size.ts";

/** The damaged filters, in the snapshot under way; `undefined` without the index by which a batch's rows are found. */
export async function readDamagedFilters(session: MysqlSession): Promise<DamagedFilter[] | undefined> {
  const index = await batchIndex(session);
  return index === undefined ? undefined : await answered({ session, index }, checkFilters());
}

/** Writes the filters anew, in the transaction under way: over what is there, which takes no right to DELETE. */
export async function mendFilters(session: MysqlSession, damaged: readonly DamagedFilter[]): Promise<void> {
  const index = await batchIndex(session);
  if (index === undefined) return;
  for (const { batch, day } of damaged) {
    // A batch that has words and no filter has the number that it would have had.
    await session.change(`UPDATE batches SET word_filter = ${batch} WHERE id = ${batch} AND word_filter IS NULL`);
    const sharing = await session.tuples(
      `SELECT CAST(id AS CHAR) FROM batches WHERE word_filter = ${batch} ORDER BY id FOR UPDATE`,
    );
    const ids = sharing.map(([id]) => BigInt(String(id)));
    const rows = await answered({ session, index }, filterAnew(ids, day));
    for (const sql of insertFilters(rows, { bytesMax: statementBytesMax(session), batch })) {
      await session.change(`${sql} ON DUPLICATE KEY UPDATE bits = VALUES(bits)`);
    }
  }
}

/** Where rows are read. */
interface Place {
  readonly session: MysqlSession;
  /** The index that begins with `batch`. */
  readonly index: string;
}

async function answered<T>(place: Place, check: Generator<FilterQuestion, T, FilterAnswer>): Promise<T> {
  let step = check.next();
  while (step.done !== true) step = check.next(await answer(place, step.value));
  return step.value;
}

async function answer({ session, index }: Place, question: FilterQuestion): Promise<FilterAnswer> {
  switch (question.ask) {
    case "ledger":
      return (await session.tuples(
        `SELECT CAST(id AS CHAR), entries, CAST(word_filter AS CHAR) FROM batches \
WHERE id > ${question.after} AND entries > 0 ORDER BY id LIMIT ${question.limit}`,
      )).map(([id, entries, number]) => ({
        id: BigInt(String(id)),
        entries: Number(entries),
        number: number === null ? null : BigInt(String(number)),
      }));
    case "filters":
      return (await session.tuples(
        `SELECT CAST(batch AS CHAR), level, chunk, bits FROM word_filters WHERE day = ${escape(question.day)} \
AND ${filterCondition(question.numbers)}`,
      )).map(([number, level, chunk, bits]) => ({
        number: BigInt(String(number)),
        level: Number(level),
        chunk: Number(chunk),
        bits: new Uint8Array(bits as Uint8Array),
      }));
    case "rows": {
      const { batches: [first, last], after, limit } = question;
      const [time, id] = [escape(after?.publishTime ?? ""), escape(after?.messageId ?? "")];
      const beyond = after === undefined
        ? `batch >= ${first}`
        : `batch >= ${after.batch} AND (batch > ${after.batch} OR publish_time > ${time} \
OR (publish_time = ${time} AND message_id > ${id}))`;
      return (await session.tuples(
        `SELECT CAST(batch AS CHAR), publish_time, message_id, payload, attributes \
FROM service_logs FORCE INDEX (${index}) WHERE ${beyond} AND batch <= ${last} \
ORDER BY batch, publish_time, message_id LIMIT ${limit}`,
      )).map(([batch, publishTime, messageId, payload, attributes]) => ({
        batch: BigInt(String(batch)),
        publishTime: String(publishTime),
        messageId: String(messageId),
        payload: String(payload),
        attributes: attributes === null ? null : JSON.parse(String(attributes)) as Record<string, string>,
      }));
    }
  }
}
