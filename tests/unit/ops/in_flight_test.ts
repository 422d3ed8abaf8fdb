import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { InFlight } from "../../../src/ops/in_flight.ts";

/** Work that ends when it is told to. */
function work(): {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (e: Error) => void;
} {
  return Promise.withResolvers<void>();
}

/** Lets everything run that waits for nothing. */
async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

Deno.test("InFlight has room until as much is under way as may be, and again when some has ended", async () => {
  const inFlight = new InFlight(2);
  const [first, second] = [work(), work()];
  inFlight.add(first.promise);
  await inFlight.room();
  inFlight.add(second.promise);
  let room = false;
  const waiting = inFlight.room().then(() => room = true);
  await turns();
  assertEquals(room, false);
  first.resolve();
  await waiting;
  second.resolve();
  await inFlight.done();
});

Deno.test("InFlight tells of the first failure: whoever waits for room, once, and at the end", async () => {
  let told = 0;
  const inFlight = new InFlight(1, () => told++);
  const [first, second] = [work(), work()];
  inFlight.add(first.promise);
  inFlight.add(second.promise);
  const failure = new Error("failed");
  const waiting = assertRejects(() => inFlight.room());
  first.reject(failure);
  assertStrictEquals(await waiting, failure);
  second.reject(new Error("failed too"));
  assertStrictEquals(await assertRejects(() => inFlight.done()), failure);
  assertEquals(told, 1);
});

Deno.test("InFlight is settled once all has ended, however it did", async () => {
  const inFlight = new InFlight(1);
  const [good, bad] = [work(), work()];
  inFlight.add(good.promise);
  inFlight.add(bad.promise);
  let settled = false;
  const waiting = inFlight.settled().then(() => settled = true);
  bad.reject(new Error("failed"));
  await turns();
  assertEquals(settled, false);
  good.resolve();
  await waiting;
});
