import { assertEquals, assertStrictEquals } from "@std/assert";
import { FAKE_START_MS, FakeTime } from "../../support/time.ts";

Deno.test("FakeTime moves Date, performance.now() and timers together", async () => {
  using time = new FakeTime();
  const started = performance.now();
  const rang: number[] = [];
  const interval = setInterval(() => rang.push(Date.now() - FAKE_START_MS), 400);
  await time.tickAsync(1000);
  clearInterval(interval);
  assertEquals(rang, [400, 800]);
  assertEquals(Date.now() - FAKE_START_MS, 1000);
  assertEquals(performance.now() - started, 1000);
  assertEquals(time.timers, 0);
});

Deno.test("FakeTime fires AbortSignal.timeout() at its millisecond, not before", async () => {
  using time = new FakeTime();
  const signal = AbortSignal.timeout(50);
  await time.tickAsync(49);
  assertEquals(signal.aborted, false);
  await time.tickAsync(1);
  assertEquals(signal.aborted, true);
  assertEquals((signal.reason as DOMException).name, "TimeoutError");
});

Deno.test("FakeTime runs chains of awaited timers within one tick", async () => {
  using time = new FakeTime();
  const steps: number[] = [];
  const chain = (async () => {
    for (let step = 0; step < 3; step++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      steps.push(step);
    }
  })();
  await time.tickAsync(30);
  await chain;
  assertEquals(steps, [0, 1, 2]);
});

Deno.test("FakeTime setWallClock() moves Date alone, as a host's clock correction does", async () => {
  using time = new FakeTime();
  const started = performance.now();
  let rang = false;
  setTimeout(() => rang = true, 100);
  time.setWallClock(FAKE_START_MS - 3_600_000);
  assertEquals(Date.now(), FAKE_START_MS - 3_600_000);
  await time.tickAsync(99);
  assertEquals(rang, false);
  await time.tickAsync(1);
  assertEquals(rang, true);
  assertEquals(performance.now() - started, 100);
});

Deno.test("FakeTime puts real time back when disposed, twice if asked", () => {
  const real = { timeout: globalThis.setTimeout, date: globalThis.Date, signal: AbortSignal.timeout };
  const time = new FakeTime();
  time[Symbol.dispose]();
  time[Symbol.dispose]();
  assertStrictEquals(globalThis.setTimeout, real.timeout);
  assertStrictEquals(globalThis.Date, real.date);
  assertStrictEquals(AbortSignal.timeout, real.signal);
});
