import { assert, assertEquals } from "@std/assert";
import { received, receivedRange } from "../../support/deliveries.ts";
import { readSubscriber, testSubscriber } from "../../support/test_subscriber.ts";
import { FakeTime } from "../../support/time.ts";

Deno.test("Subscriber counts what it holds in messages and bytes until each is settled", async () => {
  using time = new FakeTime();
  const { subscriber, latest, taken } = readSubscriber();
  latest().respond([received(1, { data: "12345" }), received(2, { data: "123", attributes: { a: "b" } })]);
  await time.tickAsync(0);
  assertEquals([subscriber.held, subscriber.heldBytes], [2, 10]);
  taken[0]!.ack();
  taken[0]!.ack();
  assertEquals([subscriber.held, subscriber.heldBytes], [1, 5]);
  taken[1]!.nack();
  assertEquals([subscriber.held, subscriber.heldBytes], [0, 0]);
  await subscriber.close();
});

for (
  const [what, caps, size] of [
    ["messages", { inFlightMax: 10, inFlightBytesMax: 1_000 }, 1],
    ["bytes", { inFlightMax: 1_000, inFlightBytesMax: 1_000 }, 100],
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
