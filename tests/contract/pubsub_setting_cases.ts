/**
 * What topics and subscriptions are asked to be: kept, shown, changed, listed, or refused.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertFails, CODE, type PubSubCase, texts } from "./pubsub_fixture.ts";

/** See the module. */
export const SETTING_CASES: readonly PubSubCase[] = [
  {
    name: "a push configuration without an endpoint makes a pull subscription",
    async run(fixture) {
      const { clients: { subscriber } } = fixture;
      for (const pushConfig of [{}, { pushEndpoint: "" }]) {
        const subscription = await fixture.subscribe({ name: fixture.name("subscriptions"), pushConfig });
        await fixture.publish("a");
        assertEquals(texts(await fixture.pull(10, subscription)), ["a"]);
        await subscriber.modifyPushConfig({ subscription, pushConfig });
        await fixture.publish("b");
        assertEquals(texts(await fixture.pull(10, subscription)), ["b"]);
      }
    },
  },
  {
    name: "settings of a subscription are kept and shown",
    async run(fixture) {
      const { clients: { subscriber } } = fixture;
      const subscription = await fixture.subscribe({
        name: fixture.name("subscriptions"),
        ackDeadlineSeconds: 30,
        labels: { team: "logs" },
        retainAckedMessages: true,
        messageRetentionDuration: { seconds: 3600 },
        enableMessageOrdering: true,
        retryPolicy: { minimumBackoff: { seconds: 5 }, maximumBackoff: { seconds: 50 } },
      });
      const [found] = await subscriber.getSubscription({ subscription });
      assertEquals(found.ackDeadlineSeconds, 30);
      assertEquals({ ...found.labels }, { team: "logs" });
      assertEquals(found.retainAckedMessages, true);
      assertEquals(Number(found.messageRetentionDuration?.seconds), 3600);
      assertEquals(found.enableMessageOrdering, true);
      assertEquals(Number(found.retryPolicy?.minimumBackoff?.seconds), 5);
      assertEquals(Number(found.retryPolicy?.maximumBackoff?.seconds), 50);
    },
  },
  {
    name: "a subscription is changed in what the mask names, and in nothing else",
    async run(fixture) {
      const { clients: { subscriber }, subscription: name, behaviour: { strict } } = fixture;
      const change = { name, ackDeadlineSeconds: 77, retainAckedMessages: true, labels: { a: "b" } };
      const update = (paths: string[]) =>
        subscriber.updateSubscription({ subscription: change, updateMask: { paths } });
      const [changed] = await update(["ack_deadline_seconds"]);
      assertEquals([changed.ackDeadlineSeconds, changed.retainAckedMessages], [77, false]);
      await update(["retain_acked_messages"]);
      const [found] = await subscriber.getSubscription({ subscription: name });
      assertEquals([found.ackDeadlineSeconds, found.retainAckedMessages], [77, true]);
      if (!strict) return;
      assertEquals({ ...(await update(["labels"]))[0].labels }, { a: "b" });
      await subscriber.updateSubscription({ subscription: { name }, updateMask: { paths: ["labels"] } });
      assertEquals({ ...(await subscriber.getSubscription({ subscription: name }))[0].labels }, {});
    },
  },
  {
    name: "a change without a mask, of what cannot change, or of what is not there is refused",
    async run(fixture) {
      const { clients: { subscriber }, subscription: name } = fixture;
      const update = (subscription: { name: string }, paths: string[]) =>
        subscriber.updateSubscription({ subscription, updateMask: { paths } });
      await assertFails(CODE.INVALID_ARGUMENT, update({ name }, []));
      await assertFails(CODE.INVALID_ARGUMENT, update({ name }, ["topic"]));
      await assertFails(CODE.INVALID_ARGUMENT, update({ name }, ["no_such_field"]));
      await assertFails(CODE.NOT_FOUND, update({ name: fixture.name("subscriptions") }, ["labels"]));
    },
  },
  {
    name: "a topic's labels are kept, shown and changed",
    async run(fixture) {
      const { clients: { publisher }, behaviour: { strict } } = fixture;
      const name = fixture.name("topics");
      await publisher.createTopic({ name, labels: { a: "b" } });
      assertEquals({ ...(await publisher.getTopic({ topic: name }))[0].labels }, { a: "b" });
      if (!strict) return;
      await publisher.updateTopic({ topic: { name, labels: { c: "d" } }, updateMask: { paths: ["labels"] } });
      assertEquals({ ...(await publisher.getTopic({ topic: name }))[0].labels }, { c: "d" });
    },
  },
  {
    name: "lists show what is there, page by page",
    async run(fixture) {
      const { clients: { publisher, subscriber }, topic } = fixture;
      const names = [fixture.subscription];
      for (let count = 0; count < 3; count++) {
        names.push(await fixture.subscribe({ name: fixture.name("subscriptions") }));
      }
      const [ofTopic] = await publisher.listTopicSubscriptions({ topic });
      assertEquals(ofTopic.toSorted(), names.toSorted());
      const found: string[] = [];
      const project = "projects/contract";
      let pageToken = "";
      do {
        const request = { project, pageSize: 2, pageToken };
        const [subscriptions, , response] = await subscriber.listSubscriptions(request, { autoPaginate: false });
        assert(subscriptions.length <= 2);
        found.push(...subscriptions.map(({ name }) => name!));
        pageToken = response?.nextPageToken ?? "";
      } while (pageToken !== "");
      assertEquals(names.filter((name) => !found.includes(name)), []);
      assertEquals(new Set(found).size, found.length);
      const [topics] = await publisher.listTopics({ project });
      assert(topics.some(({ name }) => name === topic));
      if (!fixture.behaviour.strict) return;
      await assertFails(CODE.NOT_FOUND, publisher.listTopicSubscriptions({ topic: fixture.name("topics") }));
    },
  },
  {
    name: "a dead-letter topic must be there",
    async run(fixture) {
      const deadLetterPolicy = { deadLetterTopic: fixture.name("topics"), maxDeliveryAttempts: 5 };
      await assertFails(
        CODE.NOT_FOUND,
        fixture.subscribe({ name: fixture.name("subscriptions"), deadLetterPolicy }),
      );
    },
  },
  {
    name: "malformed names are refused as such",
    async run(fixture) {
      const { clients: { publisher, subscriber } } = fixture;
      const pull = { subscription: "nobody", maxMessages: 1 };
      await assertFails(CODE.INVALID_ARGUMENT, publisher.getTopic({ topic: "no name" }));
      await assertFails(CODE.INVALID_ARGUMENT, publisher.publish({ topic: "x", messages: [{ data: "eA==" }] }));
      await assertFails(CODE.INVALID_ARGUMENT, subscriber.getSubscription({ subscription: "projects/p/topics/x" }));
      await assertFails(CODE.INVALID_ARGUMENT, subscriber.pull(pull));
    },
  },
  {
    name: "malformed ack ids, and a deadline of -1, are refused as such",
    async run(fixture) {
      const { clients: { subscriber }, subscription, behaviour: { strict } } = fixture;
      await fixture.publish("a");
      const ackIds = (await fixture.pull()).map(({ ackId }) => ackId!);
      await assertFails(CODE.INVALID_ARGUMENT, subscriber.acknowledge({ subscription, ackIds: ["no such id"] }));
      for (const ackDeadlineSeconds of strict ? [-1, 601] : [-1]) {
        const request = { subscription, ackIds, ackDeadlineSeconds };
        const error = await assertFails(CODE.INVALID_ARGUMENT, subscriber.modifyAckDeadline(request));
        if (ackDeadlineSeconds < 0) assertMatch(error.message, /-1|negative/);
      }
    },
  },
  {
    name: "a seek to a time acknowledges what is older, and brings back what is kept",
    async run(fixture) {
      const { clients: { subscriber } } = fixture;
      const name = await fixture.subscribe({ name: fixture.name("subscriptions"), retainAckedMessages: true });
      await fixture.publish("old");
      // Their publish times are to differ, whatever a server's clock shows.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await fixture.publish("new");
      const received: Awaited<ReturnType<typeof fixture.pull>> = [];
      while (received.length < 2) received.push(...await fixture.pull(10, name));
      await fixture.acknowledge(received, name);
      const { publishTime } = received.find((message) => texts([message])[0] === "new")!.message!;
      await subscriber.seek({ subscription: name, time: publishTime! });
      const again: typeof received = [];
      while (again.length < 1) again.push(...await fixture.pull(10, name));
      assertEquals(texts(again), ["new"]);
    },
  },
];
