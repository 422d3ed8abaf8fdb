import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Permits } from "../../../src/ops/permits.ts";
import { FakeTime } from "../../support/time.ts";

const options = { timeoutMs: 1_000, timeout: () => new Error("too slow") };

Deno.test("Permits.take() lets so many in at once, and the next in turn", async () => {
  const permits = new Permits(2);
  const order: number[] = [];
  const first = await permits.take(options);
  const second = await permits.take(options);
  const third = permits.take(options).then((permit) => (order.push(3), permit));
  const fourth = permits.take(options).then((permit) => (order.push(4), permit));
  await Promise.resolve();
  assertEquals(order, []);
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  const held = await third;
  assertEquals(order, [3]);
  await second[Symbol.asyncDispose]();
  await (await fourth)[Symbol.asyncDispose]();
  await held[Symbol.asyncDispose]();
  assertEquals(order, [3, 4]);
});

Deno.test("Permits.take() gives up after its time, or when it is aborted, and takes nothing with it", async () => {
  using time = new FakeTime();
  const permits = new Permits(1);
  const held = await permits.take(options);
  const late = assertRejects(() => permits.take(options), Error, "too slow");
  const controller = new AbortController();
  const aborted = assertRejects(() => permits.take({ ...options, signal: controller.signal }), Error, "gone");
  controller.abort(new Error("gone"));
  await aborted;
  await time.tickAsync(1_000);
  await late;
  await held[Symbol.asyncDispose]();
  await using _permit = await permits.take(options);
});

Deno.test("Permits: there is at least one", () => {
  assertThrows(() => new Permits(0), RangeError);
});
