import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Batch, batches } from "../../src/batch/batcher.ts";
import { sleep } from "../../src/ops/sleep.ts";
import { FakeTime } from "../support/time.ts";

interface Item {
  readonly n: number;
  readonly bytes: number;
}

/** A group of items by their sizes, and how long it takes until it comes. */
interface Arrival {
  readonly afterMs: number;
  readonly sizes: readonly number[];
}

interface Flushed {
  readonly batch: Batch<Item>;
  readonly askedAt: number;
  readonly at: number;
}

const arrivals = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2_500 })),
    sizes: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 12 }),
  }),
  { maxLength: 15 },
);

const limits = fc.record({
  countMax: fc.integer({ min: 1, max: 10 }),
  bytesMax: fc.integer({ min: 1, max: 100 }),
  intervalMs: fc.constantFrom(1, 100, 1_000, 5_000),
});

Deno.test("batches() holds its limits and loses, doubles, reorders nothing, however groups and consumer take turns", async () => {
  await fc.assert(fc.asyncProperty(
    arrivals,
    limits,
    fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 5 }),
    fc.boolean(),
    async (groups, limits, pausesMs, fails) => {
      using time = new FakeTime();
      const sent: Item[] = [];
      const readAt: number[] = [];
      const flushed: Flushed[] = [];
      let failure: unknown;

      async function consume(): Promise<void> {
        const flushes = batches(source(groups, { sent, readAt, fails }), limits, { bytesOf: ({ bytes }) => bytes });
        for (let turn = 0;; turn++) {
          const askedAt = performance.now();
          const { done, value } = await flushes.next();
          if (done) return;
          flushed.push({ batch: value, askedAt, at: performance.now() });
          await sleep(pausesMs[turn % pausesMs.length]!);
        }
      }

      const consuming = consume().catch((error) => failure = error);
      await time.runAllAsync();
      await consuming;
      assertEquals(time.timers, 0);
      assertEquals(failure instanceof Error, fails);

      const items = flushed.flatMap(({ batch }) => batch.items);
      // A source that fails drops what was not flushed, which is always what came last.
      assertEquals(items, fails ? sent.slice(0, items.length) : sent);
      if (fails) assert(sent.length - items.length < limits.countMax);

      for (const [i, { batch, askedAt, at }] of flushed.entries()) {
        const { items, bytes, trigger } = batch;
        const first = items[0];
        assert(first !== undefined, "an empty batch");
        assert(items.length <= limits.countMax);
        assertEquals(bytes, items.reduce((sum, item) => sum + item.bytes, 0));
        assert(bytes <= limits.bytesMax || items.length === 1);
        // Late only where the consumer was.
        assert(at <= Math.max(askedAt, readAt[first.n]! + limits.intervalMs), "flushed after its interval");
        const next = sent[items.at(-1)!.n + 1];
        switch (trigger) {
          case "count":
            assertEquals(items.length, limits.countMax);
            break;
          case "bytes":
            assert(bytes >= limits.bytesMax || bytes + next!.bytes > limits.bytesMax);
            break;
          case "interval":
            assert(at >= readAt[first.n]! + limits.intervalMs);
            break;
          case "end":
            assert(i === flushed.length - 1 && !fails);
        }
      }
    },
  ));
});

/** Yields the groups at their times, and keeps when each item was read. */
async function* source(
  groups: readonly Arrival[],
  { sent, readAt, fails }: { readonly sent: Item[]; readonly readAt: number[]; readonly fails: boolean },
): AsyncGenerator<readonly Item[]> {
  for (const { afterMs, sizes } of groups) {
    if (afterMs > 0) await sleep(afterMs);
    const group = sizes.map((bytes, i) => ({ n: sent.length + i, bytes }));
    for (const item of group) {
      sent.push(item);
      readAt.push(performance.now());
    }
    yield group;
  }
  if (fails) throw new Error("the source broke");
}

Deno.test("batches() can be left at any moment: a pending next() ends, and no timer stays", async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, limits, fc.integer({ min: 0, max: 20_000 }), async (groups, limits, ms) => {
      using time = new FakeTime();
      const flushes = batches(source(groups, { sent: [], readAt: [], fails: false }), limits, {
        bytesOf: ({ bytes }) => bytes,
      });
      let ended = false;
      const consuming = (async () => {
        while (!(await flushes.next()).done);
        ended = true;
      })();
      await time.tickAsync(ms);
      await flushes.return!();
      await consuming;
      assertEquals(ended, true);
      // Only the source's own wait may be left, for it was not waited for.
      assert(time.timers <= 1);
      await time.runAllAsync();
      assertEquals(time.timers, 0);
    }),
  );
});
