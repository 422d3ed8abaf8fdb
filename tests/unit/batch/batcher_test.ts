import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { type Batch, batches } from "../../../src/batch/batcher.ts";
import type { BatchLimits } from "../../../src/batch/policy.ts";
import { PushSource } from "../../support/push_source.ts";
import { FakeTime } from "../../support/time.ts";

/** Numbers whose size in bytes is the number itself. */
const bytesOf = (item: number) => item;

/** Limits that nothing reaches, but for those given. */
function limited(limits: Partial<BatchLimits>): BatchLimits {
  return { countMax: 1_000, bytesMax: 1_000_000, intervalMs: 1_000, ...limits };
}

function setup(limits: Partial<BatchLimits>) {
  const source = new PushSource<readonly number[]>();
  return { source, flushes: batches(source, limited(limits), { bytesOf }) };
}

/** What was asked for and has not come yet, or has. */
function pendingNext(flushes: AsyncIterator<Batch<number>, undefined>) {
  const state: { result?: IteratorResult<Batch<number>, undefined>; error?: unknown } = {};
  flushes.next().then((result) => state.result = result, (error) => state.error = error);
  return state;
}

async function rest(flushes: AsyncIterable<Batch<number>>): Promise<Batch<number>[]> {
  return await Array.fromAsync(flushes);
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

Deno.test("batches() flushes at countMax items, across and within groups", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ countMax: 3 });
  source.push([1, 2], [3, 4, 5, 6, 7], [8]);
  source.end();
  assertEquals(await rest(flushes), [
    { items: [1, 2, 3], bytes: 6, trigger: "count" },
    { items: [4, 5, 6], bytes: 15, trigger: "count" },
    { items: [7, 8], bytes: 15, trigger: "end" },
  ]);
  assertEquals(time.timers, 0);
});

Deno.test("batches() flushes at countMax 1 every item alone", async () => {
  using _time = new FakeTime();
  const { source, flushes } = setup({ countMax: 1 });
  source.push([1, 2]);
  source.end();
  assertEquals((await rest(flushes)).map(({ items, trigger }) => [...items, trigger]), [[1, "count"], [2, "count"]]);
});

Deno.test("batches() flushes as soon as the bytes are reached, and before an item that would take them over", async () => {
  using _time = new FakeTime();
  const { source, flushes } = setup({ bytesMax: 100 });
  source.push([60, 40], [60], [41], [30]);
  source.end();
  assertEquals(await rest(flushes), [
    { items: [60, 40], bytes: 100, trigger: "bytes" },
    { items: [60], bytes: 60, trigger: "bytes" },
    { items: [41, 30], bytes: 71, trigger: "end" },
  ]);
});

Deno.test("batches() lets an item that is over the bytes go alone, in its place", async () => {
  using _time = new FakeTime();
  const { source, flushes } = setup({ bytesMax: 100 });
  source.push([1, 101, 2, 500]);
  source.end();
  assertEquals((await rest(flushes)).map(({ items, trigger }) => [...items, trigger]), [
    [1, "bytes"],
    [101, "bytes"],
    [2, "bytes"],
    [500, "bytes"],
  ]);
});

Deno.test("batches() flushes intervalMs after its first item, not a millisecond before", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ intervalMs: 1_000 });
  const pending = pendingNext(flushes);
  source.push([1]);
  await time.tickAsync(999);
  source.push([2]);
  await time.tickAsync(0);
  assertEquals(pending.result, undefined);
  await time.tickAsync(1);
  assertEquals(pending.result, { done: false, value: { items: [1, 2], bytes: 3, trigger: "interval" } });
  await flushes.return!();
  assertEquals(time.timers, 0);
});

Deno.test("batches() counts the interval from the batch's first item, not from the flush before", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ countMax: 2, intervalMs: 1_000 });
  source.push([1, 2]);
  assertEquals((await flushes.next()).value?.trigger, "count");
  const pending = pendingNext(flushes);
  // Ten idle intervals, and half of one more.
  await time.tickAsync(10_500);
  assertEquals(pending.result, undefined);
  source.push([3]);
  await time.tickAsync(999);
  assertEquals(pending.result, undefined);
  await time.tickAsync(1);
  assertEquals(pending.result?.value, { items: [3], bytes: 3, trigger: "interval" });
  await flushes.return!();
});

