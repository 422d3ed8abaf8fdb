/**
 * Compares what simulators say they published with what the database holds.
 *
 * @module
 */
import mysql from "mysql2/promise";
import { type Manifest, payloadDigest } from "../../src/sim/manifest.ts";

/** What was found. No differences: every message is stored exactly once, and the tables agree. */
export interface Proof {
  readonly published: number;
  readonly entries: number;
  readonly counted: number;
  readonly deadLetters: number;
  readonly differences: readonly string[];
}

/** More than this would only hide what is wrong. */
const DIFFERENCES_MAX = 50;

interface LogRow {
  readonly message_id: string;
  readonly service_name: string;
  readonly severity: string;
  readonly payload: string;
}

/**
 * Reads both tables and the dead letters, by SQL of its own, and compares them with the manifest message by message
 * and per service and severity.
 *
 * @param manifest Must list its messages.
 */
export async function prove(databaseUrl: string, manifest: Manifest): Promise<Proof> {
  const connection = await mysql.createConnection({ uri: databaseUrl, charset: "utf8mb4" });
  try {
    const rows = await select<LogRow>(
      connection,
      "SELECT message_id, service_name, severity, payload FROM service_logs",
    );
    const dead = await select<{ message_id: string; reason: string }>(
      connection,
      "SELECT message_id, reason FROM dead_letters",
    );
    const counts = await select<{ service_name: string; severity: string; count: number }>(
      connection,
      "SELECT service_name, severity, `count` FROM service_severity",
    );
    const differences = [
      ...compareMessages(manifest, rows, dead),
      ...compareCounts(
        "service_severity and the manifest",
        tally(counts, (row) => Number(row.count)),
        published(manifest),
      ),
      ...compareCounts("service_severity and service_logs", tally(counts, (row) => Number(row.count)), tally(rows)),
    ];
    return {
      published: manifest.published,
      entries: rows.length,
      counted: counts.reduce((sum, { count }) => sum + Number(count), 0),
      deadLetters: dead.length,
      differences: differences.slice(0, DIFFERENCES_MAX),
    };
  } finally {
    await connection.end();
  }
}

async function select<Row>(connection: mysql.Connection, sql: string): Promise<Row[]> {
  const [rows] = await connection.query(sql);
  return rows as Row[];
}

function* compareMessages(
  manifest: Manifest,
  rows: readonly LogRow[],
  dead: readonly { readonly message_id: string; readonly reason: string }[],
): Generator<string> {
  if (manifest.messages === undefined) {
    throw new Error("Cannot prove anything: the manifest does not list its messages");
  }
  const expected = new Map(manifest.messages.map(([id, ...rest]) => [id, rest.join(" ")]));
  if (expected.size !== manifest.messages.length) yield "the manifest names an id twice";
  const seen = new Set<string>();
  const stored = [
    ...rows.map((row) => ({
      id: row.message_id,
      what: `${row.service_name} ${row.severity} ${payloadDigest(row.payload)}`,
    })),
    ...dead.map((row) => ({ id: row.message_id, what: row.reason })),
  ];
  for (const { id, what } of stored) {
    if (seen.has(id)) yield `message ${id} is stored twice`;
    seen.add(id);
    const wanted = expected.get(id);
    if (wanted === undefined) yield `message ${id} is stored, and nobody published it`;
    else if (wanted !== what) yield `message ${id} was published as "${wanted}" and stored as "${what}"`;
  }
  for (const id of expected.keys()) if (!seen.has(id)) yield `message ${id} was published and is not stored`;
}

function published(manifest: Manifest): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [service, counts] of manifest.valid) {
    for (const [severity, count] of Object.entries(counts)) if (count > 0) sums.set(`${service} ${severity}`, count);
  }
  return sums;
}

function tally<Row extends { readonly service_name: string; readonly severity: string }>(
  rows: readonly Row[],
  weight: (row: Row) => number = () => 1,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const key = `${row.service_name} ${row.severity}`;
    sums.set(key, (sums.get(key) ?? 0) + weight(row));
  }
  return sums;
}

function* compareCounts(
  what: string,
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): Generator<string> {
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const [left, right] = [a.get(key) ?? 0, b.get(key) ?? 0];
    if (left !== right) yield `${what} differ for ${key}: ${left} and ${right}`;
  }
}
