import { assert, assertEquals, assertThrows } from "@std/assert";
import { FaultPlan, type Faults, NO_FAULTS } from "../../../src/emulator/faults.ts";
import { seededFractions } from "../../../src/ops/random.ts";
import { BrokerFixture } from "../../support/fake_broker.ts";
import { FakeTime } from "../../support/time.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index).padStart(5, "0"));

Deno.test("FaultPlan changes what is named and leaves the rest", () => {
  const plan = new FaultPlan(seededFractions(1));
  assertEquals(plan.current, NO_FAULTS);
  plan.change({ duplicateShare: 0.5 });
  plan.change({ ackDelayMs: 20_000, reorder: true });
  assertEquals(plan.current, { ...NO_FAULTS, duplicateShare: 0.5, ackDelayMs: 20_000, reorder: true });
});

for (
  const [what, changes] of [
    ["a share above 1", { duplicateShare: 1.1 }],
    ["a negative share", { dropAckShare: -0.1 }],
    ["a share that is no number", { refusePublishShare: NaN }],
    ["a negative delay", { ackDelayMs: -1 }],
  ] as const satisfies readonly (readonly [string, Partial<Faults>])[]
) {
  Deno.test(`FaultPlan refuses ${what}, and changes nothing`, () => {
    const plan = new FaultPlan(seededFractions(1));
    assertThrows(() => plan.change({ reorder: true, ...changes }), RangeError);
    assertEquals(plan.current, NO_FAULTS);
  });
}

Deno.test("FaultPlan hits() about as often as the share says, and the same with the same seed", () => {
  const rolls = (seed: number, share: number) => {
    const plan = new FaultPlan(seededFractions(seed));
    return Array.from({ length: 10_000 }, () => plan.hits(share));
  };
  const hits = rolls(7, 0.3).filter(Boolean).length;
  assert(hits > 2_800 && hits < 3_200, `${hits} of 10,000`);
  assertEquals(rolls(7, 0.3), rolls(7, 0.3));
  assert(rolls(7, 0.3).join() !== rolls(8, 0.3).join());
  assertEquals([rolls(7, 0).some(Boolean), rolls(7, 1).every(Boolean)], [false, true]);
});

Deno.test("duplicateShare hands over that share of the messages twice, and settles them once", async () => {
  using _time = new FakeTime();
  using fixture = new BrokerFixture({ faults: { duplicateShare: 0.25 } });
  const consumer = fixture.consumer();
  fixture.publish(...numbers(2_000));
  await fixture.settled();
  const copies = consumer.texts.length - 2_000;
  assert(copies > 400 && copies < 600, `${copies} of 2,000 came twice`);
  assertEquals([...new Set(consumer.texts)].sort(), numbers(2_000));
  assertEquals(fixture.stats.redelivered, copies);
  assertEquals(fixture.acknowledge(...consumer.messages), []);
  assertEquals([fixture.stats.outstanding, fixture.stats.waiting], [0, 0]);
});

Deno.test("duplicateShare: when one copy is settled, the other does not come again", async () => {
  using time = new FakeTime();
  using fixture = new BrokerFixture({ faults: { duplicateShare: 1 } });
  const consumer = fixture.consumer();
  fixture.publish("a");
  await fixture.settled();
  assertEquals(consumer.texts, ["a", "a"]);
  fixture.acknowledge(consumer.messages[0]!);
  await time.tickAsync(60_000);
  await fixture.settled();
  assertEquals(consumer.texts, ["a", "a"]);
});

Deno.test("dropAckShare forgets acknowledgements, so that the messages come again", async () => {
  using time = new FakeTime();
  using fixture = new BrokerFixture({ faults: { dropAckShare: 0.5 } });
  const consumer = fixture.consumer();
  fixture.publish(...numbers(1_000));
  await fixture.settled();
  assertEquals(fixture.acknowledge(...consumer.messages), []);
  const { acksDropped, acknowledged } = fixture.stats;
  assert(acksDropped > 400 && acksDropped < 600);
  assertEquals(acksDropped + acknowledged, 1_000);
  await time.tickAsync(10_000);
  await fixture.settled();
  assertEquals(consumer.texts.length, 1_000 + acksDropped);
});

Deno.test("reorder hands over the same messages in another order", async () => {
  using _time = new FakeTime();
  using fixture = new BrokerFixture({ faults: { reorder: true } });
  const consumer = fixture.consumer();
  fixture.publish(...numbers(100));
  await fixture.settled();
  assert(consumer.texts.join() !== numbers(100).join());
  assertEquals(consumer.texts.toSorted(), numbers(100));
});

Deno.test("pauseDelivery holds everything back until it ends", async () => {
  using _time = new FakeTime();
  using fixture = new BrokerFixture({ faults: { pauseDelivery: true } });
  const consumer = fixture.consumer();
  fixture.publish("a");
  await fixture.settled();
  assertEquals([consumer.texts.length, fixture.stats.waiting], [0, 1]);
  fixture.faults.change({ pauseDelivery: false });
  fixture.broker.wake();
  await fixture.settled();
  assertEquals(consumer.texts, ["a"]);
});
