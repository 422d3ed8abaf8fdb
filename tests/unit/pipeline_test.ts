import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { BatchLimits } from "../../src/batch/policy.ts";
import { type Flush, ingest, type IngestOptions } from "../../src/pipeline.ts";
import type { WriteBatch } from "../../src/store/store.ts";
import type { ReceivedMessage } from "../../src/pubsub/delivery.ts";
import { received, receivedRange } from "../support/deliveries.ts";
import { key } from "../support/entries.ts";
import { FakeSource } from "../support/fake_source.ts";
import { identity, MemoryStore, storeError } from "../support/memory_store.ts";
import { FakeTime } from "../support/time.ts";

/** A run of the pipeline over a source and a store in the test's hands: batches of 10, two writers, 60 s. */
function run(options: Partial<Omit<IngestOptions, "limits">> & { readonly limits?: Partial<BatchLimits> } = {}) {
  const source = new FakeSource();
  const store = new MemoryStore();
  const controller = new AbortController();
  const flushes: Flush[] = [];
  const told: string[] = [];
  const state: { over: boolean; error?: unknown } = { over: false };
  const running = ingest({
    source,
    store,
    writers: 2,
    abort: controller.signal,
    events: {
      flushed: (flush) => flushes.push(flush),
      away: () => told.push("away"),
      back: () => told.push("back"),
      retried: () => told.push("retried"),
      rejected: ({ messageId }) => told.push(`rejected ${messageId}`),
      heldBack: ({ messageId }, { message }) => told.push(`held back ${messageId}: ${message}`),
    },
    ...options,
    limits: { countMax: 10, bytesMax: 1_000_000, intervalMs: 60_000, ...options.limits },
  });
  running.then(() => state.over = true, (error) => {
    state.over = true;
    state.error = error;
  });
  return { source, store, flushes, told, state, running, abort: (reason: unknown) => controller.abort(reason) };
}

/** Holds every commit until the test lets it go. */
function holdCommits(store: MemoryStore) {
  const held: { readonly batch: WriteBatch; readonly commit: () => void; readonly fail: (error: unknown) => void }[] =
    [];
  store.beforeCommit = (batch) => new Promise((commit, fail) => held.push({ batch, commit, fail }));
  return held;
}

function ackIds(from: number, count: number): string[] {
  return receivedRange(from, count).map(({ ackId }) => ackId);
}

function storedNumbers(store: MemoryStore, most: number): number[] {
  return Array.from({ length: most }, (_, i) => i + 1).filter((n) => store.entries.has(identity(key(n))));
}

Deno.test("ingest() acknowledges a batch after its commit, and nothing before", async () => {
  using time = new FakeTime();
  const { source, store, running } = run();
  const held = holdCommits(store);
  source.deliver(receivedRange(1, 10));
  await time.tickAsync(3_600_000);
  assertEquals([held.length, source.log.settlements, store.entries.size], [1, [], 0]);
  held[0]!.commit();
  await time.tickAsync(0);
  assertEquals([source.log.acked, store.entries.size], [ackIds(1, 10), 10]);
  source.end();
  await running;
});

Deno.test("ingest() acknowledges each message once and nacks none", async () => {
  using time = new FakeTime();
  const { source, running } = run();
  source.deliver(receivedRange(1, 25));
  source.deliver(receivedRange(26, 9));
  source.end();
  assertEquals(await running, { batches: 4, stored: 34, deadLettered: 0, duplicates: 0 });
  assertEquals(source.log.settlements.length, 34);
  assertEquals(source.log.acked.sort(), ackIds(1, 34).sort());
  assertEquals(time.timers, 0);
});

Deno.test("ingest() flushes at the interval from a batch's first message, not before", async () => {
  using time = new FakeTime();
  const { source, flushes, running } = run();
  await time.tickAsync(45_000);
  source.deliver([received(1)]);
  await time.tickAsync(30_000);
  source.deliver([received(2)]);
  await time.tickAsync(29_999);
  assertEquals(source.log.acked, []);
  await time.tickAsync(1);
  assertEquals(source.log.acked, ackIds(1, 2));
  assertEquals(flushes.map(({ trigger, size }) => [trigger, size]), [["interval", 2]]);
  source.end();
  await running;
});

