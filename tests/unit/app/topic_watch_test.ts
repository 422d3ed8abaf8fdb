import { assertEquals } from "@std/assert";
import { watchTopic } from "../../../src/app/topic_watch.ts";
import type { Log } from "../../../src/ops/logger.ts";
import type { Connection } from "../../../src/pubsub/connection.ts";
import { FakeTime } from "../../support/time.ts";

/** Watches a subscription whose topic is what `topic` says: a name, or an error. Returns the warnings as they come. */
function watched(topic: () => string | Error) {
  const warnings: string[] = [];
  const log = { warn: (message: string) => warnings.push(message), debug: () => {} } as unknown as Log;
  const getSubscription = () => {
    const answer = topic();
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve([{ topic: answer }]);
  };
  const connection = { subscriber: { getSubscription } } as unknown as Connection;
  const watch = watchTopic({ connection, subscription: "projects/lms/subscriptions/log-sub", log });
  return { warnings, watch };
}

Deno.test("watchTopic() says at once and every ten minutes that the topic was deleted, until it is disposed of", async () => {
  using time = new FakeTime();
  const { warnings, watch } = watched(() => "_deleted-topic_");
  await time.tickAsync(0);
  assertEquals(warnings.length, 1);
  await time.tickAsync(599_999);
  assertEquals(warnings.length, 1);
  await time.tickAsync(1);
  assertEquals(warnings.length, 2);
  watch[Symbol.dispose]();
  await time.tickAsync(3_600_000);
  assertEquals(warnings.length, 2);
});

Deno.test("watchTopic() is silent where the topic is there and where it may not look, and looks again", async () => {
  using time = new FakeTime();
  let answer: string | Error = "projects/lms/topics/log-topic";
  const { warnings, watch } = watched(() => answer);
  await time.tickAsync(0);
  answer = Object.assign(new Error("7 PERMISSION_DENIED"), { code: 7 });
  await time.tickAsync(600_000);
  assertEquals(warnings, []);
  answer = "_deleted-topic_";
  await time.tickAsync(600_000);
  assertEquals(warnings.length, 1);
  watch[Symbol.dispose]();
});
