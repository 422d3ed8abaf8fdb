/**
 * Streaming pull: sharing, limits, keep-alives, ends.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { CODE, type PubSubCase, seconds, texts } from "./pubsub_fixture.ts";

/** See the module. */
export const STREAM_CASES: readonly PubSubCase[] = [
  {
    name: "a stream gets what is published while it is open",
    async run(fixture) {
      const stream = await fixture.stream();
      await fixture.publish("a");
      await stream.count(1);
      await fixture.publish("b", "c");
      assertEquals(texts(await stream.count(3)), ["a", "b", "c"]);
    },
  },
  {
    name: "two streams share what is published, and no message goes to both",
    async run(fixture) {
      const streams = [await fixture.stream(), await fixture.stream()] as const;
      const names: string[] = [];
      // Servers send in bursts and choose the stream by lot: what either gets is no fixed share.
      while (names.length < 200 || (names.length < 2000 && streams.some(({ messages }) => messages.length === 0))) {
        const name = String(names.length).padStart(4, "0");
        await fixture.publish(name);
        names.push(name);
      }
      const all = () => streams.flatMap(({ messages }) => messages);
      await Promise.race(streams.map((stream) => stream.until(() => all().length >= names.length)));
      assertEquals(texts(all()), names);
      for (const { messages } of streams) assert(messages.length > 0, "one stream got nothing");
    },
  },
  {
    name: "a stream gets no more messages than it may hold, and more when it settles some",
    async run(fixture) {
      const { behaviour: { keepsToLimits } } = fixture;
      await fixture.publish(...Array.from({ length: 50 }, (_, index) => `m${index}`));
      const stream = await fixture.stream({ maxOutstandingMessages: 10 });
      await stream.count(10);
      await seconds(0.3);
      assertEquals(stream.messages.length, keepsToLimits ? 10 : 50);
      if (!keepsToLimits) return;
      await fixture.acknowledge(stream.messages.slice(0, 4));
      await stream.count(14);
      await fixture.modifyAckDeadline(stream.messages.slice(4, 7), 0);
      await stream.count(17);
      await seconds(0.3);
      assertEquals(stream.messages.length, 17);
    },
  },
  {
    name: "a stream gets no more bytes than it may hold, but always one message",
    async run(fixture) {
      const { behaviour: { keepsToLimits } } = fixture;
      await fixture.publish(...Array.from({ length: 5 }, () => "x".repeat(1000)));
      const stream = await fixture.stream({ maxOutstandingBytes: 2500 });
      await stream.count(2);
      await seconds(0.3);
      assertEquals(stream.messages.length, keepsToLimits ? 2 : 5);
      const narrow = await fixture.stream({ maxOutstandingBytes: 10 });
      if (!keepsToLimits) return;
      await narrow.count(1);
      await seconds(0.3);
      assertEquals(narrow.messages.length, 1);
    },
  },
  {
    name: "a ping is answered by a response without messages",
    async run(fixture) {
      const { behaviour: { answersPings } } = fixture;
      const stream = await fixture.stream({ protocolVersion: 1 });
      await fixture.publish("a");
      await stream.count(1);
      const before = stream.responses.length;
      stream.send({});
      if (answersPings) await stream.until(() => stream.responses.length > before);
      else await seconds(1);
      assertEquals(stream.responses.length - before, answersPings ? 1 : 0);
      assertEquals(stream.messages.length, 1);
    },
  },
  {
    name: "a stream on a subscription that is not there ends with NOT_FOUND",
    async run(fixture) {
      const stream = await fixture.stream({ subscription: fixture.name("subscriptions") });
      assertEquals((await stream.ended).code, CODE.NOT_FOUND);
    },
  },
  {
    name: "a stream ends with NOT_FOUND when its subscription is deleted",
    async run(fixture) {
      const { clients: { subscriber }, subscription } = fixture;
      const stream = await fixture.stream();
      await fixture.publish("a");
      await stream.count(1);
      await subscriber.deleteSubscription({ subscription });
      assertEquals((await stream.ended).code, CODE.NOT_FOUND);
    },
  },
  {
    name: "a stream's lease is 10 to 600 seconds",
    async run(fixture) {
      for (const streamAckDeadlineSeconds of [9, 601]) {
        const stream = await fixture.stream({ streamAckDeadlineSeconds });
        assertEquals((await stream.ended).code, CODE.INVALID_ARGUMENT);
      }
    },
  },
  {
    name: "a stream that the client half-closes ends with OK, after what was sent",
    async run(fixture) {
      const stream = await fixture.stream();
      await fixture.publish("a");
      await stream.count(1);
      stream.finish();
      assertEquals((await stream.ended).code, 0);
    },
  },
];
