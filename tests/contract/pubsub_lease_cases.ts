/**
 * Leases: acknowledging, giving back, extending, lapsing. The shortest lease is 10 seconds, so most of these take longer
 * than that; they run at once.
 *
 * @module
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { identity, type PubSubCase, seconds, texts } from "./pubsub_fixture.ts";

/** Servers look at leases now and then: how much later than its end a lease may lapse, in seconds. */
const LATE = 3;

/** See the module. */
export const LEASE_CASES: readonly PubSubCase[] = [
  {
    name: "a message given back comes again at once, with the same id and time and another ack id",
    async run(fixture) {
      await fixture.publish("a");
      const stream = await fixture.stream();
      const [first] = await stream.count(1);
      await fixture.modifyAckDeadline([first!], 0);
      const [, second] = await stream.count(2);
      assertEquals(identity(second!), identity(first!));
      assertNotEquals(second!.ackId, first!.ackId);
    },
  },
  {
    name: "an unsettled message comes again when its lease is over, not before, with the same id and time",
    async run(fixture) {
      await fixture.publish("a");
      const stream = await fixture.stream({ streamAckDeadlineSeconds: 10 });
      const [first] = await stream.count(1);
      const leasedAt = performance.now();
      const [, second] = await stream.count(2);
      const after = (performance.now() - leasedAt) / 1000;
      assert(after > 9.5 && after < 10 + LATE, `it came again after ${after} s`);
      assertEquals(identity(second!), identity(first!));
    },
  },
  {
    name: "an acknowledged message does not come again",
    async run(fixture) {
      await fixture.publish("done", "open");
      const stream = await fixture.stream({ streamAckDeadlineSeconds: 10 });
      const received = await stream.count(2);
      await fixture.acknowledge(received.filter((message) => texts([message])[0] === "done"));
      await stream.count(3);
      await seconds(LATE);
      assertEquals(texts(stream.messages), ["done", "open", "open"]);
    },
  },
  {
    name: "an extended lease lasts longer",
    async run(fixture) {
      await fixture.publish("long", "short");
      const stream = await fixture.stream({ streamAckDeadlineSeconds: 10 });
      const received = await stream.count(2);
      await fixture.modifyAckDeadline(received.filter((message) => texts([message])[0] === "long"), 60);
      await stream.count(3);
      await seconds(LATE);
      assertEquals(texts(stream.messages), ["long", "short", "short"]);
    },
  },
  {
    name: "a shortened lease lapses earlier",
    async run(fixture) {
      await fixture.publish("a");
      const stream = await fixture.stream({ streamAckDeadlineSeconds: 600 });
      await fixture.modifyAckDeadline([(await stream.count(1))[0]!], 1);
      await stream.count(2);
    },
  },
  {
    name: "what a cancelled stream got stays leased, and may be acknowledged",
    async run(fixture) {
      await fixture.publish("done", "open");
      const cancelled = await fixture.stream({ streamAckDeadlineSeconds: 10 });
      const received = await cancelled.count(2);
      const leasedAt = performance.now();
      await cancelled[Symbol.asyncDispose]();
      await fixture.acknowledge(received.filter((message) => texts([message])[0] === "done"));
      const stream = await fixture.stream();
      await stream.count(1);
      const after = (performance.now() - leasedAt) / 1000;
      assert(after > 9.5, `it came again after ${after} s`);
      await seconds(LATE);
      assertEquals(texts(stream.messages), ["open"]);
    },
  },
  {
    name: "settling what is not leased changes nothing and succeeds",
    async run(fixture) {
      await fixture.publish("a");
      const received = await fixture.pull();
      await fixture.acknowledge(received);
      await fixture.acknowledge(received);
      await fixture.modifyAckDeadline(received, 0);
      await fixture.modifyAckDeadline(received, 10);
      await fixture.publish("b");
      assertEquals(texts(await fixture.pull()), ["b"]);
    },
  },
  {
    name: "an acknowledgement after the lease succeeds, whether it counts or not",
    async run(fixture) {
      await fixture.publish("a");
      const received = await fixture.pull();
      await seconds(10 + LATE);
      await fixture.acknowledge(received);
      const stream = await fixture.stream();
      await fixture.publish("b");
      const expected = fixture.behaviour.countsLateAcks ? ["b"] : ["a", "b"];
      assertEquals(texts(await stream.count(expected.length)), expected);
    },
  },
];
