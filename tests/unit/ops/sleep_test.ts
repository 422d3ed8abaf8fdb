import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { sleep } from "../../../src/ops/sleep.ts";
import { FakeTime } from "../../support/time.ts";

/** A signal that says how many listeners wait for its abort. */
function countedSignal(
  controller: AbortController,
): { readonly signal: AbortSignal; readonly listeners: () => number } {
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    listeners.add(listener);
    add(type, () => {
      listeners.delete(listener);
      if (typeof listener === "function") listener(new Event(type));
    }, { once: true });
  };
  signal.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    listeners.delete(listener);
    remove(type, listener);
  };
  return { signal, listeners: () => listeners.size };
}

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
