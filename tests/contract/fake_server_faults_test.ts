/**
 * What only the embedded server does: misbehave on demand, tell what it did, TLS and tokens.
 *
 * @module
 */
import { v1 } from "@google-cloud/pubsub";
import { credentials, Metadata } from "@grpc/grpc-js";
import { Buffer } from "node:buffer";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { FakeServer, type FakeServerOptions } from "../../src/emulator/fake_server.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { makeTlsFiles } from "../support/tls.ts";
import { AS_GOOGLES_SERVICE, assertFails, PubSubFixture, texts } from "./pubsub_fixture.ts";

const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/** The clients' own retries would hide the faults. */
const ONCE = { retry: null } as unknown as { timeout: number };

/** A server, and a topic and a subscription on it. */
async function setUp(options: FakeServerOptions = {}) {
  const server = await FakeServer.start(options);
  const fixture = await PubSubFixture.create(server.address, AS_GOOGLES_SERVICE);
  const { subscription, topic, clients: { publisher, subscriber } } = fixture;
  return {
    server,
    fixture,
    publishOnce: () => publisher.publish({ topic, messages: [{ data: Uint8Array.of(65) }] }, ONCE),
    acknowledgeOnce: (ackIds: string[]) => subscriber.acknowledge({ subscription, ackIds }, ONCE),
    async [Symbol.asyncDispose]() {
      await fixture[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

Deno.test("FakeServer publish() goes the same way as a publish request, and returns the ids", async () => {
  await using opened = await setUp({ shuffleIds: true });
  const { server, fixture } = opened;
  const ids = server.publish(fixture.topic, [
    { data: Uint8Array.of(65), attributes: { key: "value" } },
    { data: Uint8Array.of(66) },
  ]);
  const stream = await fixture.stream();
  const received = await stream.count(2);
  assertEquals(received.map(({ message }) => message!.messageId), ids);
  assertEquals({ ...received[0]!.message!.attributes }, { key: "value" });
  assertMatch(ids[0]!, /^[0-9]{19}$/);
});

Deno.test("FakeServer createTopic() and createSubscription() do as the calls do", async () => {
  await using server = await FakeServer.start();
  const [topic, name] = ["projects/p/topics/logs", "projects/p/subscriptions/logs"];
  await assertRejects(() => Promise.try(() => server.createSubscription({ name, topic })), Error, "not found");
  server.createTopic(topic);
  await assertRejects(() => Promise.try(() => server.createTopic(topic)), Error, "already exists");
  server.createSubscription({ name, topic });
  server.publish(topic, [{ data: Uint8Array.of(65) }]);
  assertEquals([server.stats().published, server.stats().waiting], [1, 1]);
});

Deno.test("FakeServer stats() counts requests and messages, waitFor() waits for a count", async () => {
  await using opened = await setUp();
  const { server, fixture } = opened;
  const acknowledged = server.waitFor((stats) => stats.acknowledged === 1);
  const stream = await fixture.stream();
  assertEquals((await server.waitFor(({ openStreams }) => openStreams === 1)).requests.streamingPull, 1);
  await fixture.publish("a", "b");
  await fixture.acknowledge((await stream.count(2)).slice(0, 1));
  const { requests, published, delivered, outstanding } = await acknowledged;
  assertEquals({ published, delivered, outstanding }, { published: 2, delivered: 2, outstanding: 1 });
  assertEquals([requests.createTopic, requests.publish, requests.acknowledge], [1, 1, 1]);
  await stream[Symbol.asyncDispose]();
  await server.waitFor(({ openStreams }) => openStreams === 0);
});

Deno.test("FakeServer refusePublishShare refuses, and accepts nothing", async () => {
  await using opened = await setUp({ faults: { refusePublishShare: 1 } });
  await assertFails(UNAVAILABLE, opened.publishOnce());
  assertEquals(opened.server.stats().published, 0);
  opened.server.setFaults({ refusePublishShare: 0 });
  await opened.publishOnce();
  assertEquals(opened.server.stats().published, 1);
});

Deno.test("FakeServer losePublishAnswerShare accepts, and says otherwise", async () => {
  await using opened = await setUp({ faults: { losePublishAnswerShare: 1 } });
  await assertFails(UNAVAILABLE, opened.publishOnce());
  assertEquals(opened.server.stats().published, 1);
});

Deno.test("FakeServer refuseAckShare refuses, loseAckAnswerShare settles and says otherwise", async () => {
  await using opened = await setUp({ faults: { refuseAckShare: 1 } });
  const { server, fixture, acknowledgeOnce } = opened;
  await fixture.publish("a");
  const ackIds = (await fixture.pull()).map(({ ackId }) => ackId!);
  await assertFails(UNAVAILABLE, acknowledgeOnce(ackIds));
  assertEquals(server.stats().acknowledged, 0);
  server.setFaults({ refuseAckShare: 0, loseAckAnswerShare: 1 });
  await assertFails(UNAVAILABLE, acknowledgeOnce(ackIds));
  assertEquals(server.stats().acknowledged, 1);
});

Deno.test("FakeServer refuseExtendShare refuses to extend", async () => {
  await using opened = await setUp({ faults: { refuseExtendShare: 1 } });
  const { server, fixture } = opened;
  await fixture.publish("a");
  const ackIds = (await fixture.pull()).map(({ ackId }) => ackId!);
  const { clients: { subscriber }, subscription } = fixture;
  await assertFails(
    UNAVAILABLE,
    subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds: 20 }, ONCE),
  );
  assertEquals(server.stats().extended, 0);
});

Deno.test("FakeServer ackDelayMs answers and settles later", async () => {
  await using opened = await setUp({ faults: { ackDelayMs: 200 } });
  const { server, fixture } = opened;
  await fixture.publish("a");
  const received = await fixture.pull();
  const startedAt = performance.now();
  await fixture.acknowledge(received);
  // Timers may fire a millisecond early.
  assert(performance.now() - startedAt >= 199);
  assertEquals(server.stats().acknowledged, 1);
});

Deno.test("FakeServer onAcknowledge sees the ids before they are settled, and may take its time", async () => {
  await using opened = await setUp();
  const { server, fixture } = opened;
  await fixture.publish("a");
  const received = await fixture.pull();
  const [seen, gate] = [Promise.withResolvers<readonly string[]>(), Promise.withResolvers<void>()];
  server.onAcknowledge = (ackIds) => {
    seen.resolve(ackIds);
    return gate.promise;
  };
  const acknowledging = fixture.acknowledge(received);
  assertEquals(await seen.promise, received.map(({ ackId }) => ackId!));
  assertEquals(server.stats().acknowledged, 0);
  gate.resolve();
  await acknowledging;
  assertEquals(server.stats().acknowledged, 1);
});

Deno.test("FakeServer resetStreams() ends streams with UNAVAILABLE after what was sent, and keeps the leases", async () => {
  await using opened = await setUp();
  const { server, fixture } = opened;
  const streams = [await fixture.stream(), await fixture.stream()];
  await server.waitFor(({ openStreams }) => openStreams === 2);
  await fixture.publish("a");
  await server.waitFor(({ delivered }) => delivered === 1);
  assertEquals(server.resetStreams(), 2);
  for (const stream of streams) assertEquals((await stream.ended).code, UNAVAILABLE);
  const received = streams.flatMap(({ messages }) => messages);
  assertEquals(texts(received), ["a"]);
  await fixture.acknowledge(received);
  assertEquals([server.stats().acknowledged, server.stats().openStreams], [1, 0]);
});

Deno.test("FakeServer dropConnections() breaks streams, and clients come back", async () => {
  await using opened = await setUp();
  const { server, fixture } = opened;
  const stream = await fixture.stream();
  await server.waitFor(({ openStreams }) => openStreams === 1);
  server.dropConnections();
  const { code } = await stream.ended;
  assert(code !== 0, `the stream ended with ${code}`);
  await server.waitFor(({ openStreams }) => openStreams === 0);
  await fixture.publish("a");
  assertEquals(texts(await fixture.pull()), ["a"]);
});

Deno.test("FakeServer breakShare cuts connections in the middle of a message", async () => {
  const bytes = 3_000_000;
  await using server = await FakeServer.start({ faults: { breakShare: 1 } });
  const [hostname, port] = server.address.split(":");
  await using proxy = new TcpProxy({ hostname: hostname!, port: Number(port) });
  await using fixture = await PubSubFixture.create(`127.0.0.1:${proxy.port}`, AS_GOOGLES_SERVICE);
  server.publish(fixture.topic, [{ data: new Uint8Array(bytes) }]);
  const stream = await fixture.stream();
  const { code } = await stream.ended;
  assert(code !== 0, `the stream ended with ${code}`);
  assertEquals(stream.messages.length, 0);
  assert(proxy.answeredBytes > 10_000 && proxy.answeredBytes < bytes, `${proxy.answeredBytes} bytes came`);
  assertEquals(server.stats().responses, 1);
});

Deno.test("FakeServer with silentStreams does not answer pings", async () => {
  await using opened = await setUp({ faults: { silentStreams: true } });
  const { server, fixture } = opened;
  const stream = await fixture.stream({ protocolVersion: 1 });
  stream.send({});
  await server.waitFor(({ pings }) => pings === 1);
  await fixture.publish("a");
  await stream.count(1);
  assertEquals(stream.responses.length, 1);
});

Deno.test("FakeServer issues ack ids as long as Google's, when asked to", async () => {
  await using opened = await setUp({ ackIdLength: 190 });
  const { server, fixture } = opened;
  await fixture.publish("a");
  const received = await fixture.pull();
  assertEquals(received[0]!.ackId!.length, 190);
  await fixture.acknowledge(received);
  assertEquals(server.stats().acknowledged, 1);
});

Deno.test("FakeServer refuses options out of their range", async () => {
  await assertRejects(() => FakeServer.start({ ackIdLength: 15 }), RangeError, "ackIdLength");
  await assertRejects(() => FakeServer.start({ faults: { duplicateShare: 2 } }), RangeError, "duplicateShare");
});

Deno.test("FakeServer says where it cannot listen", async () => {
  await using server = await FakeServer.start();
  const port = Number(server.address.split(":")[1]);
  await assertRejects(() => FakeServer.start({ port }), Error, `Cannot listen on 127.0.0.1:${port}`);
});

Deno.test("FakeServer closes with streams open, pulls waiting and acknowledgements withheld, and closes once", async () => {
  const server = await FakeServer.start();
  await using fixture = await PubSubFixture.create(server.address, AS_GOOGLES_SERVICE);
  const { clients: { subscriber }, subscription } = fixture;
  await fixture.publish("a");
  const [received] = await fixture.pull();
  const stream = await fixture.stream();
  const pull = subscriber.pull({ subscription, maxMessages: 1 }, ONCE);
  server.onAcknowledge = () => new Promise(() => {});
  const acknowledging = subscriber.acknowledge({ subscription, ackIds: [received!.ackId!] }, ONCE);
  const failed = [assertFails(UNAVAILABLE, pull), assertFails(UNAVAILABLE, acknowledging)];
  await server.waitFor(({ openStreams, requests }) =>
    openStreams === 1 && requests.pull === 2 && requests.acknowledge === 1
  );
  await Promise.all([server[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]);
  assertEquals((await stream.ended).code, UNAVAILABLE);
  await Promise.all(failed);
});

Deno.test("FakeServer serves TLS, and calls with a good token only", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lms-tls-" });
  try {
    const { cert, key, caFile } = await makeTlsFiles(folder);
    const tokens: (string | undefined)[] = [];
    await using server = await FakeServer.start({
      tls: { cert, key },
      authorize: (token) => {
        tokens.push(token);
        return token === "good";
      },
    });
    const ca = credentials.createSsl(Buffer.from(await Deno.readTextFile(caFile)));
    for (const token of [undefined, "bad", "good"]) {
      const withToken = credentials.createFromMetadataGenerator((_options, callback) => {
        const metadata = new Metadata();
        if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
        callback(null, metadata);
      });
      const publisher = new v1.PublisherClient({
        projectId: "p",
        servicePath: "localhost",
        port: Number(server.address.split(":")[1]),
        sslCreds: credentials.combineChannelCredentials(ca, withToken),
        universeDomain: "googleapis.com",
      });
      const call = publisher.createTopic({ name: "projects/p/topics/logs" }, ONCE);
      if (token === "good") await call;
      else await assertFails(UNAUTHENTICATED, call);
      await publisher.close();
    }
    assertEquals(tokens, [undefined, "bad", "good"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
