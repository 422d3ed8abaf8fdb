/**
 * Rows as the version before left them, millions of them: the server multiplies them itself.
 *
 * @module
 */
import { createConnection } from "mysql2/promise";
import { SEVERITIES } from "../../../src/entry/entry.ts";
import { DAY_MS } from "../../../src/ops/durations.ts";
import { Random } from "../../../src/ops/random.ts";
import { payloadText } from "../../../src/sim/payloads.ts";
import type { TestDatabase } from "../../support/database.ts";

/** What begins the names of their services, which no other has. */
export const OLD = "old-";
/** The days before today that they lie in, evenly. */
const DAYS = 8;
const SERVICES = 20;
/** Different texts. */
const SEEDS = 10_000;
/** Of one statement. */
const ROWS_AT_ONCE = 200_000;

/** How many, and who hears of it. */
export interface OldRowsOptions {
  /** A multiple of 10,000. */
  readonly rows: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A sum over the rows of what each is, whatever order they are read in. */
export interface OldRows {
  readonly rows: number;
  readonly sum: string;
}

/** Fills the tables of version 1, the counts among them. */
export async function fillOldRows(database: TestDatabase, options: OldRowsOptions): Promise<void> {
  const { rows, seed, say, signal } = options;
  const connection = await createConnection({ uri: database.plainUrl, charset: "utf8mb4_bin" });
  const query = (sql: string, values?: readonly unknown[]) => connection.query(sql, values as unknown[]);
  try {
    await query("CREATE TABLE seeds (n INT PRIMARY KEY, service VARCHAR(100), severity VARCHAR(10), payload TEXT)");
    const random = new Random(seed);
    const seeds = Array.from({ length: SEEDS }, (_, n) => {
      const severity = random.pick(SEVERITIES);
      return [n, `${OLD}${n % SERVICES}`, severity, payloadText(severity, random)];
    });
    await query("INSERT INTO seeds VALUES ?", [seeds]);
    await query("CREATE TABLE rounds (m INT PRIMARY KEY)");
    await query("INSERT INTO rounds VALUES ?", [Array.from({ length: rows / SEEDS }, (_, m) => [m])]);
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const start = new Date(today - DAYS * DAY_MS).toISOString().slice(0, 19).replace("T", " ");
    const micros = Math.floor(DAYS * DAY_MS * 1_000 / rows);
    const rounds = ROWS_AT_ONCE / SEEDS;
    for (let from = 0; from < rows / SEEDS && !signal.aborted; from += rounds) {
      // Each has a word that no other has.
      await query(
        `INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, timestamp)
SELECT at, CONCAT('9', n), service, CONCAT(payload, ' row_', n), severity, at
FROM (SELECT TIMESTAMPADD(MICROSECOND, (m * ${SEEDS} + s.n) * ${micros}, CAST('${start}' AS DATETIME(6))) AS at,
  m * ${SEEDS} + s.n AS n, service, severity, payload
FROM rounds CROSS JOIN seeds s WHERE m >= ${from} AND m < ${from + rounds}) AS multiplied ORDER BY at`,
      );
      if (from % (10 * rounds) === 0) say(`    ${Math.min((from + rounds) * SEEDS, rows)} of ${rows} old rows`);
    }
    await query(
      `INSERT INTO service_severity (service_name, severity, \`count\`)
SELECT service, severity, COUNT(*) * ${rows / SEEDS} FROM seeds GROUP BY service, severity`,
    );
    await query("DROP TABLE seeds, rounds");
  } finally {
    await connection.end();
  }
}

/** The word that only this row has. */
export function wordOf(n: number): string {
  return `row_${n}`;
}

/** Reads every old row. */
export async function sumOfOldRows({ query }: TestDatabase): Promise<OldRows> {
  const [row] = await query(
    `SELECT COUNT(*) AS n, SUM(CRC32(CONCAT_WS('|', publish_time, message_id, service_name, severity, timestamp, payload)))
AS sum FROM service_logs WHERE service_name LIKE '${OLD}%'`,
  );
  return { rows: Number(row?.n), sum: String(row?.sum) };
}
