import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Delivery } from "../../../src/pubsub/delivery.ts";
import type { SubscriptionProperties } from "../../../src/pubsub/transport.ts";
import { received } from "../../support/deliveries.ts";
import { readSubscriber, testSubscriber } from "../../support/test_subscriber.ts";
import { FakeTime } from "../../support/time.ts";

const UNAVAILABLE = 14;

function ackIds(deliveries: Iterable<Delivery>): string[] {
  return Array.from(deliveries, ({ ackId }) => ackId);
}

Deno.test("Subscriber opens nothing before it is iterated", async () => {
  using _time = new FakeTime();
  const { subscriber, transport } = testSubscriber();
  assertEquals(transport.streams.length, 0);
  assertEquals(await subscriber.close(), 0);
});

Deno.test("Subscriber divides its caps among its streams and gives all of them one client id", async () => {
  using _time = new FakeTime();
  const { subscriber, transport } = readSubscriber({
    streams: 3,
    inFlightMax: 100,
    inFlightBytesMax: 1_000,
    leaseSeconds: 45,
  });
  assertEquals(subscriber.openStreams, 3);
  const clientId = transport.streams[0]!.request.clientId;
  assert(clientId !== "");
  for (const { request } of transport.streams) {
    assertEquals(request, { ackDeadlineSeconds: 45, maxOutstandingMessages: 33, maxOutstandingBytes: 333, clientId });
  }
  await subscriber.close();
});

Deno.test("Subscriber yields everything received since the read before as one group, in order", async () => {
  using _time = new FakeTime();
  const { subscriber, latest } = testSubscriber();
  const groups = subscriber[Symbol.asyncIterator]();
  latest().respond([received(1)]);
  latest().respond([]);
  latest().respond([received(2), received(3)]);
  const first = await groups.next();
  assertEquals(ackIds(first.value!), ["ack-1", "ack-2", "ack-3"]);
  const second = groups.next();
  latest().respond([received(4)]);
  assertEquals(ackIds((await second).value!), ["ack-4"]);
  // What was yielded is the reader's: it does not change under it.
  assertEquals(first.value!.length, 3);
  await subscriber.close();
});

Deno.test("Subscriber tells the subscription's properties once and at each change", async () => {
  using _time = new FakeTime();
  const { subscriber, told, latest } = readSubscriber();
  const plain: SubscriptionProperties = { exactlyOnceDelivery: false, messageOrdering: false };
  const exactlyOnce = { ...plain, exactlyOnceDelivery: true };
  const ordered = { ...exactlyOnce, messageOrdering: true };
  for (const properties of [plain, plain, undefined, exactlyOnce, exactlyOnce, ordered]) {
    latest().respond([], properties);
  }
  assertEquals(told, [["properties", plain], ["properties", exactlyOnce], ["properties", ordered]]);
  await subscriber.close();
});

Deno.test("Subscriber tells of a stream that ended and opens another", async () => {
  using time = new FakeTime();
  const { subscriber, told, transport, taken } = readSubscriber();
  transport.streams[0]!.end(UNAVAILABLE);
  assertEquals(told, [["streamEnded", UNAVAILABLE]]);
  await time.tickAsync(100);
  transport.streams[1]!.respond([received(1)]);
  await time.tickAsync(0);
  assertEquals(ackIds(taken), ["ack-1"]);
  await subscriber.close();
});

for (
  const [name, options] of [
    ["streams", { streams: 0 }],
    ["streams", { streams: 1.5 }],
    ["inFlightMax", { streams: 4, inFlightMax: 3 }],
    ["inFlightMax", { inFlightMax: NaN }],
    ["inFlightBytesMax", { streams: 4, inFlightBytesMax: 3 }],
    ["leaseSeconds", { leaseSeconds: 9 }],
    ["leaseSeconds", { leaseSeconds: 601 }],
    ["leaseSeconds", { leaseSeconds: NaN }],
  ] as const
) {
  Deno.test(`Subscriber refuses ${JSON.stringify(options)}`, () => {
    assertThrows(() => testSubscriber(options), RangeError, name);
  });
}
