import { assertEquals } from "@std/assert";
import { type Lease, LeaseKeeper } from "../../../src/pubsub/lease_keeper.ts";
import type { Delivery } from "../../../src/pubsub/delivery.ts";
import { deliveries } from "../../support/deliveries.ts";
import { FakeTime } from "../../support/time.ts";

/** A keeper of 60 s leases, and what it asked to extend: each id, by the second it asked. */
function setup() {
  const extended: [second: number, ackId: string][] = [];
  const startedAt = performance.now();
  const keeper = new LeaseKeeper({
    leaseSeconds: 60,
    extend: (ackId) => extended.push([(performance.now() - startedAt) / 1000, ackId]),
  });
  return { keeper, extended };
}

function settle(keeper: LeaseKeeper, { lease, delivery }: { readonly lease: Lease; readonly delivery: Delivery }) {
  delivery.ack();
  keeper.settled(lease);
}

Deno.test("LeaseKeeper extends a lease at its half, not before, and again and again while it is held", async () => {
  using time = new FakeTime();
  const { keeper, extended } = setup();
  keeper.track(deliveries(1, 2));
  await time.tickAsync(29_999);
  assertEquals(extended, []);
  await time.tickAsync(1);
  assertEquals(extended, [[30, "ack-1"], [30, "ack-2"]]);
  await time.tickAsync(3_600_000);
  assertEquals(extended.length, 2 * 121);
  assertEquals(extended.at(-1), [3_630, "ack-2"]);
  keeper.stop();
});

for (const [way, jumpMs] of [["forwards", 3_600_000], ["backwards", -3_600_000]] as const) {
  Deno.test(`LeaseKeeper extends a lease at its half though the wall clock jumps ${way}`, async () => {
    using time = new FakeTime();
    const { keeper, extended } = setup();
    keeper.track(deliveries(1, 1));
    await time.tickAsync(10_000);
    time.setWallClock(time.now + jumpMs);
    keeper.track(deliveries(2, 1));
    await time.tickAsync(30_000);
    assertEquals(extended, [[30, "ack-1"], [40, "ack-2"]]);
    keeper.stop();
  });
}

Deno.test("LeaseKeeper extends what is not settled of a lease, and nothing of one that is", async () => {
  using time = new FakeTime();
  const { keeper, extended } = setup();
  const [first, second] = deliveries(1, 2);
  const lease = keeper.track([first!, second!]);
  settle(keeper, { lease, delivery: first! });
  await time.tickAsync(30_000);
  assertEquals(extended, [[30, "ack-2"]]);
  settle(keeper, { lease, delivery: second! });
  await time.tickAsync(3_600_000);
  assertEquals(extended.length, 1);
  // Nothing is held: nothing waits.
  assertEquals(time.timers, 0);
  keeper.track(deliveries(3, 1));
  await time.tickAsync(30_000);
  assertEquals(extended.at(-1)?.[1], "ack-3");
  keeper.stop();
});

Deno.test("LeaseKeeper extends leases together that are due within a tenth of a lease", async () => {
  using time = new FakeTime();
  const { keeper, extended } = setup();
  keeper.track(deliveries(1, 1));
  await time.tickAsync(6_000);
  keeper.track(deliveries(2, 1));
  await time.tickAsync(1);
  keeper.track(deliveries(3, 1));
  await time.tickAsync(23_999);
  assertEquals(extended, [[30, "ack-1"], [30, "ack-2"]]);
  await time.tickAsync(6_001);
  assertEquals(extended.slice(2), [[36.001, "ack-3"]]);
  keeper.stop();
});

Deno.test("LeaseKeeper never extends a lost lease again, whatever else was settled meanwhile", async () => {
  using time = new FakeTime();
  const { keeper, extended } = setup();
  const [first, second, third] = deliveries(1, 3);
  keeper.track([first!, second!]);
  const other = keeper.track([third!]);
  keeper.lose(["ack-2", "ack-3"]);
  settle(keeper, { lease: other, delivery: third! });
  await time.tickAsync(90_000);
  assertEquals(extended, [[30, "ack-1"], [60, "ack-1"], [90, "ack-1"]]);
  keeper.stop();
});

Deno.test("LeaseKeeper extends an id that was lost, settled, and is delivered again", async () => {
  using time = new FakeTime();
  const { keeper, extended } = setup();
  keeper.track(deliveries(1, 1));
  const [lost] = deliveries(2, 1);
  const lease = keeper.track([lost!]);
  keeper.lose(["ack-2"]);
  settle(keeper, { lease, delivery: lost! });
  await time.tickAsync(30_000);
  keeper.track(deliveries(2, 1));
  await time.tickAsync(30_000);
  assertEquals(extended, [[30, "ack-1"], [60, "ack-1"], [60, "ack-2"]]);
  keeper.stop();
});

Deno.test("LeaseKeeper lists what is held and not settled", () => {
  using _time = new FakeTime();
  const { keeper } = setup();
  const [first, second, third] = deliveries(1, 3);
  const lease = keeper.track([first!, second!]);
  keeper.track([third!]);
  settle(keeper, { lease, delivery: first! });
  assertEquals([...keeper.unsettled()], [second!, third!]);
  keeper.stop();
  assertEquals([...keeper.unsettled()], []);
});

Deno.test("LeaseKeeper lists what is held even while each is settled as it is listed", () => {
  using _time = new FakeTime();
  const { keeper } = setup();
  const leases = [deliveries(1, 2), deliveries(3, 2)].map((group) => keeper.track(group));
  const listed: string[] = [];
  for (const delivery of keeper.unsettled()) {
    listed.push(delivery.ackId);
    settle(keeper, { lease: leases.find((lease) => lease.deliveries.includes(delivery))!, delivery });
  }
  assertEquals(listed, ["ack-1", "ack-2", "ack-3", "ack-4"]);
  keeper.stop();
});

Deno.test("LeaseKeeper stop() extends nothing any more and leaves no timer", async () => {
  using time = new FakeTime();
  const { keeper, extended } = setup();
  keeper.track(deliveries(1, 2));
  keeper.stop();
  assertEquals(time.timers, 0);
  await time.tickAsync(600_000);
  assertEquals(extended, []);
});
