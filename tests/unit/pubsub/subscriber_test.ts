import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import type { Delivery } from "../../../src/pubsub/delivery.ts";
import { MESSAGE_COST_BYTES, SubscribeError } from "../../../src/pubsub/subscriber.ts";
import { CallError, NO_FAILURES, type SubscriptionProperties } from "../../../src/pubsub/transport.ts";
import { received, receivedRange } from "../../support/deliveries.ts";
import { readSubscriber, testSubscriber } from "../../support/test_subscriber.ts";
import { FakeTime } from "../../support/time.ts";

const NOT_FOUND = 5;
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
    inFlightBytesMax: 1_000_000,
    leaseSeconds: 45,
  });
  assertEquals(subscriber.openStreams, 3);
  const clientId = transport.streams[0]!.request.clientId;
  assert(clientId !== "");
  // A server that fills its limits stays within the cap, with what the messages cost beside their bytes.
  const maxOutstandingBytes = Math.floor((1_000_000 - 100 * MESSAGE_COST_BYTES) / 3);
  for (const { request } of transport.streams) {
    assertEquals(request, { ackDeadlineSeconds: 45, maxOutstandingMessages: 33, maxOutstandingBytes, clientId });
  }
  await subscriber.close();
});

Deno.test("Subscriber asks for fewer messages where what they cost beside their bytes would fill the cap", async () => {
  using _time = new FakeTime();
  const { subscriber, latest } = readSubscriber({ inFlightMax: 1_000_000, inFlightBytesMax: 1_024_000 });
  const { maxOutstandingMessages, maxOutstandingBytes } = latest().request;
  assertEquals([maxOutstandingMessages, maxOutstandingBytes], [2_000, 512_000]);
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

Deno.test("Subscriber tells for how long it has been without a stream while it pulls, and not at its cap", async () => {
  using time = new FakeTime();
  const { subscriber, latest } = readSubscriber();
  await time.tickAsync(900);
  assertEquals(subscriber.withoutStreamMs, 900);
  latest().respond(receivedRange(1, 11));
  assertEquals([subscriber.withoutStreamMs, subscriber.openStreams], [0, 0]);
  await time.tickAsync(60_000);
  assertEquals(subscriber.withoutStreamMs, 0);
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

Deno.test("Subscriber knows the publish time of the oldest message that it holds", async () => {
  using time = new FakeTime();
  const { subscriber, latest, taken } = readSubscriber();
  assertEquals(subscriber.oldestHeld(), undefined);
  const at = (seconds: number) => ({ publishTime: { seconds, nanos: 0 } });
  latest().respond([{ ...received(1), ...at(200) }, { ...received(2), ...at(100) }]);
  latest().respond([{ ...received(3), ...at(150) }]);
  await time.tickAsync(0);
  assertEquals(subscriber.oldestHeld()?.seconds, 100);
  taken[1]!.ack();
  assertEquals(subscriber.oldestHeld()?.seconds, 150);
  taken[2]!.nack();
  taken[0]!.ack();
  assertEquals(subscriber.oldestHeld(), undefined);
  await subscriber.close();
});

Deno.test("Subscriber counts what it holds in messages and bytes until each is settled", async () => {
  using time = new FakeTime();
  const { subscriber, latest, taken } = readSubscriber();
  latest().respond([received(1, { data: "12345" }), received(2, { data: "123", attributes: { a: "b" } })]);
  await time.tickAsync(0);
  assertEquals([subscriber.held, subscriber.heldBytes], [2, 10 + 2 * MESSAGE_COST_BYTES]);
  taken[0]!.ack();
  taken[0]!.ack();
  assertEquals([subscriber.held, subscriber.heldBytes], [1, 5 + MESSAGE_COST_BYTES]);
  taken[1]!.nack();
  assertEquals([subscriber.held, subscriber.heldBytes], [0, 0]);
  await subscriber.close();
});

for (
  const [what, caps, size] of [
    ["messages", { inFlightMax: 10, inFlightBytesMax: 1_000_000 }, 1],
    ["bytes", { inFlightMax: 1_000, inFlightBytesMax: 10 * (100 + MESSAGE_COST_BYTES) }, 100],
  ] as const
) {
  Deno.test(`Subscriber half-closes its streams above its cap in ${what}, and opens them again at half of it`, async () => {
    using time = new FakeTime();
    const { subscriber, transport, told, taken } = readSubscriber({ streams: 2, ...caps });
    const data = "x".repeat(size);
    transport.streams[0]!.respond(receivedRange(1, 10, { data }));
    // At the cap, not over it: a server that honours the cap leaves it there, and no stream needs to close.
    assertEquals(transport.openStreams.length, 2);
    transport.streams[1]!.respond([received(11, { data })]);
    assertEquals(transport.streams.map(({ state }) => state), ["finishing", "finishing"]);
    assertEquals(told, [["closedAtCap", 11]]);
    await time.tickAsync(0);
    assertEquals([subscriber.openStreams, transport.streams.length], [0, 2]);
    for (const delivery of taken.slice(0, 5)) delivery.ack();
    await time.tickAsync(60_000);
    assertEquals([subscriber.held, subscriber.openStreams], [6, 0]);
    taken[5]!.ack();
    assertEquals([subscriber.held, subscriber.openStreams], [5, 2]);
    assertEquals(transport.streams.map(({ state }) => state), ["ended", "ended", "open", "open"]);
    assertEquals(told.length, 1);
    await subscriber.close();
  });
}

Deno.test("Subscriber takes what is on its way on half-closed streams: the cap plus one response per stream", async () => {
  using time = new FakeTime();
  const { subscriber, transport, taken } = readSubscriber({ streams: 2, inFlightMax: 10 });
  transport.endsWhenFinished = false;
  const [one, other] = transport.streams;
  one!.respond(receivedRange(1, 10));
  one!.respond(receivedRange(11, 5));
  assertEquals(other!.state, "finishing");
  other!.respond(receivedRange(16, 5));
  one!.end();
  other!.end();
  await time.tickAsync(0);
  assertEquals([subscriber.held, taken.length, transport.streams.length], [20, 20, 2]);
  await subscriber.close();
});

Deno.test("Subscriber holds its cap and one response of each stream, though half-closed streams go on", async () => {
  using time = new FakeTime();
  const { subscriber, transport, told } = readSubscriber({ streams: 4, inFlightMax: 100 });
  transport.endsWhenFinished = false;
  for (let turn = 0; turn < 100; turn++) {
    for (const stream of transport.streams) {
      if (stream.state === "open" || stream.state === "finishing") stream.respond(receivedRange(80 * turn + 1, 20));
    }
  }
  assertEquals(transport.streams.map(({ state }) => state), Array(4).fill("cancelled"));
  assert(subscriber.held > 100 && subscriber.held <= 100 + 4 * 20, `held ${subscriber.held}`);
  assertEquals(told.length, 1);
  await time.tickAsync(2_000);
  await subscriber.close();
});

Deno.test("Subscriber counts what a message costs beside its bytes", async () => {
  using _time = new FakeTime();
  const { subscriber, transport, told } = readSubscriber({ inFlightMax: 1_000, inFlightBytesMax: 100_000 });
  transport.streams[0]!.respond(receivedRange(1, 500, { data: "" }));
  assertEquals(told, [["closedAtCap", 500]]);
  await subscriber.close();
});

Deno.test("Subscriber asks whether the server answers when a request goes unanswered for 3 s", async () => {
  using time = new FakeTime();
  const { subscriber, transport, taken, latest } = readSubscriber();
  latest().respond([received(1)]);
  await time.tickAsync(0);
  const answer = Promise.withResolvers<typeof NO_FAILURES>();
  transport.onAcknowledge = () => answer.promise;
  taken[0]!.ack();
  await time.tickAsync(2_999);
  const { probes } = transport;
  await time.tickAsync(20);
  assertEquals(transport.probes, probes + 1);
  answer.resolve(NO_FAILURES);
  await subscriber.close();
});

Deno.test("Subscriber never opens a stream while it holds more than half, whatever a greedy server does", async () => {
  using time = new FakeTime();
  const { subscriber, transport, taken } = readSubscriber({ streams: 4, inFlightMax: 100 });
  let n = 0;
  let settled = 0;
  let mostHeld = 0;
  for (let turn = 0; turn < 200; turn++) {
    const before = transport.streams.length;
    for (const stream of transport.openStreams) stream.respond(receivedRange(n += 20, 20));
    mostHeld = Math.max(mostHeld, subscriber.held);
    await time.tickAsync(0);
    if (subscriber.held > 50) assertEquals(transport.streams.length, before);
    for (const delivery of taken.slice(settled, settled += 13)) delivery.ack();
  }
  // A response of 20 may go over the cap, and each of the other three streams may have one on its way.
  assert(mostHeld > 100 && mostHeld <= 100 + 4 * 20, `held ${mostHeld}`);
  await subscriber.close();
});

Deno.test("Subscriber keeps pulling below its cap while suspended, closes at it, and reopens no stream until resumed", async () => {
  using time = new FakeTime();
  const { subscriber, transport, told, taken, latest } = readSubscriber({ inFlightMax: 10 });
  subscriber.suspend();
  latest().respond(receivedRange(1, 9));
  assertEquals(transport.openStreams.length, 1);
  latest().respond([received(10)]);
  // The cap is reached and nothing can be settled: an open stream could only wait.
  assertEquals(told, [["closedAtCap", 10]]);
  await time.tickAsync(0);
  for (const delivery of taken) delivery.ack();
  await time.tickAsync(60_000);
  assertEquals([subscriber.held, transport.streams.length], [0, 1]);
  subscriber.resume();
  assertEquals([transport.streams.length, subscriber.openStreams], [2, 1]);
  await subscriber.close();
});

Deno.test("Subscriber closes its streams when it is suspended at its cap, and stays closed above half after resume", async () => {
  using time = new FakeTime();
  const { subscriber, transport, taken, latest } = readSubscriber({ inFlightMax: 10 });
  latest().respond(receivedRange(1, 10));
  assertEquals(transport.openStreams.length, 1);
  subscriber.suspend();
  await time.tickAsync(0);
  assertEquals(transport.openStreams.length, 0);
  subscriber.resume();
  assertEquals(transport.openStreams.length, 0);
  for (const delivery of taken.slice(0, 5)) delivery.ack();
  assertEquals(transport.openStreams.length, 1);
  await subscriber.close();
});

Deno.test("Subscriber that is suspended before it is iterated opens its streams when resumed", async () => {
  using time = new FakeTime();
  const { subscriber, transport } = testSubscriber();
  subscriber.suspend();
  subscriber[Symbol.asyncIterator]();
  await time.tickAsync(1_000);
  assertEquals(transport.streams.length, 0);
  subscriber.resume();
  assertEquals(transport.streams.length, 1);
  await subscriber.close();
});

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

Deno.test("Subscriber sends no request about a message without an ack id: the server would refuse its neighbours too", async () => {
  using time = new FakeTime();
  const { subscriber, transport, taken, latest } = readSubscriber();
  latest().respond([received(1, { ackId: "" }), received(2), received(3, { ackId: "" })]);
  await time.tickAsync(31_000);
  assertEquals(transport.extensions.map(({ ackIds }) => ackIds), [["ack-2"]]);
  taken[0]!.ack();
  taken[1]!.ack();
  taken[2]!.nack();
  await time.tickAsync(1_000);
  assertEquals([transport.acked, transport.nacked, subscriber.held], [["ack-2"], [], 0]);
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

Deno.test("Subscriber extends each message once, though it yielded two responses as one group", async () => {
  using time = new FakeTime();
  const { subscriber, transport, latest } = testSubscriber();
  const groups = subscriber[Symbol.asyncIterator]();
  latest().respond([received(1)]);
  latest().respond([received(2)]);
  await groups.next();
  await time.tickAsync(30_000);
  assertEquals(transport.extensions, [{ ackIds: ["ack-1", "ack-2"], seconds: 60 }]);
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

Deno.test("Subscriber drain() half-closes, yields what is on its way, then ends the iteration", async () => {
  using time = new FakeTime();
  const { subscriber, transport, taken, ending, over } = readSubscriber({ streams: 2 });
  transport.endsWhenFinished = false;
  const [one, other] = transport.streams;
  one!.respond([received(1)]);
  subscriber.drain();
  subscriber.drain();
  assertEquals(transport.streams.map(({ state }) => state), ["finishing", "finishing"]);
  other!.respond([received(2)]);
  one!.end();
  await time.tickAsync(0);
  assertEquals([ackIds(taken), ending.state], [["ack-1", "ack-2"], "open"]);
  other!.respond([received(3)]);
  other!.end();
  await over;
  assertEquals([ackIds(taken), ending.state, transport.streams.length], [["ack-1", "ack-2", "ack-3"], "ended", 2]);
  // What was yielded is still held: leases go on until it is settled.
  await time.tickAsync(30_000);
  assertEquals(transport.extensions.length, 1);
  await subscriber.close();
});

Deno.test("Subscriber drain() ends within 2 s, though a stream does not", async () => {
  using time = new FakeTime();
  const { subscriber, transport, ending, latest } = readSubscriber();
  transport.endsWhenFinished = false;
  subscriber.drain();
  await time.tickAsync(1_999);
  assertEquals(ending.state, "open");
  await time.tickAsync(1);
  assertEquals([ending.state, latest().state], ["ended", "cancelled"]);
  await subscriber.close();
});

Deno.test("Subscriber drain() opens no stream again, though all is settled, resumed, or a stream was waiting", async () => {
  using time = new FakeTime();
  const { subscriber, transport, taken, over } = readSubscriber({ streams: 2, inFlightMax: 4 });
  transport.streams[0]!.end(UNAVAILABLE);
  transport.streams[1]!.respond(receivedRange(1, 5));
  subscriber.suspend();
  subscriber.drain();
  await over;
  for (const delivery of taken) delivery.ack();
  subscriber.resume();
  await time.tickAsync(60_000);
  assertEquals(transport.streams.length, 2);
  await subscriber.close();
});

Deno.test("Subscriber that is drained before it is iterated yields nothing and opens nothing", async () => {
  using _time = new FakeTime();
  const { subscriber, transport } = testSubscriber();
  subscriber.drain();
  assertEquals(await Array.fromAsync(subscriber), []);
  assertEquals(transport.streams.length, 0);
  await subscriber.close();
});

Deno.test("Subscriber yields what it received, then throws, when a stream fails for good", async () => {
  using time = new FakeTime();
  const { subscriber, transport } = testSubscriber({ streams: 2 });
  const groups = subscriber[Symbol.asyncIterator]();
  transport.streams[0]!.respond([received(1)]);
  transport.streams[1]!.end(NOT_FOUND, "no such subscription");
  assertEquals(ackIds((await groups.next()).value!), ["ack-1"]);
  const error = await assertRejects(() => groups.next(), SubscribeError, "Cannot pull: no such subscription");
  assertEquals(error.code, NOT_FOUND);
  assertEquals(transport.streams[0]!.state, "cancelled");
  // What is held can still be settled.
  await time.tickAsync(30_000);
  assertEquals(transport.extensions.length, 1);
  assertEquals(await subscriber.close(), 1);
});

Deno.test("Subscriber throws at once to a reader that waits when a stream fails for good", async () => {
  using time = new FakeTime();
  const { subscriber, latest, over, ending } = readSubscriber();
  await time.tickAsync(0);
  latest().end(NOT_FOUND);
  await over;
  assert(ending.error instanceof SubscribeError);
  await subscriber.close();
});

Deno.test("Subscriber lets its iteration be left during a pending read, and settles nothing by that", async () => {
  using time = new FakeTime();
  const { subscriber, transport, latest } = testSubscriber();
  const groups = subscriber[Symbol.asyncIterator]();
  latest().respond([received(1)]);
  await groups.next();
  const pending = groups.next();
  await groups.return!();
  assertEquals(await pending, { done: true, value: undefined });
  await time.tickAsync(1_000);
  assertEquals([subscriber.held, transport.acked, transport.nacked], [1, [], []]);
  await subscriber.close();
});

Deno.test("Subscriber close() gives back what is not settled, read or not, and says how many", async () => {
  using time = new FakeTime();
  const { subscriber, transport, latest } = testSubscriber();
  const groups = subscriber[Symbol.asyncIterator]();
  latest().respond(receivedRange(1, 3));
  const [first] = (await groups.next()).value!;
  latest().respond([received(4)]);
  first!.ack();
  assertEquals(await subscriber.close(), 3);
  assertEquals(transport.acked, ["ack-1"]);
  assertEquals(transport.nacked, ["ack-2", "ack-3", "ack-4"]);
  assertEquals([latest().state, subscriber.held], ["cancelled", 0]);
  assertEquals(await groups.next(), { done: true, value: undefined });
  assertEquals(time.timers, 0);
});

Deno.test("Subscriber close() ends a read that waits, and later acks and responses change nothing", async () => {
  using time = new FakeTime();
  const { subscriber, transport, taken, ending, over, latest } = readSubscriber();
  latest().respond([received(1)]);
  await time.tickAsync(0);
  await subscriber.close();
  await over;
  assertEquals(ending.state, "ended");
  taken[0]!.ack();
  latest().respond([received(2)]);
  subscriber.drain();
  subscriber.suspend();
  subscriber.resume();
  await time.tickAsync(60_000);
  assertEquals([transport.acked, transport.nacked, transport.streams.length], [[], ["ack-1"], 1]);
  assertEquals(time.timers, 0);
});

Deno.test("Subscriber close() is idempotent, and so is disposing", async () => {
  using _time = new FakeTime();
  const { subscriber, transport, latest } = readSubscriber();
  latest().respond([received(1)]);
  const first = subscriber.close();
  assertStrictEquals(subscriber.close(), first);
  assertEquals(await first, 1);
  await subscriber[Symbol.asyncDispose]();
  assertEquals(transport.modifyRequests.length, 1);
});

Deno.test("Subscriber close() waits for acknowledgements on their way, with their retries", async () => {
  using time = new FakeTime();
  const { subscriber, transport, taken, latest } = readSubscriber();
  latest().respond([received(1)]);
  await time.tickAsync(0);
  transport.onAcknowledge = () => {
    if (transport.ackRequests.length < 3) throw new CallError("away", { code: UNAVAILABLE });
    return NO_FAILURES;
  };
  taken[0]!.ack();
  let closed = false;
  const closing = subscriber.close().then((returned) => {
    closed = true;
    return returned;
  });
  await time.tickAsync(0);
  assertEquals(closed, false);
  await time.tickAsync(300);
  assertEquals(await closing, 0);
  assertEquals(transport.ackRequests.length, 3);
  assertEquals(time.timers, 0);
});

Deno.test("Subscriber close() does not wait for extensions that keep failing", async () => {
  using time = new FakeTime();
  const { subscriber, transport, latest } = readSubscriber();
  latest().respond([received(1)]);
  transport.onModify = ({ seconds }) => {
    if (seconds > 0) throw new CallError("away", { code: UNAVAILABLE });
    return NO_FAILURES;
  };
  await time.tickAsync(31_000);
  assert(transport.extensions.length > 1);
  let closed = false;
  subscriber.close().then(() => closed = true);
  await time.tickAsync(0);
  assertEquals([closed, transport.nacked, time.timers], [true, ["ack-1"], 0]);
});

for (
  const { when, options, ms } of [
    { when: "before", options: {}, ms: 2_000 },
    { when: "during", options: {}, ms: 2_000 },
    { when: "during", options: { lastRequestsMs: 700 }, ms: 700 },
  ]
) {
  Deno.test(`Subscriber close() is over ${ms} ms after its signal at most, aborted ${when}, though the server is mute`, async () => {
    using time = new FakeTime();
    const { subscriber, transport, latest } = readSubscriber();
    latest().respond([received(1)]);
    transport.onModify = () => new Promise(() => {});
    const controller = new AbortController();
    if (when === "before") controller.abort();
    let closed = false;
    subscriber.close({ signal: controller.signal, ...options }).then(() => closed = true);
    if (when === "during") {
      await time.tickAsync(30_000);
      controller.abort();
    }
    await time.tickAsync(ms - 1);
    assertEquals(closed, false);
    await time.tickAsync(1);
    assertEquals([closed, time.timers], [true, 0]);
  });
}

Deno.test("Subscriber close() gives up at its signal what the server keeps refusing", async () => {
  using time = new FakeTime();
  const { subscriber, transport, told, latest } = readSubscriber();
  latest().respond([received(1)]);
  transport.onModify = () => {
    throw new CallError("away", { code: UNAVAILABLE });
  };
  const controller = new AbortController();
  const closing = subscriber.close({ signal: controller.signal });
  await time.tickAsync(5_000);
  assertEquals(told, []);
  controller.abort();
  assertEquals(await closing, 1);
  assertEquals(told, [["settleFailed", "nack", 1, UNAVAILABLE]]);
  assertEquals(time.timers, 0);
});

Deno.test("Subscriber close() without a signal is over 2 s after a lease's length, though the server is mute", async () => {
  using time = new FakeTime();
  const { subscriber, transport, latest } = readSubscriber({ inFlightMax: 50_000 });
  // More than the requests that may be on their way at once can carry.
  latest().respond(receivedRange(1, 20_000));
  transport.onModify = () => new Promise(() => {});
  let closed = false;
  subscriber.close().then(() => closed = true);
  await time.tickAsync(61_999);
  assertEquals(closed, false);
  await time.tickAsync(1);
  assertEquals([closed, time.timers], [true, 0]);
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

Deno.test("Subscriber tells of streams that it opens, and of acks, nacks and extensions that the server took", async () => {
  using time = new FakeTime();
  const told: unknown[] = [];
  const { latest, taken, subscriber } = readSubscriber({
    streams: 2,
    events: {
      streamOpened: () => told.push("streamOpened"),
      settled: (kind, count) => told.push([kind, count]),
    },
  });
  assertEquals(told.splice(0), ["streamOpened", "streamOpened"]);
  latest().respond([received(1), received(2), received(3)]);
  await time.tickAsync(0);
  taken[0]!.ack();
  taken[1]!.ack();
  await time.tickAsync(40_000);
  assertEquals(told.splice(0), [["ack", 2], ["extend", 1]]);
  taken[2]!.nack();
  await subscriber.close();
  assertEquals(told, [["nack", 1]]);
});