Deno.test("batches() of 10 makes 10, 10 of 25 waiting items, and 5 at the interval", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ countMax: 10, intervalMs: 1_000 });
  source.push(range(1, 25));
  assertEquals((await flushes.next()).value, { items: range(1, 10), bytes: 55, trigger: "count" });
  assertEquals((await flushes.next()).value, { items: range(11, 10), bytes: 155, trigger: "count" });
  const pending = pendingNext(flushes);
  await time.tickAsync(999);
  assertEquals(pending.result, undefined);
  await time.tickAsync(1);
  assertEquals(pending.result?.value, { items: range(21, 5), bytes: 115, trigger: "interval" });
  await flushes.return!();
});

Deno.test("batches() counts the time that an item waited for a slow consumer", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ countMax: 2, intervalMs: 1_000 });
  source.push([1, 2, 3]);
  await flushes.next();
  await time.tickAsync(1_000);
  // Item 3 was read 1,000 ms ago: it goes at once.
  assertEquals((await flushes.next()).value, { items: [3], bytes: 3, trigger: "interval" });
  await flushes.return!();
});

Deno.test("batches() keeps the read that was under way at a flush, and what it brings", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ intervalMs: 1_000 });
  source.push([1]);
  const first = pendingNext(flushes);
  await time.tickAsync(1_000);
  assertEquals(first.result?.value?.items, [1]);
  assertEquals(source.reads, 2);
  source.push([2]);
  await time.tickAsync(0);
  source.end();
  assertEquals(await rest(flushes), [{ items: [2], bytes: 2, trigger: "end" }]);
});

Deno.test("batches() starts no second read beside the one that outlived a flush", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ countMax: 2, intervalMs: 1_000 });
  source.push([1]);
  const first = pendingNext(flushes);
  await time.tickAsync(1_000);
  assertEquals(first.result?.value?.items, [1]);
  const second = pendingNext(flushes);
  await time.tickAsync(0);
  assertEquals(source.reads, 2);
  source.push([2], [3]);
  await time.tickAsync(0);
  assertEquals(second.result?.value?.items, [2, 3]);
  await flushes.return!();
});

Deno.test("batches() reads at most one group ahead of a slow consumer", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ countMax: 2, intervalMs: 1_000 });
  source.push(...range(1, 20).map((item) => [item]));
  assertEquals(source.reads, 0);
  await flushes.next();
  await time.tickAsync(60_000);
  assertEquals(source.reads, 2);
  await flushes.next();
  await time.tickAsync(60_000);
  assertEquals(source.reads, 4);
  await flushes.return!();
});

Deno.test("batches() reads one group ahead, and no more, when the interval flushed during a read", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ intervalMs: 1_000 });
  source.push([1]);
  const first = pendingNext(flushes);
  await time.tickAsync(1_000);
  assertEquals(first.result?.value?.trigger, "interval");
  source.push([2], [3], [4]);
  await time.tickAsync(60_000);
  assertEquals(source.waiting, 2);
  await flushes.return!();
});

Deno.test("batches() keeps its deadline while the source always has more", async () => {
  // A busy source never lets a timer fire; only the clock moves on.
  const realNow = performance.now;
  let now = 0;
  performance.now = () => now;
  try {
    let read = 0;
    const source: AsyncIterable<readonly number[]> = {
      [Symbol.asyncIterator]: () => ({
        next() {
          now += 100;
          // An end, so that a batcher that misses the deadline fails instead of reading for ever.
          return Promise.resolve(++read > 50 ? { done: true, value: undefined } : { done: false, value: [read] });
        },
      }),
    };
    const flushes = batches(source, limited({ intervalMs: 1_000 }), { bytesOf });
    const { value } = await flushes.next();
    // Item 1 was read at 100 ms, item 11 at 1,100 ms.
    assertEquals(value, { items: range(1, 11), bytes: 66, trigger: "interval" });
    await flushes.return!();
  } finally {
    performance.now = realNow;
  }
});

