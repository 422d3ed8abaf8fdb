import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Delivery } from "../../../src/pubsub/delivery.ts";
import { SubscribeError } from "../../../src/pubsub/subscriber.ts";
import { CallError, NO_FAILURES } from "../../../src/pubsub/transport.ts";
import { received, receivedRange } from "../../support/deliveries.ts";
import { readSubscriber, testSubscriber } from "../../support/test_subscriber.ts";
import { FakeTime } from "../../support/time.ts";

const UNAVAILABLE = 14;
const NOT_FOUND = 5;

function ackIds(deliveries: Iterable<Delivery>): string[] {
  return Array.from(deliveries, ({ ackId }) => ackId);
}

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
  assertEquals(subscriber.close(), first);
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

for (const when of ["before", "during"] as const) {
  Deno.test(`Subscriber close() is over 2 s after its signal at most, aborted ${when}, though the server is mute`, async () => {
    using time = new FakeTime();
    const { subscriber, transport, latest } = readSubscriber();
    latest().respond([received(1)]);
    transport.onModify = () => new Promise(() => {});
    const controller = new AbortController();
    if (when === "before") controller.abort();
    let closed = false;
    subscriber.close({ signal: controller.signal }).then(() => closed = true);
    if (when === "during") {
      await time.tickAsync(30_000);
      controller.abort();
    }
    await time.tickAsync(1_999);
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
