import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "../../src/store/open_store.ts";
import { assertAccount } from "./store_account.ts";
import { entries, keys } from "../support/entries.ts";

/** Few keys, on both sides of midnight, so that histories meet each other's messages. */
const identities = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      publishTime: fc.constantFrom(
        "2026-01-02 23:59:59.999999",
        "2026-01-03 00:00:00.000000",
        "2026-01-03 01:00:00.000001",
      ),
      messageId: fc.integer({ min: 1, max: 9 }).map(String),
    }),
  },
  { weight: 1, arbitrary: keys() },
);
const someEntries = fc.array(
  fc.tuple(entries(), identities).map(([entry, key]) => ({ ...entry, ...key })),
  { maxLength: 20 },
);
const letters = fc.array(
  identities.map((key) => ({
    ...key,
    reason: "not_json" as const,
    detail: "",
    data: new Uint8Array(),
    attributes: {},
  })),
  { maxLength: 4 },
);

const steps = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("write" as const), who: fc.nat(1), entries: someEntries, letters }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("replay" as const), who: fc.nat(1), entries: someEntries }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("adopt", "forget", "repair", "merge"), who: fc.nat(1) }) },
);

Deno.test("all counts, the ledger and the words agree after any history of writes, redeliveries, replays and adoptions", async () => {
  const { signal } = new AbortController();
  const folder = await Deno.makeTempDir({ prefix: "lms-records-" });
  let run = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 8 }), async (history) => {
        const path = `${folder}/${run++}.db`;
        const open = () => openStore({ kind: "sqlite", path }, { writers: 1, onWarning: () => {}, minuteServices: 2 });
        await using one = open();
        await using two = open();
        await one.migrate({ dryRun: false });
        using db = new DatabaseSync(path);
        for (const step of history) {
          const store = step.who === 0 ? one : two;
          if ("letters" in step) await store.write({ entries: step.entries, deadLetters: step.letters }, { signal });
          else if ("entries" in step) {
            const distinct = new Map(step.entries.map((entry) => [entry.publishTime + entry.messageId, entry]));
            await store.replay([...distinct.values()]);
          } else if (step.do === "forget") forgetBatches(db);
          else if (step.do === "adopt") await store.adopt();
          else if (step.do === "merge") await store.mergeFilters();
          else await store.repair();
        }
        const query = (sql: string) => Promise.resolve(db.prepare(sql).all());
        await assertAccount(query);
        const { differences, times, filters, inBoth } = await one.verify();
        assertEquals([differences, times, filters, inBoth], [[], [], [], 0]);
      }),
      { numRuns: 60 },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** As if the version before had stored all that there is. */
function forgetBatches(db: DatabaseSync): void {
  for (const table of ["batches", "word_filters", "service_severity_minutes", "service_severity_hours"]) {
    db.exec(`DELETE FROM ${table}`);
  }
  db.exec("UPDATE service_logs SET batch = NULL");
}
