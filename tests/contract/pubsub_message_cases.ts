/**
 * What arrives of what is published.
 *
 * @module
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { identity, type PubSubCase, texts } from "./pubsub_fixture.ts";

/** See the module. */
export const MESSAGE_CASES: readonly PubSubCase[] = [
  {
    name: "a stream gets messages as published: id, time, attributes, any bytes",
    async run(fixture) {
      const { clients: { publisher }, topic } = fixture;
      const data = Uint8Array.from({ length: 256 }, (_, index) => index);
      const attributes: Record<string, string> = { service: "näme", empty: "" };
      const before = Date.now();
      const [{ messageIds }] = await publisher.publish({ topic, messages: [{ data, attributes }] });
      const after = Date.now();
      const stream = await fixture.stream();
      const [{ message, ackId }] = await stream.count(1) as [(typeof stream.messages)[0]];
      assertEquals(new Uint8Array(message!.data as Uint8Array), data);
      assertEquals({ ...message!.attributes }, attributes);
      assertEquals([message!.messageId], messageIds);
      assert(ackId);
      const { seconds, nanos } = message!.publishTime!;
      const publishedAt = Number(seconds) * 1000 + nanos! / 1e6;
      assert(publishedAt >= before && publishedAt <= after + 1, `${before} <= ${publishedAt} <= ${after}`);
      assertEquals(nanos! % 1000, 0, "no finer than microseconds");
    },
  },
  {
    name: "a message id that the publisher sets is not used",
    async run(fixture) {
      const { clients: { publisher }, topic } = fixture;
      const message = { data: new Uint8Array(1), messageId: "mine", publishTime: { seconds: 1, nanos: 1 } };
      const [{ messageIds }] = await publisher.publish({ topic, messages: [message] });
      const [received] = await fixture.pull();
      assertNotEquals(received!.message!.messageId, "mine");
      assertEquals([received!.message!.messageId], messageIds);
      assertNotEquals(Number(received!.message!.publishTime!.seconds), 1);
    },
  },
  {
    name: "ids differ from each other, within a request and between requests",
    async run(fixture) {
      const ids = [...await fixture.publish("a", "b", "c"), ...await fixture.publish("d")];
      assertEquals(new Set(ids).size, 4);
    },
  },
  {
    name: "every subscription gets its own copy of what is published after it was created",
    async run(fixture) {
      await fixture.publish("early");
      const second = await fixture.subscribe({ name: fixture.name("subscriptions") });
      await fixture.publish("late");
      const all = await fixture.stream();
      const late = await fixture.stream({ subscription: second });
      assertEquals(texts(await all.count(2)), ["early", "late"]);
      assertEquals(texts(await late.count(1)), ["late"]);
      assertEquals(all.messages.map(identity).includes(identity(late.messages[0]!)), true);
    },
  },
  {
    name: "large messages arrive whole",
    async run(fixture) {
      const { clients: { publisher }, topic } = fixture;
      const sizes = [1_000_000, 3_000_000, 5_000_000];
      const messages = sizes.map((size) => ({ data: new Uint8Array(size).fill(size % 251) }));
      await publisher.publish({ topic, messages });
      const stream = await fixture.stream();
      const received = await stream.count(3);
      const arrived = received.map(({ message }) => new Uint8Array(message!.data as Uint8Array));
      assertEquals(arrived.map(({ length }) => length).sort((a, b) => a - b), sizes);
      assert(arrived.every((data) => data.every((byte) => byte === data.length % 251)));
    },
  },
  {
    name: "thousands of messages arrive, each once",
    async run(fixture) {
      const names = Array.from({ length: 3000 }, (_, index) => String(index).padStart(4, "0"));
      for (let from = 0; from < names.length; from += 1000) await fixture.publish(...names.slice(from, from + 1000));
      const stream = await fixture.stream();
      const received = await stream.count(names.length);
      assertEquals(texts(received), names);
      assertEquals(new Set(received.map(({ ackId }) => ackId)).size, names.length);
    },
  },
  {
    name: "pull hands out at most what it is asked for, and waits for the first message",
    async run(fixture) {
      const waiting = fixture.pull(2);
      await fixture.publish("a");
      assertEquals(texts(await waiting), ["a"]);
      await fixture.publish("b", "c", "d");
      const first = await fixture.pull(2);
      assert(first.length >= 1 && first.length <= 2);
      const rest: typeof first = [];
      while (first.length + rest.length < 3) rest.push(...await fixture.pull(3));
      assertEquals(texts([...first, ...rest]), ["b", "c", "d"]);
    },
  },
];
