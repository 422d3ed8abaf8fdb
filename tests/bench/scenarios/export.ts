/**
 * How fast everything that is stored comes out, and with how much memory.
 *
 * @module
 */
import type { TestDatabase } from "../../support/database.ts";
import { LmsProcess } from "../../support/lms_process.ts";
import { alternate } from "../alternate.ts";
import { Records } from "../export/records.ts";
import { usageOf } from "../process_usage.ts";
import { fill } from "../reading/fill.ts";
import { ReferenceProcess } from "../reference_process.ts";
import { figure, type Round, row } from "../result.ts";
import { type Bench, databaseOf, type Scenario, targetOf } from "../scenario.ts";
import { ratios } from "../statistics.ts";
import { failure, stop } from "../subject.ts";
import { short } from "../table.ts";
import { migratedDatabase } from "../tables.ts";

type Format = "ndjson" | "csv";

const SIDES = ["ndjson", "csv", "driver"] as const;
const MB = 1024 * 1024;
/** Memory is compared with what it is after so much of an export. */
const WARM_SHARE = 0.2;
const MEMORY_EVERY_MS = 1_000;

/** What one side did in one round. */
interface Exported extends Round {
  /** Memory at the end over what it was after {@linkcode WARM_SHARE}; 1 for the driver. */
  readonly growth: number;
}

/**
 * `GET /v1/export` of all rows, as NDJSON and as CSV, each by an API of its own, and the driver's stream of the same rows
 * and columns in a process of its own.
 */
export const exportScenario: Scenario = {
  name: "export",
  summary: "all rows by /v1/export, as NDJSON and CSV, against the driver's own stream of the same rows",
  async run(bench) {
    const { options: { quick, rows = [quick ? 20_000 : 1_000_000], rounds }, say } = bench;
    const count = rows.at(-1)!;
    await using database = await migratedDatabase(bench.server);
    say(`  storing ${count} rows`);
    await fill(bench, database, { rows: count, endMs: Date.now() });
    const results = await alternate({ sides: SIDES, rounds }, async (side): Promise<Exported> => {
      const result = side === "driver"
        ? await drive(database, count)
        : await exported(bench, { database, format: side, rows: count });
      const { value, cpuMicros = 0, peakBytes = 0, growth } = result;
      say(
        `    ${side}: ${short(value)} rows/s, ${short(cpuMicros)} us of its CPU a row, ${
          short(peakBytes / MB)
        } MB at its peak, ${short(growth)} of what it was after a fifth`,
      );
      return result;
    });
    const [ndjson, csv, driver] = results.map((rounds) => rounds.map(({ value }) => value));
    return {
      scenario: "export",
      setting: { database: databaseOf(bench), rows: count },
      rows: SIDES.map((side, index) => row(side, { unit: "rows/s", rounds: results[index]! })),
      ratios: [
        figure("NDJSON over the driver", {
          rounds: ratios(ndjson!, driver!),
          target: targetOf(bench, { atLeast: 0.5 }),
        }),
        figure("CSV over the driver", { rounds: ratios(csv!, driver!), target: targetOf(bench, { atLeast: 0.5 }) }),
        figure("memory at the end over after a fifth", {
          rounds: results[0]!.map(({ growth }, round) => Math.max(growth, results[1]![round]!.growth)),
          target: targetOf(bench, { atMost: 1.2 }),
        }),
      ],
    };
  },
};

/** @throws {Error} When there is a record too few or too many. */
async function exported(
  { signal }: Bench,
  { database, format, rows }: { readonly database: TestDatabase; readonly format: Format; readonly rows: number },
): Promise<Exported> {
  await using api = new LmsProcess(["api"], { DATABASE_URL: database.url, HTTPADDRESS: "127.0.0.1:0" });
  const failed = failure("lms api", api);
  const { url } = await Promise.race([api.logged(({ msg }) => msg === "serving the HTTP API"), failed]);
  const before = await usageOf(api.pid);
  const startedAt = performance.now();
  const response = await fetch(`${url}/v1/export?format=${format}&order=oldest_first`, { signal });
  if (!response.ok) throw new Error(`the export: ${response.status} ${await response.text()}`);
  const records = new Records(format);
  const headers = format === "csv" ? 1 : 0;
  let warmBytes = 0;
  let memoryAt = 0;
  for await (const part of response.body!) {
    records.take(part);
    const elapsed = performance.now() - startedAt;
    if (elapsed < memoryAt || warmBytes > 0) continue;
    memoryAt = elapsed + MEMORY_EVERY_MS;
    if (records.count >= rows * WARM_SHARE) warmBytes = (await usageOf(api.pid)).residentBytes;
  }
  const took = performance.now() - startedAt;
  const after = await usageOf(api.pid);
  await stop("lms api", api);
  if (records.count !== rows + headers) throw new Error(`the export has ${records.count - headers} of ${rows} entries`);
  return {
    value: rows / (took / 1_000),
    cpuMicros: (after.cpuSeconds - before.cpuSeconds) * 1e6 / rows,
    peakBytes: after.peakBytes,
    growth: warmBytes === 0 ? 1 : after.residentBytes / warmBytes,
  };
}

async function drive(database: TestDatabase, rows: number): Promise<Exported> {
  await using driver = new ReferenceProcess("export/driver.ts", { DATABASE_URL: database.plainUrl });
  await driver.line();
  const before = await usageOf(driver.pid);
  await driver.go();
  const [count, ms] = (await driver.line()).split(" ").map(Number);
  const after = await usageOf(driver.pid);
  if (count !== rows) throw new Error(`the driver has ${count} of ${rows} rows`);
  return {
    value: rows / (ms! / 1_000),
    cpuMicros: (after.cpuSeconds - before.cpuSeconds) * 1e6 / rows,
    peakBytes: after.peakBytes,
    growth: 1,
  };
}
