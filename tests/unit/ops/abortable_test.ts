import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { abortable, aborted } from "../../../src/ops/abortable.ts";
import { countedSignal } from "../../support/counted_signal.ts";

Deno.test("abortable() comes to what the promise comes to, and leaves no listener", async () => {
  const { signal, listeners } = countedSignal(new AbortController());
  assertEquals(await abortable(Promise.resolve(1), signal), 1);
  const failure = new Error("failed");
  assertStrictEquals(await assertRejects(() => abortable(Promise.reject(failure), signal)), failure);
  assertEquals(listeners(), 0);
});

Deno.test("abortable() rejects with the signal's reason at once, and nobody hears of the promise after that", async () => {
  const controller = new AbortController();
  const late = Promise.withResolvers<void>();
  const reason = new Error("enough");
  const waiting = assertRejects(() => abortable(late.promise, controller.signal));
  controller.abort(reason);
  assertStrictEquals(await waiting, reason);
  late.reject(new Error("late")); // Unhandled, it would fail this test.
  await Promise.resolve();
});

Deno.test("abortable() does not wait where the signal was aborted before", async () => {
  const reason = new Error("before");
  const never = new Promise<void>(() => {});
  assertStrictEquals(await assertRejects(() => abortable(never, AbortSignal.abort(reason))), reason);
});

Deno.test("aborted() resolves once its signal is aborted, and at once where it was", async () => {
  const controller = new AbortController();
  let over = false;
  const waiting = aborted(controller.signal).then(() => over = true);
  await Promise.resolve();
  assertEquals(over, false);
  controller.abort();
  await waiting;
  await aborted(controller.signal);
});
