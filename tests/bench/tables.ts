/**
 * The tables before and after a round: made, and compared with what was published.
 *
 * @module
 */
import { parseDatabaseUrl } from "../../src/store/database_url.ts";
import { openStore } from "../../src/store/open_store.ts";
import type { TestDatabase, TestServer } from "../support/database.ts";
import { type Account, groupKey } from "./messages.ts";

/** `service_severity`, by {@linkcode groupKey}. */
export type Counters = ReadonlyMap<string, number>;

/** Enough to name what is wrong. */
const DIFFERENCES_SHOWN = 5;

/** A database with LMS's tables in it, so that no side spends time on making them. */
export async function migratedDatabase(server: TestServer): Promise<TestDatabase> {
  return await migrated(await server.freshDatabase());
}

/** The same under a name: it stays, and has its rows the next time. */
export async function keptDatabase(server: TestServer, name: string): Promise<TestDatabase> {
  const database = await migrated(await server.namedDatabase(name));
  return { ...database, [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function migrated(database: TestDatabase): Promise<TestDatabase> {
  const parsed = parseDatabaseUrl(database.url);
  if (!parsed.ok) throw new Error(`the database's address ${parsed.problem}`);
  await using store = openStore(parsed.value, { writers: 1, onWarning: () => {} });
  await store.migrate({ dryRun: false });
  return database;
}

/**
 * What a transaction records beside its rows is there of every message, in a database that held none before: counts by
 * minute and by hour, the ledger, and filters of all its batches.
 *
 * @throws {Error} Says what differs.
 */
export async function checkRecords(database: TestDatabase, messages: number): Promise<void> {
  const [found] = await database.query(
    `SELECT (SELECT SUM(\`count\`) FROM service_severity_minutes) AS minutes, \
(SELECT SUM(\`count\`) FROM service_severity_hours) AS hours, \
(SELECT SUM(entries) FROM batches WHERE word_filter = id) AS ledger, \
(SELECT SUM(entries) FROM batches WHERE id IN (SELECT batch FROM word_filters)) AS words, \
(SELECT COUNT(*) FROM service_logs WHERE batch IN (SELECT id FROM batches)) AS entries`,
  );
  const wrong = Object.entries(found ?? {}).filter(([, count]) => Number(count) !== messages);
  if (wrong.length === 0) return;
  throw new Error(
    `The records of ${messages} messages are wrong: ${wrong.map(([name, count]) => `${name} ${count}`).join(", ")}`,
  );
}

/** The counters as they are. */
export async function readCounters(database: TestDatabase): Promise<Counters> {
  const rows = await database.query("SELECT service_name, severity, `count` FROM service_severity");
  return new Map(rows.map((row) => [groupKey(String(row.service_name), String(row.severity)), Number(row.count)]));
}

/**
 * Every message is in `service_logs` exactly once, and the counters grew by exactly as much.
 *
 * The primary key keeps a message from being there twice; that all are there, and no others, is what their number and
 * the sum of their ids' checksums tell, for each service and severity.
 *
 * @param round.since Rows of an earlier time are none of this round's.
 * @throws {Error} Says what differs.
 */
export async function checkTables(
  database: TestDatabase,
  round: { readonly account: Account; readonly since: string; readonly before: Counters },
): Promise<void> {
  const { account, since, before } = round;
  const rows = await database.query(
    `SELECT service_name, severity, COUNT(*) AS entries, SUM(CRC32(message_id)) AS ids, SUM(LENGTH(payload)) AS bytes \
FROM service_logs WHERE publish_time >= '${since}' GROUP BY service_name, severity`,
  );
  const counters = await readCounters(database);
  const found = new Map(rows.map((row) => [groupKey(String(row.service_name), String(row.severity)), row]));
  const differences: string[] = [];
  for (const key of new Set([...account.groups.keys(), ...found.keys(), ...counters.keys(), ...before.keys()])) {
    const { entries = 0, ids = 0, bytes = 0 } = found.get(key) ?? {};
    const counted = (counters.get(key) ?? 0) - (before.get(key) ?? 0);
    const { count, idSum, payloadBytes } = account.groups.get(key) ?? { count: 0, idSum: 0, payloadBytes: 0 };
    const stored = [entries, ids, bytes, counted].map(Number).join(" ");
    const published = [count, idSum, payloadBytes, count].join(" ");
    if (stored !== published) differences.push(`${key}: ${stored} instead of ${published}`);
  }
  const [sum] = await database.query("SELECT COUNT(*) AS dead FROM dead_letters");
  if (Number(sum?.dead) !== 0) differences.push(`${sum?.dead} dead letters`);
  if (differences.length === 0) return;
  throw new Error(
    `The tables are wrong, ${differences.length} difference(s) (rows, ids, bytes, counter): ${
      differences.slice(0, DIFFERENCES_SHOWN).join("; ")
    }`,
  );
}
