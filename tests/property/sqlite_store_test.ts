import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DEAD_LETTER_REASONS, type LogEntry } from "../../src/entry/entry.ts";
import { openStore } from "../../src/store/open_store.ts";
import type { WriteBatch } from "../../src/store/store.ts";
import { entries, keys } from "../support/entries.ts";

/** Few keys, so that batches meet each other's messages. */
const few = fc.record({
  publishTime: fc.constantFrom("2026-01-02 03:04:05.000006", "2026-01-02 03:04:05.000007"),
  messageId: fc.integer({ min: 1, max: 12 }).map(String),
});
const identities = fc.oneof({ weight: 3, arbitrary: few }, { weight: 1, arbitrary: keys() });

const batches: fc.Arbitrary<WriteBatch> = fc.record({
  entries: fc.array(fc.tuple(entries(), identities).map(([entry, key]) => ({ ...entry, ...key })), { maxLength: 70 }),
  deadLetters: fc.array(
    fc.record({
      key: identities,
      reason: fc.constantFrom(...DEAD_LETTER_REASONS),
      detail: fc.string({ unit: "binary", maxLength: 30 }),
      data: fc.uint8Array({ maxLength: 30 }),
    }).map(({ key, ...fields }) => ({ ...key, ...fields, attributes: {} })),
    { maxLength: 6 },
  ),
});

/** What a store promises, in the plainest way: a message is settled by whichever item of it comes first. */
class Model {
  readonly stored = new Map<string, LogEntry>();
  readonly parked = new Set<string>();

  write(batch: WriteBatch) {
    const before = [this.stored.size, this.parked.size] as const;
    const name = (item: { publishTime: string; messageId: string }) => `${item.publishTime} ${item.messageId}`;
    for (const entry of batch.entries) {
      if (!this.stored.has(name(entry)) && !this.parked.has(name(entry))) this.stored.set(name(entry), entry);
    }
    for (const letter of batch.deadLetters) if (!this.stored.has(name(letter))) this.parked.add(name(letter));
    const [stored, deadLettered] = [this.stored.size - before[0], this.parked.size - before[1]];
    return {
      stored,
      deadLettered,
      duplicates: batch.entries.length + batch.deadLetters.length - stored - deadLettered,
    };
  }

  counts() {
    const counts = new Map<string, number>();
    for (const { serviceName, severity } of this.stored.values()) {
      const name = JSON.stringify([serviceName, severity]);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }
}

Deno.test({
  name: "an SQLite store does what a map and a set do, over any history of batches",
  permissions: "none",
  fn: async () => {
    const { signal } = new AbortController();
    await fc.assert(
      fc.asyncProperty(fc.array(batches, { minLength: 1, maxLength: 6 }), async (history) => {
        await using store = openStore({ kind: "sqlite", path: ":memory:" }, { writers: 1, onWarning: () => {} });
        await store.migrate({ dryRun: false });
        const model = new Model();
        for (const batch of history) {
          const { landed, ...numbers } = await store.write(batch, { signal });
          assertEquals(numbers, model.write(batch));
          assertEquals(landed === "all" ? batch.entries.length : landed.length, numbers.stored);
        }
        assertEquals(await store.totals(), {
          entries: model.stored.size,
          counted: model.stored.size,
          deadLetters: model.parked.size,
        });
        const counts = (await store.severityCounts()).map((row) =>
          [JSON.stringify([row.serviceName, row.severity]), row.count] as const
        );
        assertEquals(new Map(counts), model.counts());
        const stored = [...model.stored].sort(([a], [b]) => a < b ? -1 : 1).map(([, entry]) => ({ ...entry }));
        const read = await store.entriesByKey(history.flatMap((batch) => [...batch.entries, ...batch.deadLetters]));
        assertEquals(read.map(({ createdAt: _, ...entry }) => entry), stored);
      }),
    );
  },
});
