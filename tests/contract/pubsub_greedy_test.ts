/**
 * A subscriber over real gRPC whose server sends more than it was asked for.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { connect } from "../../src/pubsub/connection.ts";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import type { Faults } from "../../src/emulator/faults.ts";
import { grpcTransport } from "../../src/pubsub/grpc_transport.ts";
import { Subscriber } from "../../src/pubsub/subscriber.ts";

const TOPIC = "projects/greedy/topics/log-topic";
const SUBSCRIPTION = "projects/greedy/subscriptions/log-sub";
const MEGABYTE = 1_000_000;

/** A server with messages of a megabyte, and a subscriber that settles nothing. */
async function setUp({ messages, faults }: { readonly messages: number; readonly faults: Partial<Faults> }) {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await FakeServer.start({ faults }));
  server.createTopic(TOPIC);
  server.createSubscription({ name: SUBSCRIPTION, topic: TOPIC });
  const data = new Uint8Array(MEGABYTE);
  server.publish(TOPIC, Array.from({ length: messages }, () => ({ data })));
  const connection = stack.use(
    await connect({ projectId: "greedy", endpoint: server.address, plaintext: true }),
  );
  const refused: number[] = [];
  const ended: string[] = [];
  const subscriber = stack.use(
    new Subscriber({
      transport: await grpcTransport(connection, SUBSCRIPTION),
      streams: 4,
      inFlightMax: 1_000,
      inFlightBytesMax: 10 * MEGABYTE,
      leaseSeconds: 60,
      events: { refused: (count) => refused.push(count), streamEnded: ({ details }) => ended.push(details) },
    }),
  );
  const groups = subscriber[Symbol.asyncIterator]();
  const owned = stack.move();
  return { server, subscriber, groups, refused, ended, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

Deno.test("Subscriber holds its cap and one response of each stream, whatever limits and half-closed streams a server ignores", async () => {
  await using opened = await setUp({ messages: 100, faults: { ignoreLimits: true, ignoreHalfClose: true } });
  const { server, subscriber, groups } = opened;
  await groups.next();
  // The client's cancels reach the server.
  await server.waitFor(({ openStreams, delivered }) => delivered > 0 && openStreams === 0);
  // The embedded server sends a megabyte at once.
  assert(subscriber.heldBytes > 10 * MEGABYTE, `${subscriber.heldBytes}`);
  assert(subscriber.heldBytes < (10 + 4 * 1.1) * MEGABYTE, `${subscriber.heldBytes}`);
});

Deno.test("Subscriber takes 20,000 of millions of messages in a response, and tells of the others", async () => {
  await using opened = await setUp({ messages: 1, faults: { emptyMessages: 4_000_000 } });
  const { subscriber, groups, refused } = opened;
  await groups.next();
  assertEquals([subscriber.held, refused], [20_000, [4_000_001 - 20_000]]);
});

Deno.test("Subscriber ends a stream whose response is larger than any should be, and tells why", async () => {
  await using opened = await setUp({ messages: 1, faults: { emptyMessages: 11_000_000 } });
  const { subscriber, server, groups, ended } = opened;
  const read = groups.next();
  await server.waitFor(({ requests }) => requests.streamingPull > 4);
  assertEquals(subscriber.held, 0);
  assert(ended.some((details) => details.includes("larger than max")), ended.join());
  await subscriber.close();
  await read;
});