Deno.test("ingest() tells of each batch after its messages are acknowledged", async () => {
  using time = new FakeTime();
  const seen: { readonly flush: Flush; readonly acked: number }[] = [];
  const parts = run({ events: { flushed: (flush) => seen.push({ flush, acked: parts.source.log.acked.length }) } });
  const { source, store, running } = parts;
  store.beforeCommit = () => new Promise((resolve) => setTimeout(resolve, 250));
  const [first, second] = source.deliver([received(1), received(2, { data: "{" }), received(1, { ackId: "again" })]);
  source.end();
  await time.runAllAsync();
  await running;
  const bytes = first!.bytes * 2 + second!.bytes;
  const [landed] = store.entries.values();
  const [undecodable] = store.deadLetters.values();
  assertEquals(seen, [{
    flush: {
      trigger: "end",
      size: 3,
      bytes,
      durationMs: 250,
      stored: 1,
      deadLettered: 1,
      duplicates: 1,
      landed: [landed!],
      undecodable: [undecodable!],
    },
    acked: 3,
  }]);
});

Deno.test("ingest() measures a batch by the bytes of its messages", async () => {
  using _time = new FakeTime();
  const messages = receivedRange(1, 4);
  const bytes = messages[0]!.data.byteLength;
  const { source, flushes, running } = run({ limits: { bytesMax: 3 * bytes - 1 } });
  source.deliver(messages);
  source.end();
  await running;
  assertEquals(flushes.map(({ trigger, size, bytes }) => [trigger, size, bytes]), [
    ["bytes", 2, 2 * bytes],
    ["end", 2, 2 * bytes],
  ]);
});

Deno.test("ingest() parks what does not decode in its batch's transaction, whole, and acknowledges it", async () => {
  using _time = new FakeTime();
  const { source, store, running } = run();
  const malformed = received(2, { data: new Uint8Array([0xff, 0x00]), attributes: { from: "elsewhere" } });
  source.deliver([received(1), malformed, received(3)]);
  source.end();
  assertEquals(await running, { batches: 1, stored: 2, deadLettered: 1, duplicates: 0 });
  assertEquals(store.attempts.map(({ entries, deadLetters }) => [entries.length, deadLetters.length]), [[2, 1]]);
  assertEquals(store.deadLetters.get(identity(key(2))), {
    ...key(2),
    reason: "not_utf8",
    detail: "data is not valid UTF-8",
    data: new Uint8Array([0xff, 0x00]),
    attributes: { from: "elsewhere" },
  });
  assertEquals(source.log.acked, ackIds(1, 3));
});

Deno.test("ingest() acknowledges redeliveries of what is stored, and stores them once", async () => {
  using _time = new FakeTime();
  const { source, store, running } = run({ limits: { countMax: 4 } });
  source.deliver([received(1), received(2, { data: "{" }), received(1, { ackId: "1b" }), received(3)]);
  source.deliver([received(1, { ackId: "1c" }), received(2, { data: "{", ackId: "2b" })]);
  source.end();
  assertEquals(await running, { batches: 2, stored: 2, deadLettered: 1, duplicates: 3 });
  assertEquals(await store.totals(), { entries: 2, counted: 2, deadLetters: 1 });
  assertEquals(source.log.acked, ["ack-1", "ack-2", "1b", "ack-3", "1c", "2b"]);
});

