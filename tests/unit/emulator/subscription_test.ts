import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { BrokerFixture } from "../../support/fake_broker.ts";
import { FakeTime } from "../../support/time.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index).padStart(5, "0"));

Deno.test("Subscription hands over a burst in few responses, of 1000 messages at most", async () => {
  using _time = new FakeTime();
  using fixture = new BrokerFixture();
  const consumer = fixture.consumer();
  for (const number of numbers(2_500)) fixture.publish(number);
  await fixture.settled();
  assertEquals(consumer.texts, numbers(2_500));
  assertEquals(consumer.responses.map(({ length }) => length), [1000, 1000, 500]);
});

Deno.test("Subscription keeps a response below 1 MiB, except for a message that is larger alone", async () => {
  using _time = new FakeTime();
  using fixture = new BrokerFixture();
  const consumer = fixture.consumer();
  const sizes = [400_000, 400_000, 400_000, 3_000_000, 10];
  fixture.publish(...sizes.map((size) => "x".repeat(size)));
  await fixture.settled();
  assertEquals(consumer.responses.map((messages) => messages.map(({ text }) => text.length)), [
    [400_000, 400_000],
    [400_000],
    [3_000_000],
    [10],
  ]);
});

Deno.test("Subscription shares a backlog evenly, and gives the next message to whoever waited longest", async () => {
  using _time = new FakeTime();
  using fixture = new BrokerFixture();
  const consumers = [fixture.consumer(), fixture.consumer(), fixture.consumer()];
  fixture.publish(...numbers(300));
  await fixture.settled();
  assertEquals(consumers.map(({ texts }) => texts.length), [100, 100, 100]);
  for (let count = 0; count < 3; count++) {
    fixture.publish("more");
    await fixture.settled();
  }
  assertEquals(consumers.map(({ texts }) => texts.length), [101, 101, 101]);
});

Deno.test("Subscription gives the share of a consumer without room to the others", async () => {
  using _time = new FakeTime();
  using fixture = new BrokerFixture();
  const [full, free] = [fixture.consumer({ messagesMax: 2 }), fixture.consumer()];
  fixture.publish(...numbers(100));
  await fixture.settled();
  assertEquals([full.texts.length, free.texts.length], [2, 98]);
});

Deno.test("Subscription fills a consumer up to its bytes, and not with a message that does not fit", async () => {
  using _time = new FakeTime();
  using fixture = new BrokerFixture();
  // Each message has 35 bytes of id and time, give or take, beside its text.
  const consumer = fixture.consumer({ bytesMax: 400 });
  fixture.publish("a".repeat(100), "b".repeat(100), "c".repeat(200), "d");
  await fixture.settled();
  assertEquals(consumer.texts.map((text) => text[0]), ["a", "b"], "nor with one behind it");
  fixture.acknowledge(consumer.messages[0]!);
  await fixture.settled();
  assertEquals(consumer.texts.map((text) => text[0]), ["a", "b", "c"]);
});

Deno.test("Subscription gives a message larger than its limit to a consumer that holds nothing", async () => {
  using _time = new FakeTime();
  using fixture = new BrokerFixture();
  const consumer = fixture.consumer({ bytesMax: 10 });
  fixture.publish("first", "second");
  await fixture.settled();
  assertEquals(consumer.texts, ["first"]);
  fixture.acknowledge(consumer.messages[0]!);
  await fixture.settled();
  assertEquals(consumer.texts, ["first", "second"]);
});

Deno.test("Subscription hands over again what was given back, under another ack id", async () => {
  using _time = new FakeTime();
  using fixture = new BrokerFixture();
  const consumer = fixture.consumer();
  fixture.publish("a");
  await fixture.settled();
  fixture.modifyDeadline(0, consumer.messages[0]!);
  await fixture.settled();
  assertEquals(consumer.texts, ["a", "a"]);
  assertNotEquals(consumer.messages[1]!.ackId, consumer.messages[0]!.ackId);
  const { nacked, delivered, redelivered, outstanding } = fixture.stats;
  assertEquals({ nacked, delivered, redelivered, outstanding }, {
    nacked: 1,
    delivered: 2,
    redelivered: 1,
    outstanding: 1,
  });
});

Deno.test("Subscription hands over again what nobody settled, when the lease is over and not before", async () => {
  using time = new FakeTime();
  using fixture = new BrokerFixture();
  const consumer = fixture.consumer({ leaseMs: 15_000 });
  fixture.publish("open", "done");
  await fixture.settled();
  fixture.acknowledge(consumer.messages[1]!);
  await time.tickAsync(14_999);
  await fixture.settled();
  assertEquals(consumer.texts, ["open", "done"]);
  await time.tickAsync(1);
  await fixture.settled();
  assertEquals(consumer.texts, ["open", "done", "open"]);
  assertEquals(fixture.stats.lapsed, 1);
});

