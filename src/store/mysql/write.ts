/**
 * The transaction that writes a batch.
 *
 * A message must never be in both tables, also when two writers, perhaps of different versions, see it at once, one as
 * an entry and one as a dead letter. So each side inserts first and then looks into the other table with a locking
 * read: whichever looks later sees the other's row, or waits for it. Under READ COMMITTED such a read locks rows that
 * exist and no gaps, so writers with dead letters of the same hours do not stand in each other's way for longer than a
 * transaction.
 *
 * @module
 */
import { escape } from "mysql2";
import type { DeadLetter, LogEntry, MessageKey } from "../../entry/entry.ts";
import { newId } from "../../ops/ids.ts";
import { BatchWords } from "../../words/batch_words.ts";
import { batchRecord } from "../batch_record.ts";
import { MinuteServices } from "../counts.ts";
import { LANE } from "../lane.ts";
import { StoreError } from "../store.ts";
import { keySet, type Landed, publishTimeRange, without, type WritePlan } from "../write_plan.ts";
import { insertEntries, KEEP_EXISTING, keyList, KEYS_PER_LIST } from "./insert.ts";
import { Attempt, type Recorded, type Recorder, writeRecord } from "./record.ts";
import type { MysqlSession } from "./session.ts";
import { STATEMENT_BYTES_RESERVED, statementBytesMax } from "./statement_size.ts";

/** Dead letters read by range before exact keys are cheaper: a flood of them must not be read once per batch. */
const RANGE_ROWS_MAX = 1_000;

/** Rows of a statement of dead letters: powers of two, so that few statements are prepared. */
const DEAD_LETTERS_PER_STATEMENT = 64;

/** Rounds in which a row neither landed nor exists, before the rows are refused; see {@linkcode writePlan}. */
export const FRUITLESS_ROUNDS_MAX = 3;

/** What is to be written, and by whom. */
export interface PlannedWrite {
  readonly plan: WritePlan;
  readonly recorder: Recorder;
  readonly recorded: Recorded;
}

/**
 * Writes the plan in one transaction and commits. Rows that turn out to be settled before are taken out of the plan,
 * and the transaction starts again without them, so that the counters are made of nothing but rows that landed.
 *
 * @throws The driver's error, or a StoreError `reject` for rows that the server cannot tell apart from others (keys
 * that differ in trailing spaces), that are not well-formed Unicode, or that are above the server's packet.
 */
export async function writePlan(
  session: MysqlSession,
  { plan, recorder, recorded }: PlannedWrite,
): Promise<Landed> {
  let { entries, deadLetters } = plan;
  let fruitless = 0;
  while (entries.length + deadLetters.length > 0) {
    const attempt = await Attempt.begin(session, recorder);
    if (await insertRows(attempt, entries) < entries.length) {
      await session.change("ROLLBACK");
      const left = without(entries, keySet(await settled(session, entries)));
      // A row that another writer had inserted and then rolled back explains a round or two.
      if (left === entries && ++fruitless >= FRUITLESS_ROUNDS_MAX) throw indistinct();
      entries = left;
      continue;
    }
    const parked = keySet(await deadLettersAmong(session, { entries, deadLetters }));
    deadLetters = without(deadLetters, parked);
    const notParked = without(entries, parked);
    if (notParked !== entries) {
      await session.change("ROLLBACK");
      entries = notParked;
      continue;
    }
    const landed = await insertDeadLetters(session, deadLetters);
    const stored = keySet(await byKeys(session, { table: "service_logs", keys: deadLetters, locking: true }));
    if (stored.size > 0) {
      await session.change("ROLLBACK");
      const left = without(deadLetters, stored);
      if (left === deadLetters) throw indistinct();
      deadLetters = left;
      continue;
    }
    await attempt.commit({ entries, deadLetters: landed }, recorded);
    return { entries, deadLetters: landed };
  }
  return { entries, deadLetters: 0 };
}

/**
 * Does what {@linkcode writePlan} does, for a message that there is not, and takes it back: an account that lacks a
 * right is found out before the first batch. Locks nothing that is another's.
 *
 * @throws The driver's error, of what it may not do.
 */
export async function rehearse(session: MysqlSession): Promise<void> {
  const messageId = `lms-rehearsal-${newId()}`;
  // No message is from that year, so that its rows are neither read nor waited for by anybody.
  const publishTime = "1001-01-01 00:00:00.000000";
  const entry: LogEntry = {
    publishTime,
    messageId,
    serviceName: messageId,
    payload: "rehearsal",
    severity: "debug",
    timestamp: publishTime,
  };
  const deadLetter: DeadLetter = {
    publishTime,
    messageId,
    reason: "bad_field",
    detail: "",
    data: new Uint8Array(),
    attributes: {},
  };
  await session.begin();
  const words = new BatchWords();
  // No transaction has such an id: it is over before it could be seen.
  const id = -1n - BigInt(`0x${newId().slice(0, 8)}`);
  await insertRows({ session, id, add: (entry) => words.add(entry) }, [entry]);
  await deadLettersAmong(session, { entries: [entry], deadLetters: [] });
  await insertDeadLetters(session, [deadLetter]);
  await byKeys(session, { table: "service_logs", keys: [deadLetter], locking: true });
  const landed = { cause: "end", entries: [entry], deadLetters: 1, bytes: 0, items: 2, writeMs: 0 } as const;
  await writeRecord(session, batchRecord({ ...landed, id, instance: 0, words }, new MinuteServices()));
  await session.change("ROLLBACK");
}