Deno.test("ingest() parks what the database refuses, stores its neighbours, and acknowledges all", async () => {
  using _time = new FakeTime();
  const { source, store, told, running } = run();
  store.beforeCommit = ({ entries }) => {
    if (entries.some(({ messageId }) => messageId === key(4).messageId)) throw storeError("reject", "no such day");
  };
  source.deliver(receivedRange(1, 10));
  source.end();
  assertEquals(await running, { batches: 1, stored: 9, deadLettered: 1, duplicates: 0 });
  const { reason, detail, data } = store.deadLetters.get(identity(key(4)))!;
  assertEquals([reason, detail, data], ["rejected_by_store", "no such day", received(4).data]);
  assertEquals(source.log.acked, ackIds(1, 10));
  assertEquals(told, [`rejected ${key(4).messageId}`]);
});

/** A minute short of ten. */
const NINE_MINUTES_MS = 9 * 60_000;

/** Makes the store refuse a message in whatever form, until the function that is returned is called. */
function refuseAltogether(store: MemoryStore, n: number): () => void {
  let refused = true;
  store.beforeCommit = ({ entries, deadLetters }) => {
    if (refused && [...entries, ...deadLetters].some(({ messageId }) => messageId === key(n).messageId)) {
      throw storeError("reject", "no room");
    }
  };
  return () => refused = false;
}

Deno.test("ingest() holds what the database takes in no form, acknowledges the rest, and tries it every 10 minutes", async () => {
  using time = new FakeTime();
  const { source, store, flushes, told, running } = run();
  const relent = refuseAltogether(store, 4);
  const refusal = `held back ${key(4).messageId}: no room`;
  source.deliver([...receivedRange(1, 3), received(4, { data: "{" }), ...receivedRange(5, 6)]);
  await time.tickAsync(0);
  const others = [...ackIds(1, 3), ...ackIds(5, 6)];
  assertEquals([source.log.acked, told, store.entries.size], [others, [refusal], 9]);
  assertEquals(flushes.map(({ size, stored, deadLettered }) => [size, stored, deadLettered]), [[9, 9, 0]]);

  await time.tickAsync(NINE_MINUTES_MS);
  assertEquals(told, [refusal]);
  await time.tickAsync(60_000);
  assertEquals(told, [refusal, refusal]);
  await time.tickAsync(600_000);
  assertEquals([told, source.log.acked], [[refusal, refusal, refusal], others]);

  relent();
  await time.tickAsync(600_000);
  assertEquals([told.length, source.log.acked], [3, [...others, ...ackIds(4, 1)]]);
  assertEquals(store.deadLetters.get(identity(key(4)))!.reason, "not_json");
  assertEquals(flushes.map(({ size, bytes }) => [size, bytes])[1], [1, 1]);
  source.end();
  assertEquals(await running, { batches: 2, stored: 9, deadLettered: 1, duplicates: 0 });
  assertEquals(time.timers, 0);
});

Deno.test("ingest() goes on with other batches while it holds what the database does not take", async () => {
  using time = new FakeTime();
  const { source, store, running } = run({ writers: 1 });
  refuseAltogether(store, 1);
  source.deliver(receivedRange(1, 30));
  await time.tickAsync(0);
  assertEquals(source.log.acked, ackIds(2, 29));
  source.end();
  await running;
});

for (const how of ["drain", "abort"] as const) {
  Deno.test(`ingest() leaves what the database does not take unsettled at a ${how}, and waits no longer for it`, async () => {
    using time = new FakeTime();
    const { source, store, running, abort } = run();
    refuseAltogether(store, 4);
    source.deliver(receivedRange(1, 10));
    await time.tickAsync(0);
    if (how === "drain") source.end();
    else abort(new Error("stopped at once"));
    await running;
    assertEquals([source.log.settlements.length, time.timers], [9, 0]);
  });
}

Deno.test("ingest() ends with a fatal error that comes when it tries again what it holds", async () => {
  using time = new FakeTime();
  const { source, store, running, state } = run();
  refuseAltogether(store, 4);
  source.deliver(receivedRange(1, 10));
  await time.tickAsync(0);
  const fatal = storeError("fatal", "no such table");
  store.beforeCommit = () => {
    throw fatal;
  };
  const failed = assertRejects(() => running);
  await time.tickAsync(600_000);
  assertStrictEquals(await failed, fatal);
  assertEquals([state.over, time.timers], [true, 0]);
});