Deno.test("Subscription modifyDeadline() counts from now, both ways", async () => {
  using time = new FakeTime();
  using fixture = new BrokerFixture();
  const consumer = fixture.consumer({ leaseMs: 60_000 });
  fixture.publish("longer", "shorter");
  await fixture.settled();
  await time.tickAsync(5_000);
  fixture.modifyDeadline(600, consumer.messages[0]!);
  fixture.modifyDeadline(10, consumer.messages[1]!);
  await time.tickAsync(9_999);
  await fixture.settled();
  assertEquals(consumer.texts.length, 2);
  await time.tickAsync(1);
  await fixture.settled();
  assertEquals(consumer.texts, ["longer", "shorter", "shorter"]);
  fixture.acknowledge(consumer.messages[2]!);
  await time.tickAsync(600_000 - 10_000 - 1);
  await fixture.settled();
  assertEquals(consumer.texts.length, 3);
  await time.tickAsync(1);
  await fixture.settled();
  assertEquals(consumer.texts, ["longer", "shorter", "shorter", "longer"]);
});

Deno.test("Subscription names the ids that are not leased: settled, lapsed, unknown", async () => {
  using time = new FakeTime();
  using fixture = new BrokerFixture();
  const consumer = fixture.consumer({ messagesMax: 2 });
  fixture.publish("settled", "lapsed");
  await fixture.settled();
  fixture.subscription.detach(consumer);
  const [settled, lapsed] = consumer.messages as [typeof consumer.messages[0], typeof consumer.messages[0]];
  assertEquals(fixture.acknowledge(settled), []);
  await time.tickAsync(10_000);
  assertEquals(fixture.acknowledge(settled, lapsed, { ...settled, ackId: "unknown" }), [0, 1, 2]);
  assertEquals(fixture.modifyDeadline(10, settled), [0]);
  const { acknowledged, unknownAckIds, waiting } = fixture.stats;
  assertEquals({ acknowledged, unknownAckIds, waiting }, { acknowledged: 1, unknownAckIds: 4, waiting: 1 });
});

Deno.test("Subscription keeps the leases of a consumer that left", async () => {
  using time = new FakeTime();
  using fixture = new BrokerFixture();
  const left = fixture.consumer();
  fixture.publish("done", "open");
  await fixture.settled();
  fixture.subscription.detach(left);
  const consumer = fixture.consumer();
  assertEquals(fixture.acknowledge(left.messages[0]!), []);
  await time.tickAsync(9_999);
  await fixture.settled();
  assertEquals(consumer.texts, []);
  await time.tickAsync(1);
  await fixture.settled();
  assertEquals(consumer.texts, ["open"]);
});

Deno.test("Subscription counts attempts with a dead-letter topic, and moves the message there after the last", async () => {
  using _time = new FakeTime();
  const dead = "projects/p/topics/dead";
  using fixture = new BrokerFixture({ traits: { deadLetter: { topic: dead, attemptsMax: 2 } }, topics: [dead] });
  fixture.broker.createSubscription({
    name: "projects/p/subscriptions/dead",
    topic: dead,
    ackDeadlineSeconds: 10,
    exactlyOnce: false,
    ordering: false,
  });
  const consumer = fixture.consumer();
  fixture.publish("poison");
  for (let attempt = 1; attempt <= 2; attempt++) {
    await fixture.settled();
    assertEquals(consumer.messages.at(-1)!.attempt, attempt);
    fixture.modifyDeadline(0, consumer.messages.at(-1)!);
  }
  await fixture.settled();
  assertEquals(consumer.texts.length, 2);
  assertEquals(fixture.stats.deadLettered, 1);
  assertEquals(fixture.broker.subscription("projects/p/subscriptions/dead").waiting, 1);
});

Deno.test("Subscription goes on handing over when the dead-letter topic is there no more", async () => {
  using _time = new FakeTime();
  const dead = "projects/p/topics/dead";
  using fixture = new BrokerFixture({ traits: { deadLetter: { topic: dead, attemptsMax: 1 } }, topics: [dead] });
  fixture.broker.deleteTopic(dead);
  const consumer = fixture.consumer();
  fixture.publish("poison");
  for (let attempt = 1; attempt <= 3; attempt++) {
    await fixture.settled();
    assertEquals(consumer.messages.at(-1)!.attempt, attempt);
    fixture.modifyDeadline(0, consumer.messages.at(-1)!);
  }
});

Deno.test("Subscription end() fails its consumers, releases its messages and stops its clock", async () => {
  using time = new FakeTime();
  using fixture = new BrokerFixture();
  const { log } = fixture.broker.topic(BrokerFixture.TOPIC);
  const consumer = fixture.consumer({ messagesMax: 300 });
  fixture.publish(...numbers(1_000));
  await fixture.settled();
  fixture.modifyDeadline(0, ...consumer.messages.slice(0, 10));
  fixture.broker.deleteSubscription(BrokerFixture.SUBSCRIPTION);
  assert(consumer.failure?.message.startsWith("Resource not found"));
  assertEquals([fixture.stats.outstanding, fixture.stats.waiting, time.timers], [0, 0, 0]);
  // The segment that still grows is kept.
  assert(log.memoryBytes < 20_000, `${log.memoryBytes} bytes are left`);
});