/** Inserts entries that do not exist, and returns how many did not. */
export async function insertRows(
  { session, id, add }: Pick<Attempt, "session" | "id" | "add">,
  entries: readonly LogEntry[],
): Promise<number> {
  let landed = 0;
  let sending: Promise<number> | undefined;
  const options = { bytesMax: statementBytesMax(session), batch: id, onRow: add };
  for (const sql of insertEntries(entries, options)) {
    if (sending !== undefined) landed += await sending;
    // Encoding would turn a lone surrogate into U+FFFD without a word.
    if (!sql.isWellFormed()) throw reject("an entry is not well-formed Unicode");
    sending = session.change(sql);
  }
  return sending === undefined ? landed : landed + await sending;
}

/** Those of the keys that `service_logs` has, in a transaction of its own. */
export async function settled(session: MysqlSession, keys: readonly MessageKey[]): Promise<MessageKey[]> {
  await session.begin();
  const found = await byKeys(session, { table: "service_logs", keys, locking: false });
  await session.change("COMMIT");
  return found;
}

/** The dead letters, of any status, with a key of the plan, and perhaps more; locked until the transaction ends. */
async function deadLettersAmong(session: MysqlSession, plan: WritePlan): Promise<MessageKey[]> {
  const [from, to] = publishTimeRange(plan);
  const found = await keysOf(
    session,
    `SELECT publish_time, message_id FROM dead_letters FORCE INDEX (PRIMARY) WHERE lane = ${LANE} \
AND publish_time BETWEEN ${escape(from)} AND ${escape(to)} LIMIT ${RANGE_ROWS_MAX} LOCK IN SHARE MODE`,
  );
  if (found.length < RANGE_ROWS_MAX) return found;
  return await byKeys(session, {
    table: "dead_letters",
    keys: [...plan.entries, ...plan.deadLetters],
    locking: true,
  });
}

/** One of few bytes. */
const COLUMN_OUTSIDE_KEY = { service_logs: "severity", dead_letters: "reason" } as const;

/** What comes before a message's key in the primary key. */
const BEFORE_KEY = { service_logs: "", dead_letters: `lane = ${LANE} AND ` } as const;

interface KeyQuery {
  readonly table: "service_logs" | "dead_letters";
  readonly keys: readonly MessageKey[];
  readonly locking: boolean;
}

async function byKeys(session: MysqlSession, { table, keys, locking }: KeyQuery): Promise<MessageKey[]> {
  const found: MessageKey[] = [];
  for (let i = 0; i < keys.length; i += KEYS_PER_LIST) {
    // A small table is read whole, which for a locking read means waiting for strangers' rows, where no index is forced;
    // and, by MariaDB, where the index holds all that is asked for: so a column is asked for that it does not hold.
    const sql = `SELECT publish_time, message_id, ${COLUMN_OUTSIDE_KEY[table]} FROM ${table} FORCE INDEX (PRIMARY) \
WHERE ${BEFORE_KEY[table]}(publish_time, message_id) IN (${keyList(keys.slice(i, i + KEYS_PER_LIST))})`;
    found.push(...await keysOf(session, locking ? `${sql} LOCK IN SHARE MODE` : sql));
  }
  return found;
}

async function keysOf(session: MysqlSession, sql: string): Promise<MessageKey[]> {
  const rows = await session.rows(sql);
  return rows.map((row) => ({ publishTime: String(row.publish_time), messageId: String(row.message_id) }));
}

/** Raw bytes go as bound values: escaped in a statement's text they would take twice their size. */
async function insertDeadLetters(session: MysqlSession, deadLetters: readonly DeadLetter[]): Promise<number> {
  const bytesMax = statementBytesMax(session);
  let landed = 0;
  let done = 0;
  while (done < deadLetters.length) {
    let size = DEAD_LETTERS_PER_STATEMENT;
    while (size > 1 && (done + size > deadLetters.length || bytesOf(deadLetters.slice(done, done + size)) > bytesMax)) {
      size /= 2;
    }
    const rows = deadLetters.slice(done, done + size);
    if (bytesOf(rows) > session.packetBytesMax - STATEMENT_BYTES_RESERVED) throw aboveThePacket(session, rows);
    landed += await session.changeWith(
      `INSERT INTO dead_letters (publish_time, message_id, reason, detail, data, attributes) VALUES \
${Array(size).fill("(?, ?, ?, ?, ?, ?)").join(", ")}${KEEP_EXISTING}`,
      rows.flatMap((row) => {
        const texts = [row.publishTime, row.messageId, row.reason, row.detail, JSON.stringify(row.attributes)] as const;
        if (!texts.every((text) => text.isWellFormed())) throw reject("a dead letter is not well-formed Unicode");
        return [...texts.slice(0, 4), row.data, texts[4]];
      }),
    );
    done += size;
  }
  return landed;
}

/** At least as many bytes as the rows take in a statement. */
function bytesOf(rows: readonly DeadLetter[]): number {
  return rows.reduce(
    (sum, { data, detail, attributes }) =>
      sum + 256 + data.length + 3 * (detail.length + JSON.stringify(attributes).length),
    0,
  );
}

function aboveThePacket(session: MysqlSession, rows: readonly DeadLetter[]): StoreError {
  const bytes = bytesOf(rows);
  return reject(
    `an undecodable message has about ${bytes} bytes, and the database takes ${session.packetBytesMax} at once; raise its \
max_allowed_packet`,
  );
}

/** The refusal of rows that neither land nor exist. */
export function indistinct(): StoreError {
  return reject("the database finds keys equal that differ");
}

function reject(problem: string): StoreError {
  return new StoreError(`Cannot write batch: ${problem}`, { disposition: "reject", cause: undefined });
}