Deno.test("ingest() parks a message whose id or publish time no server should send, under one key however often it comes", async () => {
  using _time = new FakeTime();
  const { source, store, running } = run();
  const good = received(1);
  const bad: ReceivedMessage[] = [
    { ...received(2), messageId: "77 " },
    { ...received(3), messageId: "x".repeat(1_000_000) },
    { ...received(4), publishTime: { seconds: -1, nanos: -1 } },
    { ...received(5), messageId: "", publishTime: { seconds: 0, nanos: 0 } },
  ];
  source.deliver([good, ...bad, ...bad.map((message) => ({ ...message, ackId: `${message.ackId} again` }))]);
  source.end();
  assertEquals(await running, { batches: 1, stored: 1, deadLettered: 4, duplicates: 4 });
  assertEquals(source.log.acked.length, 9);
  const parked = [...store.deadLetters.values()];
  assertEquals(parked.map(({ reason, detail }) => [reason, detail.split(":")[0]]), [
    ["bad_field", "message_id"],
    ["bad_field", "message_id"],
    ["bad_field", "publish_time"],
    ["bad_field", "message_id"],
  ]);
  assertEquals(parked.map(({ data }) => data), bad.map(({ data }) => data));
  assert(parked.every(({ messageId }) => messageId.startsWith("sha256:")));
});

Deno.test("ingest() lets others have a turn while it decodes what takes long to parse", async () => {
  const { source, store, running } = run({ limits: { countMax: 100, bytesMax: 1e9 } });
  let turns = 0;
  store.beforeCommit = () => assert(turns > 0, "a batch was decoded at one stretch");
  // Some hundred milliseconds of parsing: many stretches, on a fast machine too.
  source.deliver(receivedRange(1, 15, { data: "[".repeat(500_000) }));
  source.end();
  const timer = setInterval(() => turns++, 0);
  await running.finally(() => clearInterval(timer));
});

Deno.test("ingest() writes at most as many batches at once as it has writers, and reads on when one has ended", async () => {
  using time = new FakeTime();
  const { source, store, running } = run({ writers: 2 });
  const held = holdCommits(store);
  for (let i = 0; i < 10; i++) source.deliver(receivedRange(10 * i + 1, 10));
  await time.tickAsync(3_600_000);
  assertEquals([store.writing, held.length], [2, 2]);
  // Two are written, one is full and waits for a writer: nothing more is read.
  assertEquals(source.reads, 3);
  held[1]!.commit();
  await time.tickAsync(0);
  assertEquals([store.writing, held.length, source.reads], [2, 3, 4]);
  assertEquals(source.log.acked, ackIds(11, 10));
  source.end();
  for (let i = 0; i < 10; i++) {
    held[i]!.commit();
    await time.tickAsync(0);
  }
  assertEquals((await running).stored, 100);
  assertEquals(store.writingMost, 2);
});

Deno.test("ingest() with one writer writes one batch after the other", async () => {
  using time = new FakeTime();
  const { source, store, running } = run({ writers: 1 });
  store.beforeCommit = () => new Promise((resolve) => setTimeout(resolve, 10));
  source.deliver(receivedRange(1, 50));
  source.end();
  await time.runAllAsync();
  assertEquals([(await running).batches, store.writingMost], [5, 1]);
});

Deno.test("ingest() suspends its source while the database is away, and loses nothing", async () => {
  using time = new FakeTime();
  const { source, store, told, running } = run();
  let there = false;
  store.beforeCommit = store.onProbe = () => {
    if (!there) throw storeError("reconnect");
  };
  source.deliver(receivedRange(1, 20));
  await time.tickAsync(3_600_000);
  assertEquals([source.steering, source.log.settlements, [...new Set(told)]], [["suspend"], [], ["away"]]);
  there = true;
  await time.tickAsync(15_000);
  assertEquals([source.steering, [...new Set(told)]], [["suspend", "resume"], ["away", "back"]]);
  assertEquals(source.log.acked.toSorted(), ackIds(1, 20).toSorted());
  source.end();
  await running;
});