Deno.test("Subscription with ordering gives back with a message what followed it, also when its lease lapses", async () => {
  using time = new FakeTime();
  using fixture = new BrokerFixture({ traits: { ordering: true } });
  const consumer = fixture.consumer();
  fixture.publishKeyed("k", "0", "1", "2");
  await fixture.settled();
  assertEquals(consumer.texts, ["0", "1", "2"]);
  fixture.modifyDeadline(600, consumer.messages[2]!);
  assertEquals(fixture.modifyDeadline(0, consumer.messages[1]!, consumer.messages[2]!), []);
  fixture.acknowledge(consumer.messages[0]!);
  await fixture.settled();
  assertEquals(consumer.texts.slice(3), ["1", "2"]);
  fixture.modifyDeadline(600, consumer.messages[4]!);
  await time.tickAsync(10_000);
  await fixture.settled();
  assertEquals(consumer.texts.slice(5), ["1", "2"]);
  fixture.acknowledge(...consumer.messages.slice(5));
  assertEquals([fixture.stats.outstanding, fixture.stats.waiting], [0, 0]);
});

Deno.test("Subscription with ordering hands a key's next messages to no other consumer before the first are settled", async () => {
  using _time = new FakeTime();
  using fixture = new BrokerFixture({ traits: { ordering: true } });
  const [first, second] = [fixture.consumer({ messagesMax: 1 }), fixture.consumer()];
  fixture.publishKeyed("k", "0", "1", "2");
  await fixture.settled();
  const got = () => [...first.texts, ...second.texts].sort();
  assertEquals(got(), ["0"], "the share of one, and nothing for the other");
  for (const expected of [["0", "1"], ["0", "1", "2"]]) {
    fixture.acknowledge(...[first, second].flatMap(({ messages }) => messages));
    await fixture.settled();
    assertEquals(got(), expected);
  }
});

Deno.test("Subscription seek() acknowledges what is older, and ends leases of what is not", async () => {
  using time = new FakeTime();
  using fixture = new BrokerFixture();
  const consumer = fixture.consumer();
  fixture.publish("old held");
  await fixture.settled();
  await time.tickAsync(1000);
  const middle = Date.now();
  fixture.publish("new held");
  await fixture.settled();
  fixture.subscription.detach(consumer);
  fixture.publish("waiting");
  fixture.subscription.seek(middle);
  assertEquals([fixture.stats.outstanding, fixture.stats.waiting], [0, 2]);
  assertEquals(fixture.acknowledge(...consumer.messages), [0, 1]);
  const next = fixture.consumer();
  await fixture.settled();
  assertEquals(next.texts, ["new held", "waiting"]);
});

Deno.test("Subscription seek() brings back acknowledged messages while they are retained", async () => {
  using time = new FakeTime();
  using fixture = new BrokerFixture({ traits: { retainAckedMs: 600_000 } });
  const { log } = fixture.broker.topic(BrokerFixture.TOPIC);
  const consumer = fixture.consumer();
  const start = Date.now();
  fixture.publish(...numbers(300));
  await fixture.settled();
  fixture.acknowledge(...consumer.messages);
  fixture.subscription.seek(start);
  await fixture.settled();
  assertEquals(consumer.texts.slice(300), numbers(300));
  fixture.acknowledge(...consumer.messages.slice(300));
  await time.tickAsync(600_001);
  fixture.subscription.seek(start);
  await fixture.settled();
  assertEquals(consumer.texts.length, 600, "they are too old");
  assert(log.memoryBytes < 20_000, `${log.memoryBytes} bytes are left`);
});

Deno.test("Subscription change() ends the retention, and releases what was retained", async () => {
  using _time = new FakeTime();
  using fixture = new BrokerFixture({ traits: { retainAckedMs: 600_000 } });
  const consumer = fixture.consumer();
  const start = Date.now();
  fixture.publish("a");
  await fixture.settled();
  fixture.acknowledge(...consumer.messages);
  fixture.subscription.change({ retainAckedMs: undefined });
  fixture.subscription.seek(start);
  await fixture.settled();
  assertEquals(consumer.texts, ["a"]);
});

Deno.test("Subscription seek() into the future acknowledges what is published until then", async () => {
  using time = new FakeTime();
  using fixture = new BrokerFixture();
  const consumer = fixture.consumer();
  fixture.subscription.seek(Date.now() + 5_000);
  fixture.publish("early");
  await fixture.settled();
  await time.tickAsync(5_000);
  fixture.publish("late");
  await fixture.settled();
  assertEquals(consumer.texts, ["late"]);
});
