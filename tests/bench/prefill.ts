/**
 * Fills tables with many rows, without a message.
 *
 * @module
 */
import { createConnection } from "mysql2/promise";
import type { TestDatabase } from "../support/database.ts";
import { type Bench, pause } from "./scenario.ts";

/** Rows of one statement, each a transaction. */
const CHUNK = 100_000;
/** Rows lie in the day before now, evenly: in today's and in yesterday's partition, as those of a busy service do. */
const SPAN_SECONDS = 86_400;
/** None is of a time that a round may look at. */
const GAP_SECONDS = 60;

/**
 * Adds rows of three services to `service_logs` and counts them in `service_severity`. Ten million take two to four
 * minutes. They have a batch, so that no monitor adopts them while it is measured.
 */
export async function prefill({ say, signal }: Bench, database: TestDatabase, rows: number): Promise<void> {
  if (rows === 0) return;
  const connection = await createConnection({ uri: database.url });
  try {
    await connection.query("SET time_zone = '+00:00'");
    // Rows that nobody has to replicate.
    await connection.query("SET SESSION sql_log_bin = 0");
    await connection.query("CREATE TABLE bench_numbers (n INT NOT NULL PRIMARY KEY)");
    const ten = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(" UNION ALL ");
    await connection.query(
      `INSERT INTO bench_numbers SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d \
FROM (${ten}) a, (${ten}) b, (${ten}) c, (${ten}) e, (${ten}) f`,
    );
    const [[start]] = await connection.query(
      `SELECT DATE_FORMAT(NOW(6) - INTERVAL ${SPAN_SECONDS + GAP_SECONDS} SECOND, '%Y-%m-%d %H:%i:%s') AS start`,
    ) as unknown as [[{ start: string }]];
    const stepMicros = Math.floor(SPAN_SECONDS * 1e6 / rows);
    for (let from = 0; from < rows; from += CHUNK) {
      await connection.query(
        `INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, \`timestamp\`, batch)
SELECT t, LPAD(CRC32(i), 10, '0'), ELT(1 + i % 3, 'alpha', 'bravo', 'charlie'), RPAD(CRC32(i), 100, CRC32(i + 1)),
  ELT(1 + i % 5, 'debug', 'info', 'warn', 'error', 'fatal'), t, 1
FROM (
  SELECT n + ${from} AS i, '${start!.start}' + INTERVAL (n + ${from}) * ${stepMicros} MICROSECOND AS t
  FROM bench_numbers WHERE n < ${Math.min(CHUNK, rows - from)} ORDER BY n
) numbered`,
      );
      if (from % 1_000_000 === 0 && from > 0) say(`    filled ${from} of ${rows} rows`);
      signal.throwIfAborted();
    }
    await connection.query("DROP TABLE bench_numbers");
    await connection.query(
      "INSERT INTO service_severity (service_name, severity, `count`) \
SELECT service_name, severity, COUNT(*) FROM service_logs GROUP BY service_name, severity",
    );
  } finally {
    await connection.end();
  }
  // What the server still has to write of it is not the first round's business.
  await pause(Math.min(10_000, rows / 1_000), signal);
}