Deno.test("batches() keeps to an interval that is longer than a timer can wait", async () => {
  using time = new FakeTime();
  const intervalMs = 2 ** 31 + 1_000;
  const { source, flushes } = setup({ intervalMs });
  // A real timer that is asked for more fires at once, a fake one does not.
  const { setTimeout } = globalThis;
  globalThis.setTimeout = ((callback: () => void, ms: number) => {
    assert(ms < 2 ** 31, `a timer of ${ms} ms`);
    return setTimeout(callback, ms);
  }) as typeof setTimeout;
  const pending = pendingNext(flushes);
  source.push([1]);
  await time.tickAsync(intervalMs - 1);
  assertEquals(pending.result, undefined);
  await time.tickAsync(1);
  assertEquals(pending.result?.value?.trigger, "interval");
  await flushes.return!();
});

for (const [way, jumpMs] of [["forwards", 3_600_000], ["backwards", -3_600_000]] as const) {
  Deno.test(`batches() keeps to its interval though the wall clock jumps ${way}`, async () => {
    using time = new FakeTime();
    const { source, flushes } = setup({ intervalMs: 1_000 });
    const pending = pendingNext(flushes);
    source.push([1]);
    await time.tickAsync(500);
    time.setWallClock(time.now + jumpMs);
    // A read that is over makes it look at the clock.
    source.push([2]);
    await time.tickAsync(499);
    assertEquals(pending.result, undefined);
    await time.tickAsync(1);
    assertEquals(pending.result?.value, { items: [1, 2], bytes: 3, trigger: "interval" });
    await flushes.return!();
  });
}

Deno.test("batches() never flushes by time with an infinite interval, and sets no timer", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ intervalMs: Infinity });
  const pending = pendingNext(flushes);
  source.push([1]);
  await time.tickAsync(1e9);
  assertEquals([pending.result, time.timers], [undefined, 0]);
  source.end();
  await time.tickAsync(0);
  assertEquals(pending.result?.value?.trigger, "end");
});

Deno.test("batches() of a source that ends with nothing in hand makes no batch", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ countMax: 2 });
  source.push([], [1, 2], []);
  source.end();
  assertEquals((await rest(flushes)).map(({ items }) => items), [[1, 2]]);
  assertEquals(await flushes.next(), { done: true, value: undefined });
  const empty = setup({});
  empty.source.end();
  assertEquals(await rest(empty.flushes), []);
  assertEquals(time.timers, 0);
});

Deno.test("batches() flushes what is full before it throws the source's error, and drops the rest", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ countMax: 2 });
  const error = new Error("the source broke");
  source.push([1, 2, 3, 4, 5]);
  source.fail(error);
  assertEquals((await flushes.next()).value?.items, [1, 2]);
  assertEquals((await flushes.next()).value?.items, [3, 4]);
  assertStrictEquals(await assertRejects(() => flushes.next()), error);
  assertEquals(await flushes.next(), { done: true, value: undefined });
  assertEquals(time.timers, 0);
});

Deno.test("batches() throws the source's error at once, not at the interval", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({});
  const failing = assertRejects(() => flushes.next(), Error, "the source broke");
  source.push([1]);
  await time.tickAsync(10);
  source.fail(new Error("the source broke"));
  await failing;
});

Deno.test("batches() return() ends a pending next() at once, without waiting for the source", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({});
  const pending = pendingNext(flushes);
  source.push([1]);
  await time.tickAsync(10);
  assertEquals(await flushes.return!(), { done: true, value: undefined });
  await time.tickAsync(0);
  assertEquals(pending.result, { done: true, value: undefined });
  assertEquals([source.left, time.timers], [true, 0]);
  // What the read that was under way brings is nobody's any more, and neither is its failure.
  source.push([2]);
  source.fail(new Error("too late to matter"));
  await time.tickAsync(10_000);
  assertEquals(await flushes.next(), { done: true, value: undefined });
  assertEquals(await flushes.return!(), { done: true, value: undefined });
});

Deno.test("batches() tells the source when a loop is left early", async () => {
  using time = new FakeTime();
  const { source, flushes } = setup({ countMax: 1 });
  source.push([1, 2, 3]);
  for await (const { items } of flushes) {
    assertEquals(items, [1]);
    break;
  }
  assertEquals([source.left, source.reads, time.timers], [true, 1, 0]);
});

Deno.test("batches() refuses limits out of range before it reads anything", () => {
  const source = new PushSource<readonly number[]>();
  for (const limits of [{ countMax: 0 }, { bytesMax: 0 }, { intervalMs: 0 }]) {
    assertThrows(() => batches(source, limited(limits), { bytesOf }), RangeError, Object.keys(limits)[0]);
  }
  assert(source.reads === 0);
});
