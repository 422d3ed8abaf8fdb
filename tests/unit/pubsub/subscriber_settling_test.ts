import { assertEquals } from "@std/assert";
import type { Delivery } from "../../../src/pubsub/delivery.ts";
import { CallError, NO_FAILURES } from "../../../src/pubsub/transport.ts";
import { received, receivedRange } from "../../support/deliveries.ts";
import { readSubscriber, testSubscriber } from "../../support/test_subscriber.ts";
import { FakeTime } from "../../support/time.ts";

const UNAVAILABLE = 14;

function ackIds(deliveries: Iterable<Delivery>): string[] {
  return Array.from(deliveries, ({ ackId }) => ackId);
}

Deno.test("Subscriber extends by the batch what it holds, at half of the lease, also while suspended at the cap", async () => {
  using time = new FakeTime();
  const { subscriber, transport, latest, taken } = readSubscriber({ inFlightMax: 10_000 });
  latest().respond(receivedRange(1, 6_000));
  subscriber.suspend();
  await time.tickAsync(29_999);
  assertEquals(transport.modifyRequests, []);
  await time.tickAsync(1);
  assertEquals(transport.extensions.map(({ ackIds, seconds }) => [ackIds.length, seconds]), [
    [2_500, 60],
    [2_500, 60],
    [1_000, 60],
  ]);
  assertEquals(new Set(transport.extensions.flatMap(({ ackIds }) => ackIds)), new Set(ackIds(taken)));
  await time.tickAsync(30_000);
  assertEquals(transport.extensions.length, 6);
  await subscriber.close();
});

Deno.test("Subscriber keeps requests to extend within 500 KiB", async () => {
  using time = new FakeTime();
  const { subscriber, transport, latest } = readSubscriber({ inFlightMax: 10_000 });
  latest().respond(Array.from({ length: 1_000 }, (_, i) => received(i, { ackId: String(i).padStart(1_000, "0") })));
  await time.tickAsync(30_000);
  assertEquals(transport.extensions.map(({ ackIds }) => ackIds.length), [509, 491]);
  await subscriber.close();
});

Deno.test("Subscriber extends nothing that was settled", async () => {
  using time = new FakeTime();
  const { subscriber, transport, latest, taken } = readSubscriber();
  latest().respond(receivedRange(1, 3));
  await time.tickAsync(0);
  taken[0]!.ack();
  taken[1]!.nack();
  await time.tickAsync(30_000);
  assertEquals(transport.extensions, [{ ackIds: ["ack-3"], seconds: 60 }]);
  taken[2]!.ack();
  await time.tickAsync(600_000);
  assertEquals(transport.extensions.length, 1);
  await subscriber.close();
});

Deno.test("Subscriber extends messages that nobody has read yet", async () => {
  using time = new FakeTime();
  const { subscriber, transport, latest } = testSubscriber();
  subscriber[Symbol.asyncIterator]();
  latest().respond([received(1)]);
  await time.tickAsync(30_000);
  assertEquals(transport.extensions, [{ ackIds: ["ack-1"], seconds: 60 }]);
  await subscriber.close();
});

Deno.test("Subscriber stops extending a lease that is gone, and tries one again that failed for now", async () => {
  using time = new FakeTime();
  const { subscriber, transport, told, latest } = readSubscriber();
  latest().respond(receivedRange(1, 3));
  transport.onModify = ({ ackIds }) => ({
    permanent: ackIds.filter((id) => id === "ack-1"),
    transient: ackIds.filter((id) => id === "ack-2"),
  });
  await time.tickAsync(60_000);
  assertEquals(told.filter(([, , , code]) => code === 9), [["settleFailed", "extend", 1, 9]]);
  transport.onModify = () => NO_FAILURES;
  transport.modifyRequests.length = 0;
  await time.tickAsync(30_000);
  assertEquals(new Set(transport.extensions.flatMap(({ ackIds }) => ackIds)), new Set(["ack-2", "ack-3"]));
  await subscriber.close();
});

Deno.test("Subscriber acknowledges in one request what is acked in one turn, and gives back with a deadline of 0", async () => {
  using time = new FakeTime();
  const { subscriber, transport, latest, taken } = readSubscriber();
  latest().respond(receivedRange(1, 5));
  await time.tickAsync(0);
  for (const delivery of taken.slice(0, 3)) delivery.ack();
  for (const delivery of taken.slice(3)) delivery.nack();
  await time.tickAsync(0);
  assertEquals(transport.ackRequests, [["ack-1", "ack-2", "ack-3"]]);
  assertEquals(transport.modifyRequests, [{ ackIds: ["ack-4", "ack-5"], seconds: 0 }]);
  await subscriber.close();
});

Deno.test("Subscriber repeats an acknowledgement that fails for now until the server takes it", async () => {
  using time = new FakeTime();
  const { subscriber, transport, told, latest, taken } = readSubscriber();
  latest().respond([received(1)]);
  await time.tickAsync(0);
  transport.onAcknowledge = () => {
    if (transport.ackRequests.length < 4) throw new CallError("away", { code: UNAVAILABLE });
    return NO_FAILURES;
  };
  taken[0]!.ack();
  await time.tickAsync(5_000);
  assertEquals([transport.ackRequests, told], [[["ack-1"], ["ack-1"], ["ack-1"], ["ack-1"]], []]);
  await subscriber.close();
});

Deno.test("Subscriber reports acknowledgements and nacks that it gives up, with their number and status", async () => {
  using time = new FakeTime();
  const { subscriber, transport, told, latest, taken } = readSubscriber({ leaseSeconds: 10 });
  latest().respond(receivedRange(1, 3));
  await time.tickAsync(0);
  transport.onAcknowledge = transport.onModify = () => {
    throw new CallError("away", { code: UNAVAILABLE });
  };
  taken[0]!.ack();
  taken[1]!.ack();
  taken[2]!.nack();
  await time.tickAsync(10_000);
  // Their waits have jitter of their own: either may be given up first.
  assertEquals(
    new Set(told.map((event) => event.join(" "))),
    new Set(["settleFailed ack 2 14", "settleFailed nack 1 14"]),
  );
  await subscriber.close();
});

Deno.test("Subscriber with exactly-once delivery repeats and reports each id by its own fate", async () => {
  using time = new FakeTime();
  const { subscriber, transport, told, latest, taken } = readSubscriber();
  latest().respond(receivedRange(1, 3));
  await time.tickAsync(0);
  transport.onAcknowledge = () =>
    transport.ackRequests.length === 1 ? { transient: ["ack-2"], permanent: ["ack-3"] } : NO_FAILURES;
  for (const delivery of taken) delivery.ack();
  await time.tickAsync(1_000);
  assertEquals(transport.ackRequests, [["ack-1", "ack-2", "ack-3"], ["ack-2"]]);
  assertEquals(told, [["settleFailed", "ack", 1, 9]]);
  await subscriber.close();
});
