/**
 * A subscriber over real gRPC whose connection is there and says nothing.
 *
 * @module
 */
import { v1 } from "@google-cloud/pubsub";
import { credentials } from "@grpc/grpc-js";
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { PULLING_CHANNEL } from "../../src/pubsub/connection.ts";
import type { Delivery } from "../../src/pubsub/delivery.ts";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { grpcTransport } from "../../src/pubsub/grpc_transport.ts";
import { Subscriber } from "../../src/pubsub/subscriber.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { makeTlsFiles } from "../support/tls.ts";

const TOPIC = "projects/silence/topics/log-topic";
const SUBSCRIPTION = "projects/silence/subscriptions/log-sub";
const PROBE_TIMEOUT_MS = 1_000;

/** A server behind a proxy, and a subscriber that acknowledges what it gets, unless it is told to keep it. */
async function setUp(transportLayer: "plain text" | "TLS") {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "lms_silence_" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const tls = transportLayer === "TLS" ? await makeTlsFiles(folder) : undefined;
  const server = stack.use(await FakeServer.start(tls === undefined ? {} : { tls }));
  server.createTopic(TOPIC);
  server.createSubscription({ name: SUBSCRIPTION, topic: TOPIC });
  const proxy = stack.use(new TcpProxy({ hostname: "127.0.0.1", port: Number(server.address.split(":")[1]) }));
  const sslCreds = tls === undefined
    ? credentials.createInsecure()
    : credentials.createSsl(Buffer.from(await Deno.readTextFile(tls.caFile)));
  const client = new v1.SubscriberClient({
    projectId: "silence",
    servicePath: "localhost",
    port: proxy.port,
    sslCreds,
    universeDomain: "googleapis.com",
    ...PULLING_CHANNEL,
  });
  stack.defer(() => client.close());
  const transport = await grpcTransport({ subscriber: client }, SUBSCRIPTION, { probeTimeoutMs: PROBE_TIMEOUT_MS });
  const subscriber = stack.use(
    new Subscriber({
      transport,
      streams: 2,
      inFlightMax: 1_000,
      inFlightBytesMax: 10_000_000,
      leaseSeconds: 10,
    }),
  );
  const kept: Delivery[] = [];
  const keeping = { on: false };
  const reading = (async () => {
    for await (const group of subscriber) {
      if (keeping.on) kept.push(...group);
      else for (const delivery of group) delivery.ack();
    }
  })();
  stack.defer(async () => {
    subscriber.drain();
    await reading;
  });
  const owned = stack.move();
  return {
    server,
    proxy,
    kept,
    keeping,
    publish: () => server.publish(TOPIC, [{ data: Uint8Array.of(65) }]),
    untilAcknowledged: (count: number) =>
      server.waitFor(({ acknowledged }) => acknowledged >= count, { signal: AbortSignal.timeout(60_000) }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

for (const layer of ["plain text", "TLS"] as const) {
  Deno.test(`Subscriber over ${layer} pulls again after a reconnect that was accepted without a word`, async () => {
    await using opened = await setUp(layer);
    const { proxy, publish, untilAcknowledged } = opened;
    publish();
    await untilAcknowledged(1);
    proxy.silent = true;
    proxy.cut();
    await until(() => proxy.muteConnections > 0);
    publish();
    proxy.silent = false;
    await untilAcknowledged(2);
    // What led nowhere is not kept.
    await until(() => proxy.muteConnections === 0);
  });
}

Deno.test("Subscriber acknowledges over a new connection what the old one swallows", async () => {
  await using opened = await setUp("plain text");
  const { proxy, publish, server, untilAcknowledged, kept, keeping } = opened;
  publish();
  await untilAcknowledged(1);
  keeping.on = true;
  publish();
  await until(() => kept.length === 1);
  keeping.on = false;
  assert(proxy.swallow() > 0);
  kept[0]!.ack();
  await untilAcknowledged(2);
  assertEquals(server.stats().redelivered, 0);
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
