import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { sleep } from "../../../src/ops/sleep.ts";
import { countedSignal } from "../../support/counted_signal.ts";
import { FakeTime } from "../../support/time.ts";

Deno.test("sleep() resolves after its time, not before", async () => {
  using time = new FakeTime();
  let awake = false;
  const sleeping = sleep(1_000).then(() => awake = true);
  await time.tickAsync(999);
  assertEquals(awake, false);
  await time.tickAsync(1);
  assertEquals(awake, true);
  await sleeping;
});

Deno.test("sleep() rejects with the signal's reason as soon as it is aborted, and leaves no timer", async () => {
  using time = new FakeTime();
  const controller = new AbortController();
  const reason = new Error("enough");
  const sleeping = assertRejects(() => sleep(1_000, controller.signal));
  controller.abort(reason);
  assertStrictEquals(await sleeping, reason);
  assertEquals(time.timers, 0);
});

Deno.test("sleep() does not begin when its signal was aborted before", async () => {
  using time = new FakeTime();
  const reason = new Error("before");
  assertStrictEquals(await assertRejects(() => sleep(1_000, AbortSignal.abort(reason))), reason);
  assertEquals(time.timers, 0);
});

Deno.test("sleep() leaves no listener behind, neither awake nor aborted", async () => {
  using time = new FakeTime();
  const controller = new AbortController();
  const { signal, listeners } = countedSignal(controller);
  const first = sleep(10, signal);
  assertEquals(listeners(), 1);
  await time.tickAsync(10);
  await first;
  assertEquals(listeners(), 0);
  const second = assertRejects(() => sleep(10, signal));
  controller.abort();
  await second;
  assertEquals(listeners(), 0);
});

Deno.test("sleep() waits 24 days for more than a timer can, instead of no time at all", async () => {
  using time = new FakeTime();
  let awake = false;
  const sleeping = sleep(Infinity).then(() => awake = true);
  await time.tickAsync(2 ** 31 - 2);
  assertEquals(awake, false);
  await time.tickAsync(1);
  await sleeping;
});
