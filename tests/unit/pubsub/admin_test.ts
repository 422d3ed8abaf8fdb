import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ensureResources, subscriptionName, temporarySubscription, topicName } from "../../../src/pubsub/admin.ts";
import type { Connection } from "../../../src/pubsub/connection.ts";

const NAMES = { topic: topicName("lms", "log-topic"), subscription: subscriptionName("lms", "log-sub") };

/** Keeps the calls that create and delete; `fail` says with which error a call ends. */
function fakeConnection(fail: (call: string) => Error | undefined = () => undefined) {
  const calls: [call: string, request: unknown][] = [];
  const method = (call: string) => (request: unknown) => {
    calls.push([call, request]);
    const error = fail(call);
    return error === undefined ? Promise.resolve([]) : Promise.reject(error);
  };
  const connection = {
    publisher: { createTopic: method("createTopic") },
    subscriber: {
      createSubscription: method("createSubscription"),
      deleteSubscription: method("deleteSubscription"),
    },
  } as unknown as Connection;
  return { calls, connection };
}

function grpcError(code: number): Error {
  return Object.assign(new Error(`status ${code}`), { code });
}

const CREATIONS: [string, unknown][] = [
  ["createTopic", { name: "projects/lms/topics/log-topic" }],
  ["createSubscription", {
    name: "projects/lms/subscriptions/log-sub",
    topic: "projects/lms/topics/log-topic",
  }],
];

Deno.test("ensureResources() creates the topic, then the subscription to it", async () => {
  const { calls, connection } = fakeConnection();
  await ensureResources(connection, NAMES);
  assertEquals(calls, CREATIONS);
});

Deno.test("ensureResources() is content with what exists already", async () => {
  const { calls, connection } = fakeConnection(() => grpcError(6));
  await ensureResources(connection, NAMES);
  assertEquals(calls, CREATIONS);
});

for (const call of ["createTopic", "createSubscription"]) {
  Deno.test(`ensureResources() throws what else ${call} fails with`, async () => {
    const error = grpcError(7);
    const { connection } = fakeConnection((called) => called === call ? error : undefined);
    assertStrictEquals(await assertRejects(() => ensureResources(connection, NAMES)), error);
  });
}

Deno.test("temporarySubscription() is deleted when disposed of", async () => {
  const { calls, connection } = fakeConnection();
  {
    await using _temporary = await temporarySubscription(connection, NAMES);
    assertEquals(calls, CREATIONS.slice(1));
  }
  assertEquals(calls.slice(1), [["deleteSubscription", { subscription: NAMES.subscription }]]);
});

Deno.test("temporarySubscription() does not take over one that exists", async () => {
  const { calls, connection } = fakeConnection(() => grpcError(6));
  await assertRejects(() => temporarySubscription(connection, NAMES), Error, "status 6");
  assertEquals(calls.length, 1);
});