Deno.test("ingest() flushes and stores the rest when its source ends, also through an outage", async () => {
  using time = new FakeTime();
  const { source, store, flushes, state, running } = run();
  store.beforeCommit = () => {
    if (store.attempts.length <= 3) throw storeError(store.attempts.length === 2 ? "retry" : "reconnect");
  };
  source.deliver(receivedRange(1, 7));
  source.end();
  await time.tickAsync(0);
  assertEquals(state.over, false);
  await time.runAllAsync();
  assertEquals((await running).stored, 7);
  assertEquals(flushes.map(({ trigger }) => trigger), ["end"]);
  assertEquals(source.log.acked, ackIds(1, 7));
});

Deno.test("ingest() of a source that ends with nothing writes nothing", async () => {
  using _time = new FakeTime();
  const { source, store, running } = run();
  source.end();
  assertEquals(await running, { batches: 0, stored: 0, deadLettered: 0, duplicates: 0 });
  assertEquals(store.attempts, []);
});

Deno.test("ingest() at an abort leaves unsettled what is not stored, and returns what is", async () => {
  using time = new FakeTime();
  const { source, store, state, running, abort } = run();
  const held = holdCommits(store);
  // Two batches are written, the third waits for a writer, four messages are not even a batch.
  source.deliver(receivedRange(1, 34));
  await time.tickAsync(0);
  held[1]!.commit();
  await time.tickAsync(0);
  abort(new Error("stopped at once"));
  await time.tickAsync(0);
  assertEquals([state.over, state.error], [true, undefined]);
  assertEquals(await running, { batches: 1, stored: 10, deadLettered: 0, duplicates: 0 });
  assertEquals([source.log.acked, source.log.nacked, source.left], [ackIds(11, 10), [], true]);
  assertEquals(storedNumbers(store, 34), Array.from({ length: 10 }, (_, i) => i + 11));
  assertEquals(time.timers, 0);
});

Deno.test("ingest() starts no write after an abort, though its writer became free", async () => {
  using time = new FakeTime();
  const { source, store, running, abort } = run({ writers: 1 });
  const held = holdCommits(store);
  source.deliver(receivedRange(1, 20));
  await time.tickAsync(0);
  held[0]!.commit();
  abort(new Error("stopped at once"));
  await running;
  assertEquals([store.attempts.length, source.log.acked], [1, ackIds(1, 10)]);
});

const idle: readonly (readonly [where: string, prepare: (parts: ReturnType<typeof run>) => void])[] = [
  ["it waits for a first message", () => {}],
  ["a batch is open", ({ source }) => source.deliver([received(1)])],
  ["the database is away", ({ source, store }) => {
    store.beforeCommit = store.onProbe = () => {
      throw storeError("reconnect");
    };
    source.deliver(receivedRange(1, 50));
  }],
  ["the database is mute", ({ source, store }) => {
    holdCommits(store);
    source.deliver(receivedRange(1, 50));
  }],
  ["the source has ended and the last batch waits", ({ source, store }) => {
    holdCommits(store);
    source.deliver(receivedRange(1, 5));
    source.end();
  }],
];

for (const [where, prepare] of idle) {
  Deno.test(`ingest() returns at once at an abort while ${where}`, async () => {
    using time = new FakeTime();
    const parts = run();
    prepare(parts);
    await time.tickAsync(20_000);
    assertEquals(parts.state.over, false);
    parts.abort(new Error("stopped at once"));
    await time.tickAsync(0);
    assertEquals([parts.state.over, parts.state.error, time.timers], [true, undefined, 0]);
    assertEquals(parts.source.log.settlements, []);
  });
}

