/**
 * Scenario `counters`: eight writers on the same twenty counters, with duplicates among them.
 *
 * @module
 */
import { SEVERITIES } from "../../src/entry/entry.ts";
import { BatchWriter, type Writable } from "../../src/store/batch_writer.ts";
import { parseDatabaseUrl } from "../../src/store/database_url.ts";
import { openStore } from "../../src/store/open_store.ts";
import { startDatabase, type TestServer } from "../support/database.ts";
import type { SoakOptions, SoakResult } from "./result.ts";

const WRITERS = 8;
const SERVICES = ["alpha", "bravo", "charlie", "delta"];
const ENTRIES_PER_BATCH = 300;
/** Every batch of this number is written by two writers at once, as two instances do after a redelivery. */
const TWICE_EVERY = 5;

/** Runs the scenario. */
export async function counters({ database: kind, seconds, seed, signal, say }: SoakOptions): Promise<SoakResult> {
  await using server = await startDatabase(kind, { own: true });
  await using database = await server.freshDatabase();
  const url = parseDatabaseUrl(database.url);
  if (!url.ok) throw new Error(url.problem);
  // A store each, as eight instances have.
  const stores = Array.from(
    { length: WRITERS },
    () => openStore(url.value, { writers: 1, onWarning: (warning) => say(warning) }),
  );
  const deadlocksBefore = await deadlocks(server);
  let [transactions, retried, written, sent, duplicates, next] = [0, 0, 0, 0, 0, 0];
  const startedAt = performance.now();
  try {
    await stores[0]!.migrate({ dryRun: false });
    const deadline = startedAt + seconds * 1000;
    await Promise.all(stores.map(async (store, index) => {
      const writer = new BatchWriter({ store, abort: signal, events: { retried: () => retried++ } });
      while (performance.now() < deadline && !signal.aborted) {
        const number = next++;
        const items = batch(number);
        sent += items.length;
        written += items.length;
        const results = [
          await Promise.all([
            writer.write(items),
            ...(number % TWICE_EVERY === 0
              ? [new BatchWriter({
                store: stores[(index + 1) % WRITERS]!,
                abort: signal,
                events: { retried: () => retried++ },
              }).write(items)]
              : []),
          ]),
        ].flat();
        transactions += results.length;
        written += (results.length - 1) * items.length;
        duplicates += results.reduce((sum, result) => sum + result.duplicates, 0);
      }
    }));
    const elapsed = (performance.now() - startedAt) / 1000;
    const { entries, counted } = await stores[0]!.totals();
    const keys = (await stores[0]!.severityCounts()).length;
    const wrong = await database.query(
      "SELECT s.service_name FROM service_severity s JOIN (SELECT service_name, severity, COUNT(*) AS n FROM service_logs \
GROUP BY service_name, severity) l USING (service_name, severity) WHERE s.`count` <> l.n",
    );
    const problems = [
      ...(entries === sent ? [] : [`${sent} entries were written and ${entries} are stored`]),
      ...(counted === entries ? [] : [`${entries} entries are stored and ${counted} are counted`]),
      ...(wrong.length === 0 ? [] : [`${wrong.length} counter(s) differ from their rows`]),
      ...(duplicates === written - sent ? [] : [`${written - sent} duplicates were written and ${duplicates} found`]),
      ...(keys === SERVICES.length * SEVERITIES.length ? [] : [`there are ${keys} counters`]),
    ];
    return {
      scenario: "counters",
      setting: { database: server.version, writers: WRITERS, counters: keys, seconds, seed },
      figures: {
        transactions,
        "transactions a second": Math.round(transactions / elapsed),
        entries,
        counted,
        "duplicates written and found": duplicates,
        "transactions run again after a lost race": retried,
        "deadlocks that the server counted": await deadlocks(server) - deadlocksBefore,
      },
      tables: [],
      problems,
    };
  } finally {
    await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()));
  }
}

/** A batch that touches every counter; its ids tell batches apart. */
function batch(number: number): Writable[] {
  return Array.from({ length: ENTRIES_PER_BATCH }, (_, i) => ({
    record: {
      publishTime: `2026-01-01 00:${String(Math.floor(number / 60) % 60).padStart(2, "0")}:${
        String(number % 60).padStart(2, "0")
      }.${String(i).padStart(6, "0")}`,
      messageId: `${number}-${i}`,
      serviceName: SERVICES[i % SERVICES.length]!,
      payload: `entry ${i} of batch ${number}`,
      severity: SEVERITIES[Math.floor(i / SERVICES.length) % SEVERITIES.length]!,
      timestamp: "2026-01-01 00:00:00.000000",
    },
    raw: { data: new Uint8Array(), attributes: {} },
  }));
}

async function deadlocks(server: TestServer): Promise<number> {
  const [row] = await server.query(
    "SELECT `count` AS n FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'",
  );
  return Number(row?.n ?? 0);
}
