/**
 * A program that reads an SQLite file in its thread, as the product does. It prints what it found.
 *
 * @module
 */
import { StoredLogQueries } from "../../src/reading/stored_log_queries.ts";
import { openLogReader } from "../../src/store/open_log_reader.ts";
import { openStore } from "../../src/store/open_store.ts";

const address = { kind: "sqlite", path: "lms.db" } as const;
const options = { writers: 1, onWarning: print };

await using store = openStore(address, options);
await store.migrate({ dryRun: false });
const key = { publishTime: "2026-11-24 10:00:00.000001", messageId: "1" };
const entry = { ...key, serviceName: "alpha", payload: "found", severity: "info", timestamp: key.publishTime } as const;
await store.write({ entries: [entry], deadLetters: [] }, { signal: new AbortController().signal });
await using queries = new StoredLogQueries(openLogReader(address, options));
print((await queries.entry(key))?.payload ?? "not found");

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
