/**
 * The account of a database, made by reading every row past the stores: what one truth all counts, the ledger and the
 * index of words have to tell.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fold } from "../../src/words/fold.ts";
import { attributeHash, wordHash } from "../../src/words/word_hash.ts";
import { mayHold, probesOf } from "../../src/words/word_filter.ts";
import { wordsOf } from "../../src/words/words.ts";
import { CLIENT_ATTRIBUTE } from "../../src/words/batch_words.ts";
import { SCAN_LEVEL } from "../../src/store/batch_record.ts";
import { OTHERS } from "../../src/store/counts.ts";

/** Runs one statement. */
export type Query = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** What the account found. */
export interface Account {
  readonly entries: number;
  /** Of them, those without a batch. */
  readonly unadopted: number;
  /** The ledger, by id. */
  readonly batches: readonly LedgerRow[];
  readonly filters: number;
}

/** A row of the ledger. */
export interface LedgerRow {
  readonly id: bigint;
  readonly cause: string;
  readonly entries: number;
  readonly deadLetters: number;
  readonly duplicates: number;
  readonly bytes: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly filter: bigint | null;
}

const UTF8 = new TextDecoder();
const textOf = (hex: unknown) => UTF8.decode(Uint8Array.fromHex(String(hex)));
const bigintOf = (value: unknown) => value === null ? null : BigInt(String(value));

