import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Connection } from "../../../src/pubsub/connection.ts";
import { type OutgoingMessage, publish } from "../../../src/pubsub/publisher.ts";

const TOPIC = "projects/lms/topics/log-topic";
/** https://cloud.google.com/pubsub/quotas: "10 MB (total size)", as the smaller of the two that this may mean. */
const SERVER_REQUEST_BYTES = 10_000_000;

interface PublishRequest {
  readonly topic: string;
  readonly messages: readonly OutgoingMessage[];
}

/** A topic that numbers what is published to it. */
function fakeTopic(failAt = Infinity) {
  const requests: PublishRequest[] = [];
  let underWay = 0;
  let messages = 0;
  const publisher = {
    async publish(request: PublishRequest) {
      assertEquals(underWay++, 0, "two requests at once");
      if (requests.push(request) === failAt) throw new Error("the server refuses");
      await Promise.resolve();
      underWay--;
      return [{ messageIds: request.messages.map(() => `id-${messages++}`) }];
    },
  };
  return { requests, connection: { publisher } as unknown as Connection };
}

function outgoing(count: number, bytes = 1): OutgoingMessage[] {
  return Array.from({ length: count }, () => ({ data: new Uint8Array(bytes) }));
}

Deno.test("publish() sends 1,000 messages to a request, in order, and returns their ids in order", async () => {
  const { requests, connection } = fakeTopic();
  const messages = outgoing(2_001);
  const ids = await publish(connection, TOPIC, messages);
  assertEquals(requests.map(({ topic, messages }) => [topic, messages.length]), [
    [TOPIC, 1_000],
    [TOPIC, 1_000],
    [TOPIC, 1],
  ]);
  assert(requests.flatMap(({ messages }) => messages).every((message, i) => message === messages[i]));
  assertEquals(ids, messages.map((_, i) => `id-${i}`));
});

Deno.test("publish() keeps a request within the bytes that the server takes", async () => {
  const { requests, connection } = fakeTopic();
  await publish(connection, TOPIC, outgoing(100, 1_000_000));
  assert(requests.length <= 13, `${requests.length} requests`);
  for (const { messages } of requests) {
    assert(messages.reduce((sum, { data }) => sum + data.byteLength, 0) < SERVER_REQUEST_BYTES);
  }
  assertEquals(requests.reduce((sum, { messages }) => sum + messages.length, 0), 100);
});

Deno.test("publish() counts attributes by the most bytes that their characters can take", async () => {
  const { requests, connection } = fakeTopic();
  // 900 KB of UTF-8 each, in 300,000 characters.
  const messages = Array.from(
    { length: 20 },
    () => ({ data: new Uint8Array(), attributes: { a: "€".repeat(300_000) } }),
  );
  await publish(connection, TOPIC, messages);
  for (const { messages } of requests) assert(messages.length * 900_000 < SERVER_REQUEST_BYTES);
  assertEquals(requests.reduce((sum, { messages }) => sum + messages.length, 0), 20);
});

Deno.test("publish() sends a message that is over the bytes alone, for the server to judge", async () => {
  const { requests, connection } = fakeTopic();
  await publish(connection, TOPIC, [...outgoing(1), ...outgoing(1, 9 * 1024 * 1024), ...outgoing(2)]);
  assertEquals(requests.map(({ messages }) => messages.length), [1, 1, 2]);
});

Deno.test("publish() of nothing sends nothing", async () => {
  const { requests, connection } = fakeTopic();
  assertEquals(await publish(connection, TOPIC, []), []);
  assertEquals(requests, []);
});

Deno.test("publish() stops at the first request that fails", async () => {
  const { requests, connection } = fakeTopic(2);
  await assertRejects(() => publish(connection, TOPIC, outgoing(3_000)), Error, "the server refuses");
  assertEquals(requests.length, 2);
});
