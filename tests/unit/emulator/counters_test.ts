import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Counters } from "../../../src/emulator/counters.ts";

function count(counters: Counters, messages: number): void {
  counters.now.published += messages;
  counters.changed();
}

Deno.test("Counters waitFor() resolves at once when the condition holds", async () => {
  using counters = new Counters(() => 3);
  assertEquals((await counters.waitFor(({ waiting }) => waiting === 3)).published, 0);
});

Deno.test("Counters waitFor() resolves when counting makes the condition hold, with what it saw", async () => {
  using counters = new Counters(() => 0);
  const first = counters.waitFor(({ published }) => published >= 2);
  const second = counters.waitFor(({ published }) => published >= 3);
  count(counters, 1);
  count(counters, 1);
  assertEquals((await first).published, 2);
  count(counters, 5);
  assertEquals((await second).published, 7);
});

Deno.test("Counters waitFor() rejects with the reason of its signal", async () => {
  using counters = new Counters(() => 0);
  const controller = new AbortController();
  const waiting = counters.waitFor(() => false, controller.signal);
  const reason = new Error("enough");
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => waiting), reason);
  assertStrictEquals(await assertRejects(() => counters.waitFor(() => true, controller.signal)), reason);
});

Deno.test("Counters waitFor() rejects when the condition throws", async () => {
  using counters = new Counters(() => 0);
  const waiting = counters.waitFor(() => {
    throw new TypeError("no such count");
  });
  await assertRejects(() => waiting, TypeError, "no such count");
});

Deno.test("Counters waitFor() rejects when the server is closed, and after", async () => {
  const counters = new Counters(() => 0);
  const waiting = counters.waitFor(() => false);
  counters[Symbol.dispose]();
  await assertRejects(() => waiting, Error, "the server was closed");
  await assertRejects(() => counters.waitFor(() => false), Error, "the server was closed");
});

Deno.test("Counters snapshot() does not change afterwards", () => {
  using counters = new Counters(() => 0);
  const before = counters.snapshot();
  count(counters, 1);
  counters.requests.publish++;
  assertEquals([before.published, before.requests.publish], [0, 0]);
});