interface FoundRow {
  readonly time: string;
  readonly pair: string;
  readonly batch: bigint | null;
  readonly payload: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Reads everything, and fails where anything disagrees. */
export async function assertAccount(query: Query): Promise<Account> {
  const rows = (await query(
    `SELECT publish_time, HEX(service_name) AS service, severity, CAST(batch AS CHAR) AS batch, HEX(payload) AS payload,
       HEX(CAST(attributes AS CHAR)) AS attributes FROM service_logs ORDER BY publish_time, message_id`,
  )).map((row): FoundRow => ({
    time: String(row.publish_time),
    pair: `${textOf(row.service)} ${row.severity}`,
    batch: bigintOf(row.batch),
    payload: textOf(row.payload),
    attributes: row.attributes === null || row.attributes === "" ? {} : JSON.parse(textOf(row.attributes)),
  }));
  await assertCounts(query, rows);
  const batches = await assertLedger(query, rows);
  const filters = await assertWords(query, { rows, batches });
  const unadopted = rows.filter(({ batch }) => batch === null).length;
  return { entries: rows.length, unadopted, batches: [...batches.values()], filters };
}

async function assertCounts(query: Query, rows: readonly FoundRow[]): Promise<void> {
  const counted = async (table: string, time: string) => {
    const columns = time === "" ? "''" : time;
    const counts = new Map<string, number>();
    for (
      const row of await query(
        `SELECT ${columns} AS at, HEX(service_name) AS service, severity, SUM(count) AS n FROM ${table}
         GROUP BY ${time === "" ? "" : `${time}, `}service_name, severity`,
      )
    ) if (Number(row.n) !== 0) counts.set(`${row.at} ${textOf(row.service)} ${row.severity}`, Number(row.n));
    return counts;
  };
  const grouped = (rows: readonly FoundRow[], key: (row: FoundRow) => string) => {
    const groups = new Map<string, number>();
    for (const row of rows) groups.set(key(row), (groups.get(key(row)) ?? 0) + 1);
    return groups;
  };
  assertEquals(sortedMap(await counted("service_severity", "")), sortedMap(grouped(rows, ({ pair }) => ` ${pair}`)));
  const adopted = rows.filter(({ batch }) => batch !== null);
  const hourOf = ({ time, pair }: FoundRow) => `${time.slice(0, 13)}:00:00 ${pair}`;
  assertEquals(sortedMap(await counted("service_severity_hours", "hour")), sortedMap(grouped(adopted, hourOf)));
  const minutes = await counted("service_severity_minutes", "minute");
  const expected = grouped(adopted, ({ time, pair }) => `${time.slice(0, 16)}:00 ${pair}`);
  // What the minutes do not name is counted together, with its severity.
  for (const [key, count] of [...minutes]) {
    const [, time, severity] = /^(\S+ \S+) {2}(\w+)$/.exec(key) ?? [];
    if (time === undefined) continue;
    let left = count;
    for (const [of, n] of [...expected]) {
      const own = minutes.get(of) ?? 0;
      if (!of.startsWith(`${time} `) || !of.endsWith(` ${severity}`) || of === key || own >= n) continue;
      left -= n - own;
      expected.set(of, own);
      if (own === 0) expected.delete(of);
    }
    assertEquals(left, 0, `${count} of further services at ${time}, by ${OTHERS}`);
    minutes.delete(key);
  }
  assertEquals(sortedMap(minutes), sortedMap(expected));
}

async function assertLedger(query: Query, rows: readonly FoundRow[]): Promise<Map<bigint, LedgerRow>> {
  const batches = new Map<bigint, LedgerRow>();
  for (
    const row of await query(
      `SELECT CAST(id AS CHAR) AS id, cause, entries, dead_letters, duplicates, bytes, publish_time_first AS first,
         publish_time_last AS last, CAST(word_filter AS CHAR) AS filter FROM batches ORDER BY id`,
    )
  ) {
    const id = BigInt(String(row.id));
    batches.set(id, {
      id,
      cause: String(row.cause),
      entries: Number(row.entries),
      deadLetters: Number(row.dead_letters),
      duplicates: Number(row.duplicates),
      bytes: Number(row.bytes),
      first: row.first === null ? null : String(row.first),
      last: row.last === null ? null : String(row.last),
      filter: bigintOf(row.filter),
    });
  }
  const own = Map.groupBy(rows.filter(({ batch }) => batch !== null), ({ batch }) => batch!);
  for (const id of own.keys()) assert(batches.has(id), `a row is of batch ${id}, which the ledger does not have`);
  for (const [id, { entries, deadLetters, first, last }] of batches) {
    const times = (own.get(id) ?? []).map(({ time }) => time);
    assertEquals([entries, first, last], [times.length, times[0] ?? null, times.at(-1) ?? null], `batch ${id}`);
    assert(entries + deadLetters > 0, `batch ${id} holds nothing`);
  }
  return batches;
}

/** Every row's words are found by the filter of its batch, in the way in which SQL is asked. */
async function assertWords(
  query: Query,
  { rows, batches }: { readonly rows: readonly FoundRow[]; readonly batches: ReadonlyMap<bigint, LedgerRow> },
): Promise<number> {
  const filters = new Map<string, { level: number; chunk: number; bits: Uint8Array }[]>();
  let count = 0;
  for (
    const row of await query(
      "SELECT day, level, chunk, CAST(batch AS CHAR) AS batch, HEX(bits) AS bits FROM word_filters",
    )
  ) {
    const key = `${row.day} ${row.batch}`;
    const filter = { level: Number(row.level), chunk: Number(row.chunk), bits: Uint8Array.fromHex(String(row.bits)) };
    count++;
    if (filters.has(key)) filters.get(key)!.push(filter);
    else filters.set(key, [filter]);
  }
  const used = new Set([...batches.values()].map(({ filter }) => String(filter)));
  for (const key of filters.keys()) assert(used.has(key.split(" ")[1]!), `a filter that no batch has: ${key}`);
  for (const { time, batch, payload, attributes } of rows) {
    if (batch === null) continue;
    const hashes = wordsOf(payload).map(wordHash);
    for (const [name, value] of Object.entries(attributes)) {
      if (!name.startsWith(CLIENT_ATTRIBUTE)) hashes.push(attributeHash(fold(name), fold(value)));
    }
    if (hashes.length === 0) continue;
    const filter = filters.get(`${time.slice(0, 10)} ${batches.get(batch)!.filter}`);
    assert(filter !== undefined, `the row of ${time} has words and no filter`);
    if (filter.some(({ level }) => level === SCAN_LEVEL)) continue;
    for (const hash of hashes) {
      assert(mayHold(filter, probesOf(hash)), `a word of ${JSON.stringify(payload)} is not found`);
    }
  }
  return count;
}

function sortedMap<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => a < b ? -1 : 1);
}
