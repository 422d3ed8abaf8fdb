import { assert, assertEquals } from "@std/assert";
import { StoredLogQueries } from "../../../src/reading/stored_log_queries.ts";
import type { LogReader } from "../../../src/store/log_reader.ts";
import { openLogReader } from "../../../src/store/open_log_reader.ts";
import { SQLITE_DIALECT } from "../../../src/store/sqlite/log_statements.ts";
import { SqliteStore } from "../../../src/store/sqlite/store.ts";
import { key } from "../../support/entries.ts";
import { landingStatements } from "../../support/landing.ts";
import { readEntry } from "../../support/memory_log_queries.ts";

const ADDRESS = { kind: "sqlite", path: ":memory:" } as const;
const onWarning = (message: string) => assertEquals(message, "no warning");

/** A reader that runs something after each answer to `candidates`. */
function interrupted(reader: LogReader, after: () => Promise<void>): LogReader {
  return new Proxy(reader, {
    get: (target, name) => {
      if (name !== "candidates") {
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return async (...args: Parameters<LogReader["candidates"]>) => {
        const found = await target.candidates(...args);
        await after();
        return found;
      };
    },
  });
}

Deno.test("search() finds rows that are adopted after the filters were asked, and before rows without a batch are read", async () => {
  await using store = new SqliteStore(ADDRESS, {
    access: "create",
    onWarning,
    instance: { name: "lms", version: "" },
    minuteServices: 2_000,
  });
  await store.migrate({ dryRun: false });
  // More than one step reads, so that the last are read after the filters were asked.
  const old = Array.from({ length: 700 }, (_, n) => readEntry({ ...key(n), payload: n < 3 ? "a needle" : "hay" }));
  const db = store.share((db) => db);
  for (const sql of landingStatements(SQLITE_DIALECT, { entries: old })) db.exec(sql);
  const later = { ...key(9), publishTime: "2026-01-03 00:00:00.000000" };
  const entry = {
    ...later,
    serviceName: "alpha",
    payload: "other",
    severity: "info",
    timestamp: later.publishTime,
  } as const;
  await store.write({ entries: [entry], deadLetters: [] }, { signal: new AbortController().signal });
  let adopted = 0;
  const reader = interrupted(openLogReader(ADDRESS, { onWarning, store }), async () => {
    adopted += Number(await store.adopt());
  });
  const queries = new StoredLogQueries(reader);
  const query = {
    terms: [{
      kind: "text",
      text: "needle",
      openStart: false,
      openEnd: false,
      negated: false,
      place: { at: 0, length: 0 },
    }],
  } as const;
  const page = await queries.page({ query, range: {}, order: "newest_first", limit: 10 });
  assertEquals(adopted, 700);
  assertEquals(page.entries.map(({ messageId }) => messageId), [2, 1, 0].map((n) => key(n).messageId));
  assert(page.complete);
});
