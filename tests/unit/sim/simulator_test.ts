import { assert, assertEquals, assertRejects } from "@std/assert";
import { mergeManifests, payloadDigest } from "../../../src/sim/manifest.ts";
import { simulate, type SimulateOptions } from "../../../src/sim/simulator.ts";
import { type SimMessage, traffic } from "../../../src/sim/traffic.ts";
import { FAKE_START_MS, FakeTime } from "../../support/time.ts";

/** A topic that accepts everything at once, and remembers what came when. */
class Topic {
  readonly messages: SimMessage[] = [];
  /** For every publish: when, in milliseconds since the start, and how many messages. */
  readonly publishes: { readonly atMs: number; readonly size: number }[] = [];

  readonly publish = (messages: readonly SimMessage[]): Promise<string[]> => {
    this.publishes.push({ atMs: Date.now() - FAKE_START_MS, size: messages.length });
    const first = this.messages.length + 1;
    this.messages.push(...messages);
    return Promise.resolve(messages.map((_, index) => String(first + index)));
  };
}

/** A topic whose publishes end when the test says so. */
class GatedTopic {
  readonly under: { readonly size: number; readonly accept: () => void; readonly fail: (error: Error) => void }[] = [];

  readonly publish = (messages: readonly SimMessage[]): Promise<string[]> =>
    new Promise((resolve, reject) => {
      this.under.push({ size: messages.length, accept: () => resolve(messages.map(() => "1")), fail: reject });
    });
}

function options(publish: SimulateOptions["publish"], more: Partial<SimulateOptions>): SimulateOptions {
  return { traffic: traffic({ seed: 1, malformedShare: 0.1 }), publish, rate: "max", ...more };
}

Deno.test("simulate() publishes the traffic in order and accounts for each message", async () => {
  const topic = new Topic();
  const manifest = await simulate(options(topic.publish, { count: 2_500, listMessages: true }));
  assertEquals(topic.messages, traffic({ seed: 1, malformedShare: 0.1 }).take(2_500));
  assertEquals(topic.publishes.map(({ size }) => size), [1_000, 1_000, 500]);

  assertEquals(manifest.seeds, [1]);
  assertEquals(manifest.published, 2_500);
  assertEquals(
    manifest.messages,
    topic.messages.map(({ expected }, index) => {
      const id = String(index + 1);
      return expected.state === "malformed"
        ? [id, expected.reason]
        : [id, expected.serviceName, expected.severity, payloadDigest(expected.payload)];
    }),
  );
  const ofBravo = topic.messages.filter(({ expected }) =>
    expected.state === "valid" && expected.serviceName === "bravo" && expected.severity === "info"
  );
  assertEquals(manifest.valid.get("bravo")?.info, ofBravo.length);
  const notJson = topic.messages.filter(({ expected }) =>
    expected.state === "malformed" && expected.reason === "not_json"
  );
  assertEquals(manifest.malformed.get("not_json"), notJson.length);
});

Deno.test("simulate() lists no messages unless asked", async () => {
  assertEquals((await simulate(options(new Topic().publish, { count: 5 }))).messages, undefined);
});

Deno.test("simulate() at a rate sends that many in the duration, in groups 10 ms apart", async () => {
  using time = new FakeTime();
  const topic = new Topic();
  const running = simulate(options(topic.publish, { rate: 1_000, durationMs: 2_000 }));
  await time.tickAsync(2_000);
  const manifest = await running;
  assertEquals(manifest.published, 2_000);
  assertEquals(topic.publishes.slice(0, 4), [
    { atMs: 10, size: 10 },
    { atMs: 20, size: 10 },
    { atMs: 30, size: 10 },
    { atMs: 40, size: 10 },
  ]);
  assertEquals(manifest.firstAt, "2026-01-02 03:04:05.010000");
  assertEquals(manifest.lastAt, "2026-01-02 03:04:07.000000");
  assertEquals(time.timers, 0);
});

Deno.test("simulate() at a rate sends what became due since the last tick when its duration ends", async () => {
  using time = new FakeTime();
  const running = simulate(options(new Topic().publish, { rate: 997, durationMs: 1_000 }));
  await time.tickAsync(1_000);
  assertEquals((await running).published, 997);
});

Deno.test("simulate() as fast as it goes starts no publish when its duration is over", async () => {
  using time = new FakeTime();
  const topic = new GatedTopic();
  const running = simulate(options(topic.publish, { durationMs: 1_000, inFlightMax: 1 }));
  await time.tickAsync(999);
  topic.under[0]!.accept();
  await settle();
  assertEquals(topic.under.length, 2);
  await time.tickAsync(1);
  topic.under[1]!.accept();
  assertEquals((await running).published, 2_000);
  assertEquals(topic.under.length, 2);
});

Deno.test("simulate() at its random pace is never quicker than 50 ms nor slower than 2,000 ms", async () => {
  using time = new FakeTime();
  const topic = new Topic();
  const running = simulate(options(topic.publish, { rate: "random", durationMs: 60_000 }));
  await time.tickAsync(60_000);
  await running;
  assertEquals(topic.publishes[0], { atMs: 0, size: 1 });
  assert(topic.publishes.length > 30);
  topic.publishes.slice(1).forEach(({ atMs, size }, index) => {
    const gap = atMs - topic.publishes[index]!.atMs;
    assertEquals(size, 1);
    assert(gap >= 50 && gap <= 2_000, String(gap));
  });
});

