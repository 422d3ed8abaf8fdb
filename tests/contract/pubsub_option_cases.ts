/**
 * Subscriptions with options: exactly-once delivery, dead-letter topics.
 *
 * @module
 */
import { assertEquals, assertNotEquals } from "@std/assert";
import { assertFails, CODE, type PubSubCase, seconds, texts } from "./pubsub_fixture.ts";

const INVALID_ACK_ID = "PERMANENT_FAILURE_INVALID_ACK_ID";

/** See the module. */
export const OPTION_CASES: readonly PubSubCase[] = [
  {
    name: "exactly-once: settling what is not leased fails, and names the ids",
    async run(fixture) {
      const { clients: { subscriber } } = fixture;
      const subscription = fixture.name("subscriptions");
      await fixture.subscribe({ name: subscription, enableExactlyOnceDelivery: true });
      await fixture.publish("a", "b");
      const received: Awaited<ReturnType<typeof fixture.pull>> = [];
      while (received.length < 2) received.push(...await fixture.pull(2, subscription));
      const [first, second] = received.map(({ ackId }) => ackId!);
      await subscriber.acknowledge({ subscription, ackIds: [first!] });
      const calls = [
        () => subscriber.acknowledge({ subscription, ackIds: [first!, second!] }),
        () => subscriber.modifyAckDeadline({ subscription, ackIds: [first!], ackDeadlineSeconds: 20 }),
      ];
      for (const call of calls) {
        const error = await assertFails(CODE.INVALID_ARGUMENT, call());
        const { errorInfoMetadata, reason } = error as { errorInfoMetadata?: unknown; reason?: unknown };
        assertEquals({ ...errorInfoMetadata as object }, { [first!]: INVALID_ACK_ID });
        assertEquals(reason, "EXACTLY_ONCE_ACKID_FAILURE");
      }
      // What the request named besides took effect.
      await assertFails(CODE.INVALID_ARGUMENT, subscriber.acknowledge({ subscription, ackIds: [second!] }));
    },
  },
  {
    name: "exactly-once: a stream tells so, and confirms what is settled on it",
    async run(fixture) {
      const { behaviour: { confirmsOnStream } } = fixture;
      const subscription = fixture.name("subscriptions");
      await fixture.subscribe({ name: subscription, enableExactlyOnceDelivery: true });
      const stream = await fixture.stream({ subscription });
      await fixture.publish("a");
      const [received] = await stream.count(1);
      const [{ subscriptionProperties }] = stream.responses as [typeof stream.responses[0]];
      assertEquals(subscriptionProperties?.exactlyOnceDeliveryEnabled, true);
      stream.send({ ackIds: [received!.ackId] });
      if (confirmsOnStream) await stream.until(() => stream.responses.length === 2);
      else await seconds(0.3);
      assertEquals(
        stream.responses[1]?.acknowledgeConfirmation?.ackIds,
        confirmsOnStream ? [received!.ackId!] : undefined,
      );
    },
  },
  {
    name: "what comes on a stream settles as requests of their own do",
    async run(fixture) {
      await fixture.publish("acknowledged", "returned");
      const stream = await fixture.stream();
      const ackIdOf = (text: string) => stream.messages.find((message) => texts([message])[0] === text)!.ackId!;
      await stream.count(2);
      stream.send({
        ackIds: [ackIdOf("acknowledged")],
        modifyDeadlineAckIds: [ackIdOf("returned")],
        modifyDeadlineSeconds: [0],
      });
      await stream.count(3);
      assertEquals(texts(stream.messages), ["acknowledged", "returned", "returned"]);
    },
  },
  {
    name: "with a dead-letter policy attempts are counted, and the message moves after the last",
    async run(fixture) {
      const { clients: { publisher, subscriber } } = fixture;
      const deadLetterTopic = fixture.name("topics");
      await publisher.createTopic({ name: deadLetterTopic });
      const dead = await fixture.subscribe({ name: fixture.name("subscriptions"), topic: deadLetterTopic });
      const subscription = await fixture.subscribe({
        name: fixture.name("subscriptions"),
        deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts: 5 },
      });
      const [id] = await fixture.publish("poison");
      const stream = await fixture.stream({ subscription });
      for (let attempt = 1; attempt <= 5; attempt++) {
        const received = (await stream.count(attempt))[attempt - 1]!;
        assertEquals(received.deliveryAttempt, attempt);
        await subscriber.modifyAckDeadline({ subscription, ackIds: [received.ackId!], ackDeadlineSeconds: 0 });
      }
      const [moved] = await fixture.pull(1, dead);
      assertEquals(texts([moved!]), ["poison"]);
      assertNotEquals(moved!.message!.messageId, id);
      const attributes = moved!.message!.attributes!;
      assertEquals(attributes["CloudPubSubDeadLetterSourceSubscription"], subscription.split("/")[3]);
      assertEquals(attributes["CloudPubSubDeadLetterSourceDeliveryCount"], "5");
      assertEquals(stream.messages.length, 5);
    },
  },
  {
    name: "without a dead-letter policy attempts are not counted",
    async run(fixture) {
      await fixture.publish("a");
      const [received] = await fixture.pull();
      assertEquals(received!.deliveryAttempt, 0);
    },
  },
];
