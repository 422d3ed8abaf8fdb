/**
 * Topics and subscriptions, and the limits of requests.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { assertFails, CODE, type PubSubCase, texts } from "./pubsub_fixture.ts";

/** See the module. */
export const RESOURCE_CASES: readonly PubSubCase[] = [
  {
    name: "a topic is there after it was created, and is created once",
    async run({ clients: { publisher }, topic }) {
      const [{ name }] = await publisher.getTopic({ topic });
      assertEquals(name, topic);
      const error = await assertFails(CODE.ALREADY_EXISTS, publisher.createTopic({ name: topic }));
      assertMatch(error.message, /already exists/);
    },
  },
  {
    name: "a topic that is not there cannot be read, published to or deleted",
    async run(fixture) {
      const { clients: { publisher } } = fixture;
      const topic = fixture.name("topics");
      await assertFails(CODE.NOT_FOUND, publisher.getTopic({ topic }));
      await assertFails(CODE.NOT_FOUND, publisher.publish({ topic, messages: [{ data: new Uint8Array(1) }] }));
      await assertFails(CODE.NOT_FOUND, publisher.deleteTopic({ topic }));
    },
  },
  {
    name: "a deleted topic leaves its subscription, and what waits there",
    async run(fixture) {
      const { clients: { publisher, subscriber }, topic, subscription } = fixture;
      await fixture.publish("kept");
      await publisher.deleteTopic({ topic });
      await assertFails(CODE.NOT_FOUND, publisher.getTopic({ topic }));
      const [{ topic: left }] = await subscriber.getSubscription({ subscription });
      assertEquals(left, "_deleted-topic_");
      assertEquals(texts(await fixture.pull()), ["kept"]);
    },
  },
  {
    name: "a subscription is there after it was created, with a lease of 10 seconds, and is created once",
    async run(fixture) {
      const { clients: { subscriber }, topic, subscription } = fixture;
      const [found] = await subscriber.getSubscription({ subscription });
      assertEquals(found.name, subscription);
      assertEquals(found.topic, topic);
      assertEquals(found.ackDeadlineSeconds, 10);
      const error = await assertFails(CODE.ALREADY_EXISTS, fixture.subscribe({}));
      assertMatch(error.message, /already exists/);
    },
  },
  {
    name: "a subscription needs a topic that is there",
    async run(fixture) {
      const topic = fixture.name("topics");
      await assertFails(CODE.NOT_FOUND, fixture.subscribe({ name: fixture.name("subscriptions"), topic }));
    },
  },
  {
    name: "a deleted subscription is gone",
    async run(fixture) {
      const { clients: { subscriber }, subscription } = fixture;
      await fixture.publish("gone");
      await subscriber.deleteSubscription({ subscription });
      await assertFails(CODE.NOT_FOUND, subscriber.getSubscription({ subscription }));
      await assertFails(CODE.NOT_FOUND, subscriber.deleteSubscription({ subscription }));
      await assertFails(CODE.NOT_FOUND, subscriber.pull({ subscription, maxMessages: 1 }));
      await assertFails(CODE.NOT_FOUND, subscriber.acknowledge({ subscription, ackIds: ["x"] }));
      await fixture.subscribe({});
      await fixture.publish("new");
      assertEquals(texts(await fixture.pull()), ["new"]);
    },
  },
  {
    name: "names and deadlines out of their range are refused",
    async run(fixture) {
      const { behaviour: { shortestLease }, clients: { publisher } } = fixture;
      await assertFails(CODE.INVALID_ARGUMENT, publisher.createTopic({ name: "projects/contract/topics/1" }));
      await assertFails(CODE.INVALID_ARGUMENT, publisher.createTopic({ name: "no name" }));
      const subscription = fixture.name("subscriptions");
      for (const ackDeadlineSeconds of [-1, shortestLease - 1, 601]) {
        // 0 stands for the default.
        if (ackDeadlineSeconds === 0) continue;
        await assertFails(CODE.INVALID_ARGUMENT, fixture.subscribe({ name: subscription, ackDeadlineSeconds }));
      }
      await fixture.subscribe({ name: subscription, ackDeadlineSeconds: shortestLease });
    },
  },
  {
    name: "a request publishes 1 to 1000 messages, none of them empty",
    async run(fixture) {
      const { clients: { publisher }, topic } = fixture;
      const messages = (count: number) => Array.from({ length: count }, () => ({ data: new Uint8Array(1) }));
      await assertFails(CODE.INVALID_ARGUMENT, publisher.publish({ topic, messages: messages(1001) }));
      await assertFails(CODE.INVALID_ARGUMENT, publisher.publish({ topic, messages: [] }));
      await assertFails(CODE.INVALID_ARGUMENT, publisher.publish({ topic, messages: [...messages(1), {}] }));
      assertEquals((await publisher.publish({ topic, messages: messages(1000) }))[0].messageIds?.length, 1000);
      await publisher.publish({ topic, messages: [{ attributes: { alone: "fine" } }] });
    },
  },
  {
    name: "an acknowledge request of more than 512 KiB is refused",
    async run({ clients: { subscriber }, subscription }) {
      const ackIds = Array.from({ length: 3000 }, (_, index) => String(index).padStart(200, "x"));
      await assertFails(CODE.INVALID_ARGUMENT, subscriber.acknowledge({ subscription, ackIds }));
    },
  },
];
