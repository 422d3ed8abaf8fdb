/**
 * Readers beside writers, in any interleaving: what a walk promises, what a tail promises, and that every row is found by
 * its words. On an SQLite database in memory, whose reader shares the writer's connection.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DatabaseSync } from "node:sqlite";
import { compareKeys, type LogEntry, SEVERITIES } from "../../src/entry/entry.ts";
import type { Cursor } from "../../src/reading/cursor.ts";
import type { Order, TailPoint } from "../../src/reading/log_queries.ts";
import { matcherOf } from "../../src/reading/match_query.ts";
import type { Query } from "../../src/reading/query.ts";
import { StoredLogQueries } from "../../src/reading/stored_log_queries.ts";
import { batchIdAt } from "../../src/reading/tail_point.ts";
import type { ReadEntry } from "../../src/store/log_rows.ts";
import { openLogReader } from "../../src/store/open_log_reader.ts";
import { SQLITE_DIALECT } from "../../src/store/sqlite/log_statements.ts";
import { SqliteStore } from "../../src/store/sqlite/store.ts";
import { wordsOf } from "../../src/words/words.ts";
import { landingStatements } from "../support/landing.ts";
import { readEntry } from "../support/memory_log_queries.ts";

const NEVER = new AbortController().signal;
const ADDRESS = { kind: "sqlite", path: ":memory:" } as const;
const onWarning = (message: string) => assertEquals(message, "no warning");

/** A migrated store in memory, its readers, and its connection. */
async function opened() {
  const store = new SqliteStore(ADDRESS, {
    access: "create",
    onWarning,
    instance: { name: "lms", version: "" },
    minuteServices: 2_000,
  });
  await store.migrate({ dryRun: false });
  const queries = new StoredLogQueries(openLogReader(ADDRESS, { onWarning, store }));
  const db = store.share((db) => db);
  return {
    store,
    queries,
    db,
    [Symbol.asyncDispose]: async () => {
      await queries[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

const WORDS = ["timeout", "Größe", "refused", "日本語", "x_1", "K", "İ", "a"];

/** Entries whose moments and words repeat, over three days. */
function someEntry(): fc.Arbitrary<LogEntry> {
  return fc.record({
    at: fc.integer({ min: 0, max: 40 }),
    id: fc.integer({ min: 0, max: 5_000 }),
    service: fc.constantFrom("alpha", "bravo", "ünï"),
    severity: fc.constantFrom(...SEVERITIES),
    words: fc.array(fc.constantFrom(...WORDS), { maxLength: 4 }),
    text: fc.string({ unit: "binary", maxLength: 8 }),
  }).map(({ at, id, service, severity, words, text }) => {
    const publishTime = new Date(Date.UTC(2026, 10, 22, 20) + Math.floor(at / 2) * 5_400_000).toISOString()
      .replace("T", " ").replace("Z", "000");
    const payload = [...words, text].join(" ");
    return {
      publishTime,
      messageId: String(10_000 + id),
      serviceName: service,
      severity,
      payload,
      timestamp: publishTime,
    };
  });
}

type Step =
  | { readonly kind: "write"; readonly entries: readonly LogEntry[] }
  | { readonly kind: "before" | "adopt" | "merge"; readonly entries: readonly LogEntry[] };

function steps(): fc.Arbitrary<Step[]> {
  return fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant("write" as const),
          entries: fc.array(someEntry(), { maxLength: 12 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant("before" as const),
          entries: fc.array(someEntry(), { maxLength: 6 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constantFrom("adopt" as const, "merge" as const), entries: fc.constant([]) }),
      },
    ),
    { minLength: 1, maxLength: 12 },
  );
}

/** Carries a step out, and keeps the model of what is stored: the first of a key stays. */
async function carryOut(
  { store, db }: { store: SqliteStore; db: DatabaseSync },
  step: Step,
  stored: Map<string, LogEntry>,
) {
  const isNew = (entry: LogEntry) => !stored.has(keyOf(entry));
  switch (step.kind) {
    case "write":
      await store.write({ entries: step.entries, deadLetters: [] }, { signal: NEVER });
      break;
    case "before": {
      // As the version before writes: the rows and their count, and nothing else.
      const fresh = [...new Map(step.entries.filter(isNew).map((entry) => [keyOf(entry), entry])).values()];
      for (const sql of landingStatements(SQLITE_DIALECT, { entries: fresh.map((entry) => readEntry(entry)) })) {
        db.exec(sql);
      }
      fresh.forEach((entry) => stored.set(keyOf(entry), entry));
      return;
    }
    case "adopt":
      await store.adopt();
      return;
    case "merge":
      await store.mergeFilters();
      return;
  }
  for (const entry of step.entries) if (isNew(entry)) stored.set(keyOf(entry), entry);
}

function keyOf({ publishTime, messageId }: LogEntry): string {
  return `${publishTime} ${messageId}`;
}

function termOf(text: string, open = false): Query {
  return {
    terms: [{ kind: "text", text, openStart: open, openEnd: open, negated: false, place: { at: 0, length: 0 } }],
  };
}

const QUERIES: readonly Query[] = [
  { terms: [] },
  { terms: [{ kind: "service", names: ["alpha", "ünï"], negated: false, place: { at: 0, length: 0 } }] },
  { terms: [{ kind: "severity", severities: ["error", "fatal"], negated: false, place: { at: 0, length: 0 } }] },
  termOf("TIMEOUT"),
  termOf("größe"),
  termOf("k"),
  termOf("i", true),
  termOf("imeou", true),
];

Deno.test("a walk has what was committed before its first page once, and what lands meanwhile at most once", async () => {
  await fc.assert(
    fc.asyncProperty(
      steps(),
      steps(),
      fc.constantFrom(...QUERIES),
      fc.constantFrom<Order>("newest_first", "oldest_first"),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 30 }),
      async (first, meanwhile, query, order, limit, rowsMax) => {
        await using world = await opened();
        const stored = new Map<string, LogEntry>();
        for (const step of first) await carryOut(world, step, stored);
        const before = [...stored.values()];
        const walked: ReadEntry[] = [];
        const left = [...meanwhile];
        let cursor: Cursor | undefined;
        for (let pages = 0;; pages++) {
          const page = await world.queries.page({ query, range: {}, order, limit, cursor }, { rowsMax });
          walked.push(...page.entries);
          cursor = page.next;
          if (cursor === undefined) break;
          assert(pages < 1_000, "the walk does not end");
          const step = left.shift();
          if (step !== undefined) await carryOut(world, step, stored);
        }
        const sorted = walked.toSorted(compareKeys);
        assertEquals(walked, order === "newest_first" ? sorted.reverse() : sorted);
        const keys = walked.map(keyOf);
        assertEquals(keys.length, new Set(keys).size);
        const matches = matcherOf(query);
        assertEquals(before.filter((entry) => matches(entry) && !keys.includes(keyOf(entry))), []);
        for (const entry of walked) {
          assert(matches(entry));
          assertEquals(entry.payload, stored.get(keyOf(entry))?.payload);
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("every stored row is found by each of its words, however it came, and was adopted or merged since", async () => {
  await fc.assert(
    fc.asyncProperty(steps(), async (history) => {
      await using world = await opened();
      const stored = new Map<string, LogEntry>();
      for (const step of history) await carryOut(world, step, stored);
      for (const entry of stored.values()) {
        for (const word of new Set(wordsOf(entry.payload))) {
          const query = termOf(word);
          const page = await world.queries.page({ query, range: {}, order: "oldest_first", limit: 1_000 });
          const matches = matcherOf(query);
          const expected = [...stored.values()].filter((row) => matches(row)).map(keyOf).sort();
          assertEquals(page.entries.map(keyOf), expected, word);
          assertEquals(page.unknownWords, []);
        }
      }
    }),
    { numRuns: 25 },
  );
});

Deno.test("page and tail together have each landed row, in whichever order batches begin and commit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 20 }),
      fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
      fc.integer({ min: 1, max: 8 }),
      async (offsets, paged, polls, rowsMax) => {
        await using world = await opened();
        const now = Date.now();
        const land = (offset: number, i: number) => {
          // Begun up to 100 s ago, and committed now.
          const id = batchIdAt(now - offset) + BigInt(i);
          const publishTime = new Date(now - offset).toISOString().replace("T", " ").replace("Z", "000");
          const entries = [0, 1, 2].map((n) => readEntry({ publishTime, messageId: `${i}-${n}` }));
          for (const sql of landingStatements(SQLITE_DIALECT, { entries, id })) world.db.exec(sql);
        };
        offsets.slice(0, paged).forEach(land);
        const page = await world.queries.page({ query: { terms: [] }, range: {}, order: "newest_first", limit: 1_000 });
        const told: ReadEntry[] = [];
        let from: TailPoint = page.tail!;
        const poll = async () => {
          let more = true;
          while (more) {
            const step = await world.queries.tail({ from }, { rowsMax });
            told.push(...step.entries);
            ({ point: from, more } = step);
          }
        };
        for (const [i, offset] of offsets.entries()) {
          if (i >= paged) land(offset, i);
          if (polls[i] === true) await poll();
        }
        await poll();
        const keys = [...page.entries, ...told].map(({ messageId }) => messageId).sort();
        assertEquals(keys, offsets.flatMap((_, i) => [0, 1, 2].map((n) => `${i}-${n}`)).sort());
      },
    ),
    { numRuns: 60 },
  );
});
