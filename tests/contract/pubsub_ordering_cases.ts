/**
 * Message ordering.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { PubSubCase, PubSubFixture } from "./pubsub_fixture.ts";
import type { Received } from "./pubsub_stream.ts";

/** Creates a subscription with ordering. */
function subscribe(fixture: PubSubFixture): Promise<string> {
  return fixture.subscribe({ name: fixture.name("subscriptions"), enableMessageOrdering: true });
}

/** Publishes texts under a key, in one request. */
async function publish(fixture: PubSubFixture, orderingKey: string, texts: readonly string[]): Promise<void> {
  const messages = texts.map((text) => ({ data: new TextEncoder().encode(text), orderingKey }));
  await fixture.clients.publisher.publish({ topic: fixture.topic, messages });
}

/** The texts that came under a key, in the order in which they came. */
function ofKey(messages: readonly Received[], key: string): string[] {
  return messages.filter(({ message }) => message!.orderingKey === key)
    .map(({ message }) => new TextDecoder().decode(message!.data as Uint8Array));
}

/** Each text once, where it came first. */
function firsts(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index).padStart(3, "0"));

/** See the module. */
export const ORDERING_CASES: readonly PubSubCase[] = [
  {
    name: "ordering: a stream gets the messages of each key in order",
    async run(fixture) {
      const subscription = await subscribe(fixture);
      const stream = await fixture.stream({ subscription });
      for (const number of numbers(30)) {
        await publish(fixture, "a", [number]);
        await publish(fixture, "b", [number]);
      }
      for (let settled = 0; settled < 60;) {
        await stream.until(() => stream.messages.length > settled);
        const news = stream.messages.slice(settled);
        settled += news.length;
        await fixture.acknowledge(news, subscription);
      }
      assertEquals(firsts(ofKey(stream.messages, "a")), numbers(30));
      assertEquals(firsts(ofKey(stream.messages, "b")), numbers(30));
      assertEquals(stream.responses.at(-1)?.subscriptionProperties?.messageOrderingEnabled, true);
    },
  },
  {
    name: "ordering: two streams share keys, and neither gets ahead of the other within one",
    async run(fixture) {
      const subscription = await subscribe(fixture);
      const streams = [await fixture.stream({ subscription }), await fixture.stream({ subscription })];
      const settled: Received[] = [];
      const all = Promise.withResolvers<void>();
      const handle = async (index: number) => {
        const stream = streams[index]!;
        for (let done = 0; settled.length < 60;) {
          // What still waits at the end of the case ends with the stream.
          const news = stream.until(() => stream.messages.length > done).catch(() => {});
          await Promise.race([news, all.promise]);
          const messages = stream.messages.slice(done);
          done += messages.length;
          settled.push(...messages);
          if (messages.length > 0) await fixture.acknowledge(messages, subscription);
        }
        all.resolve();
      };
      const handling = Promise.all([handle(0), handle(1)]);
      for (const number of numbers(20)) {
        for (const key of ["a", "b", "c"]) await publish(fixture, key, [number]);
      }
      await handling;
      for (const key of ["a", "b", "c"]) assertEquals(firsts(ofKey(settled, key)), numbers(20), key);
    },
  },
  {
    name: "ordering: what is given back comes again before what follows it, by unary pull too",
    async run(fixture) {
      const { clients: { subscriber } } = fixture;
      const subscription = await subscribe(fixture);
      await publish(fixture, "a", numbers(6));
      const seen: Received[] = [];
      let givenBack = false;
      while (firsts(ofKey(seen, "a")).length < 6) {
        const received = await fixture.pull(2, subscription);
        seen.push(...received);
        if (!givenBack) {
          givenBack = true;
          const ackIds = [received[0]!.ackId!];
          await subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds: 0 });
          continue;
        }
        await fixture.acknowledge(received, subscription);
      }
      const order = ofKey(seen, "a");
      assertEquals(order[0], "000");
      assertEquals(order.lastIndexOf("000") > 0, true, "it came again");
      // Whatever came again, nothing came for the first time before all that precedes it.
      assertEquals(firsts(order), numbers(6));
      if (fixture.behaviour.ordersRedelivery) assert(order.lastIndexOf("000") < order.indexOf("002"), order.join(" "));
    },
  },
  {
    name: "ordering: keys, and messages without one, do not wait for each other",
    async run(fixture) {
      const subscription = await subscribe(fixture);
      await publish(fixture, "a", ["a0"]);
      const [held] = await fixture.pull(1, subscription);
      await publish(fixture, "a", ["a1"]);
      await publish(fixture, "b", ["b0"]);
      await publish(fixture, "", ["free"]);
      const others: Received[] = [];
      while (others.length < 2) others.push(...await fixture.pull(10, subscription));
      assertEquals([ofKey(others, "b"), ofKey(others, ""), ofKey(others, "a")], [["b0"], ["free"], []]);
      await fixture.acknowledge([held!], subscription);
      const next: Received[] = [];
      while (next.length < 1) next.push(...await fixture.pull(10, subscription));
      assertEquals(ofKey(next, "a"), ["a1"]);
    },
  },
];

/** Takes longer than a lease. */
export const ORDERING_LEASE_CASE: PubSubCase = {
  name: "ordering: when a lease lapses, its message comes again before what follows it",
  async run(fixture) {
    const subscription = await subscribe(fixture);
    await publish(fixture, "a", numbers(4));
    const stream = await fixture.stream({ subscription, streamAckDeadlineSeconds: 10 });
    await stream.count(1);
    // Nothing is settled: everything that came comes again, in order.
    const first = stream.messages.length;
    await stream.until(() => stream.messages.length > first);
    for (let settled = first; firsts(ofKey(stream.messages.slice(first), "a")).length < 4;) {
      const news = stream.messages.slice(settled);
      settled += news.length;
      if (news.length > 0) await fixture.acknowledge(news, subscription);
      else await stream.until(() => stream.messages.length > settled);
    }
    assertEquals(firsts(ofKey(stream.messages.slice(first), "a")), numbers(4));
  },
};