Deno.test("ingest() that is aborted before it begins reads nothing", async () => {
  using _time = new FakeTime();
  const { source, running } = run({ abort: AbortSignal.abort(new Error("stopped at once")) });
  assertEquals(await running, { batches: 0, stored: 0, deadLettered: 0, duplicates: 0 });
  assertEquals(source.reads, 0);
});

Deno.test("ingest() throws its source's error after the writes under way are stored and acknowledged", async () => {
  using time = new FakeTime();
  const { source, store, state, running } = run();
  const held = holdCommits(store);
  const error = new Error("no such subscription");
  source.deliver(receivedRange(1, 15));
  source.fail(error);
  await time.tickAsync(0);
  assertEquals([state.over, held.length], [false, 1]);
  held[0]!.commit();
  assertStrictEquals(await assertRejects(() => running), error);
  // The five messages that were no batch yet are the source's owner's to give back.
  assertEquals([source.log.acked, source.log.nacked], [ackIds(1, 10), []]);
  assertEquals(time.timers, 0);
});

Deno.test("ingest() throws a fatal error of the store, though its source has nothing more to say", async () => {
  using time = new FakeTime();
  const { source, store, running } = run();
  const fatal = storeError("fatal", "no such table");
  store.beforeCommit = () => {
    throw fatal;
  };
  source.deliver(receivedRange(1, 10));
  assertStrictEquals(await assertRejects(() => running), fatal);
  assertEquals([source.left, source.log.settlements, time.timers], [true, [], 0]);
});

Deno.test("ingest() acknowledges what another writer stored when one fails for good, and writes no more", async () => {
  using time = new FakeTime();
  const { source, store, state, running } = run();
  const held = holdCommits(store);
  source.deliver(receivedRange(1, 50));
  await time.tickAsync(0);
  const fatal = storeError("fatal", "no such table");
  held[0]!.fail(fatal);
  await time.tickAsync(0);
  assertEquals(state.over, false);
  held[1]!.commit();
  assertStrictEquals(await assertRejects(() => running), fatal);
  assertEquals([source.log.acked, held.length, source.left], [ackIds(11, 10), 2, true]);
  assertEquals(time.timers, 0);
});

Deno.test("ingest() throws the first of two failures", async () => {
  using time = new FakeTime();
  const { source, store, running } = run();
  const held = holdCommits(store);
  source.deliver(receivedRange(1, 20));
  await time.tickAsync(0);
  held[1]!.fail(storeError("fatal", "the first"));
  await time.tickAsync(0);
  held[0]!.fail(storeError("fatal", "the second"));
  await assertRejects(() => running, Error, "the first");
});

Deno.test("ingest() does not hide a fatal error behind an abort that follows it", async () => {
  using time = new FakeTime();
  const { source, store, running, abort } = run();
  const held = holdCommits(store);
  source.deliver(receivedRange(1, 20));
  await time.tickAsync(0);
  const fatal = storeError("fatal", "no such table");
  held[0]!.fail(fatal);
  await time.tickAsync(0);
  abort(new Error("stopped at once"));
  assertStrictEquals(await assertRejects(() => running), fatal);
  assertEquals(source.log.settlements, []);
});

Deno.test("ingest() surfaces what a listener throws, with its batch stored and acknowledged", async () => {
  using _time = new FakeTime();
  const bug = new Error("a listener's bug");
  const { source, store, running } = run({
    events: {
      flushed: () => {
        throw bug;
      },
    },
  });
  source.deliver(receivedRange(1, 10));
  assertStrictEquals(await assertRejects(() => running), bug);
  assertEquals([store.entries.size, source.log.acked.length], [10, 10]);
});

for (const writers of [0, -1, NaN]) {
  Deno.test(`ingest() refuses ${writers} writers before it reads anything`, async () => {
    const { source, running } = run({ writers });
    await assertRejects(() => running, RangeError, "writers must be at least 1");
    assert(source.reads === 0);
  });
}