Deno.test("simulate() sends the same messages at every pace", async () => {
  using time = new FakeTime();
  const slow = new Topic();
  const quick = new Topic();
  const running = simulate(options(slow.publish, { rate: "random", count: 20 }));
  await time.runAllAsync();
  await running;
  await simulate(options(quick.publish, { count: 20 }));
  assertEquals(slow.messages, quick.messages);
});

Deno.test("simulate() stops at once when its signal is aborted in a pause, and returns the account so far", async () => {
  using time = new FakeTime();
  const topic = new Topic();
  const stop = new AbortController();
  const running = simulate(options(topic.publish, { rate: 0.1, signal: stop.signal }));
  await time.tickAsync(15_000);
  stop.abort();
  assertEquals((await running).published, 1);
  assertEquals(time.timers, 0);
});

Deno.test("simulate() sends nothing when its signal is aborted already", async () => {
  const manifest = await simulate(options(new Topic().publish, { signal: AbortSignal.abort() }));
  assertEquals([manifest.published, manifest.firstAt, manifest.lastAt], [0, null, null]);
});

Deno.test("simulate() waits for the publishes under way when it is stopped", async () => {
  using time = new FakeTime();
  const topic = new GatedTopic();
  const stop = new AbortController();
  const running = simulate(options(topic.publish, { rate: 100, signal: stop.signal }));
  await time.tickAsync(20);
  stop.abort();
  assertEquals(await state(running), "waiting");
  for (const { accept } of topic.under) accept();
  assertEquals((await running).published, 2);
});

Deno.test("simulate() keeps a bounded number of publishes under way, and goes on as they end", async () => {
  const topic = new GatedTopic();
  const running = simulate(options(topic.publish, { count: 50, groupMax: 10, inFlightMax: 3 }));
  await settle();
  assertEquals(topic.under.length, 3);
  topic.under[1]!.accept();
  await settle();
  assertEquals(topic.under.length, 4);
  for (const each of [0, 2, 3]) topic.under[each]!.accept();
  await settle();
  topic.under[4]!.accept();
  assertEquals((await running).published, 50);
});

Deno.test("simulate() after a stalled publish goes on at its rate and not with a burst", async () => {
  using time = new FakeTime();
  const gated = new GatedTopic();
  const topic = new Topic();
  let stalled = false;
  const publish: SimulateOptions["publish"] = (messages) => {
    if (topic.messages.length < 100 || stalled) return topic.publish(messages);
    stalled = true;
    return gated.publish(messages);
  };
  const running = simulate(options(publish, { rate: 1_000, durationMs: 61_000, inFlightMax: 1 }));
  await time.tickAsync(60_000);
  gated.under[0]!.accept();
  await time.tickAsync(1_000);
  await running;
  const after = topic.publishes.filter(({ atMs }) => atMs >= 60_000);
  assertEquals(after[0], { atMs: 60_000, size: 100 });
  assert(after.slice(1).every(({ size }) => size <= 10));
});

Deno.test("simulate() rejects with the first failure of a publish, once the others have ended", async () => {
  const topic = new GatedTopic();
  const running = simulate(options(topic.publish, { inFlightMax: 2 }));
  running.catch(() => {});
  await settle();
  topic.under[1]!.fail(new Error("no such topic"));
  assertEquals(await state(running), "waiting");
  topic.under[0]!.accept();
  await assertRejects(() => running, Error, "no such topic");
  assertEquals(topic.under.length, 2);
});

Deno.test("simulate() rejects when the server's ids do not match the messages", async () => {
  const running = simulate(options(() => Promise.resolve(["1"]), { count: 2 }));
  await assertRejects(() => running, Error, "sent 2, ids received 1");
});

Deno.test("simulate() reports how many it published as it goes", async () => {
  const totals: number[] = [];
  await simulate(options(new Topic().publish, { count: 25, groupMax: 10, onPublished: (total) => totals.push(total) }));
  assertEquals(totals, [10, 20, 25]);
});

Deno.test("simulate() refuses a rate of 0", async () => {
  await assertRejects(() => simulate(options(new Topic().publish, { rate: 0 })), RangeError);
});

Deno.test("the accounts of two simulators add up to what their topic holds", async () => {
  const topic = new Topic();
  const one = await simulate(options(topic.publish, { count: 30, listMessages: true }));
  const two = await simulate({
    ...options(topic.publish, { count: 12, listMessages: true }),
    traffic: traffic({ seed: 2 }),
  });
  const both = mergeManifests([one, two]);
  assertEquals(both.published, topic.messages.length);
  assertEquals(both.messages?.map(([id]) => id), topic.messages.map((_, index) => String(index + 1)));
});

/** Lets everything that waits for nothing but promises go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

async function state(promise: Promise<unknown>): Promise<"waiting" | "settled"> {
  let settled = false;
  promise.then(() => settled = true, () => settled = true);
  await settle();
  return settled ? "settled" : "waiting";
}
