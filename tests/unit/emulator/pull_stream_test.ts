import { assertEquals } from "@std/assert";
import type { Faults } from "../../../src/emulator/faults.ts";
import { PullStream, type StreamingPullRequest } from "../../../src/emulator/pull_stream.ts";
import type { StatusError } from "../../../src/emulator/status_error.ts";
import { BrokerFixture, readResponse } from "../../support/fake_broker.ts";
import { FakeTime } from "../../support/time.ts";

const EMPTY: StreamingPullRequest = {
  subscription: "",
  ackIds: [],
  modifyDeadlineAckIds: [],
  modifyDeadlineSeconds: [],
  streamAckDeadlineSeconds: 0,
  maxOutstandingMessages: 0,
  maxOutstandingBytes: 0,
  protocolVersion: 0,
};

const FIRST: StreamingPullRequest = {
  ...EMPTY,
  subscription: BrokerFixture.SUBSCRIPTION,
  streamAckDeadlineSeconds: 60,
  protocolVersion: 1,
};

/** A stream whose network takes every response, until `slow` is set; then `written` has the callbacks. */
function openStream(
  options: { readonly faults?: Partial<Faults>; readonly first?: Partial<StreamingPullRequest> } = {},
) {
  const fixture = new BrokerFixture({ faults: options.faults ?? {} });
  const seen = { responses: [] as Uint8Array[], end: "" as string | StatusError, over: 0, slow: false };
  const written: (() => void)[] = [];
  const stream = new PullStream({
    write(response, done) {
      seen.responses.push(response);
      if (seen.slow) written.push(done);
      else queueMicrotask(done);
    },
    fail: (error) => seen.end = error,
    end: () => seen.end = "OK",
  }, {
    counters: fixture.counters,
    faults: fixture.faults,
    subscription: (name) => fixture.broker.subscription(name),
    over: () => seen.over++,
    breakConnections: () => {},
  });
  stream.request({ ...FIRST, ...options.first });
  const texts = () => seen.responses.flatMap((response) => readResponse(response).map(({ text }) => text));
  const code = () => typeof seen.end === "string" ? seen.end : seen.end.code;
  return { fixture, stream, seen, written, texts, code, [Symbol.dispose]: () => fixture[Symbol.dispose]() };
}

Deno.test("PullStream answers a ping with an empty response", () => {
  using _time = new FakeTime();
  using opened = openStream();
  opened.stream.request(EMPTY);
  assertEquals(opened.seen.responses, [new Uint8Array()]);
  assertEquals(opened.fixture.stats.pings, 1);
  opened.stream.closed();
});

Deno.test("PullStream sends a keep-alive every 30 seconds, until it is over", async () => {
  using time = new FakeTime();
  using opened = openStream();
  await time.tickAsync(29_999);
  assertEquals(opened.seen.responses.length, 0);
  await time.tickAsync(1);
  assertEquals(opened.seen.responses, [new Uint8Array()]);
  await time.tickAsync(30_000);
  assertEquals(opened.seen.responses.length, 2);
  opened.stream.closed();
  assertEquals(time.timers, 0);
});

Deno.test("PullStream sends no keep-alives to a client that does not know them, nor when told to be silent", async () => {
  using time = new FakeTime();
  for (const options of [{ first: { protocolVersion: 0 } }, { faults: { silentStreams: true } }]) {
    using opened = openStream(options);
    opened.stream.request(EMPTY);
    await time.tickAsync(60_000);
    assertEquals(opened.seen.responses, []);
    opened.stream.closed();
  }
});

Deno.test("PullStream hands over no more while the network has not taken what it got", async () => {
  using _time = new FakeTime();
  using opened = openStream();
  const { fixture, seen, written, texts } = opened;
  seen.slow = true;
  for (const text of ["a", "b", "c", "d"]) {
    fixture.publish(text);
    await fixture.settled();
  }
  assertEquals(texts(), ["a", "b"]);
  written.shift()!();
  await fixture.settled();
  assertEquals(texts(), ["a", "b", "c", "d"], "what had gathered goes in one response");
  assertEquals(seen.responses.length, 3);
  opened.stream.closed();
});

Deno.test("PullStream with resetStreamAfter ends with UNAVAILABLE after so many responses", async () => {
  using _time = new FakeTime();
  using opened = openStream({ faults: { resetStreamAfter: 2 } });
  const { fixture, texts, code } = opened;
  for (const text of ["a", "b", "c"]) {
    fixture.publish(text);
    await fixture.settled();
  }
  assertEquals([texts(), code()], [["a", "b"], 14]);
  const { openStreams, outstanding, waiting } = fixture.stats;
  assertEquals({ openStreams, outstanding, waiting }, { openStreams: 0, outstanding: 2, waiting: 1 });
});

for (
  const [what, first, code] of [
    ["no subscription", { subscription: "" }, 3],
    ["a subscription that is not there", { subscription: "projects/p/subscriptions/none" }, 5],
    ["a lease of 9 seconds", { streamAckDeadlineSeconds: 9 }, 3],
    ["a lease of 601 seconds", { streamAckDeadlineSeconds: 601 }, 3],
    ["deadlines without ids", { modifyDeadlineSeconds: [10] }, 3],
  ] as const satisfies readonly (readonly [string, Partial<StreamingPullRequest>, number])[]
) {
  Deno.test(`PullStream that is opened with ${what} ends with status ${code}`, () => {
    using time = new FakeTime();
    using opened = openStream({ first });
    assertEquals(opened.code(), code);
    assertEquals([opened.seen.over, opened.fixture.stats.openStreams, time.timers], [1, 0, 0]);
  });
}

for (
  const [what, request] of [
    ["the subscription again", { subscription: BrokerFixture.SUBSCRIPTION }],
    ["new limits", { maxOutstandingMessages: 5 }],
    ["a lease of 5 seconds", { streamAckDeadlineSeconds: 5 }],
  ] as const satisfies readonly (readonly [string, Partial<StreamingPullRequest>])[]
) {
  Deno.test(`PullStream that is later sent ${what} ends with INVALID_ARGUMENT`, () => {
    using _time = new FakeTime();
    using opened = openStream();
    opened.stream.request({ ...EMPTY, ...request });
    assertEquals(opened.code(), 3);
  });
}

Deno.test("PullStream may change its lease, for what comes then", async () => {
  using time = new FakeTime();
  using opened = openStream();
  const { fixture, stream, texts } = opened;
  fixture.publish("long");
  await fixture.settled();
  stream.request({ ...EMPTY, streamAckDeadlineSeconds: 10 });
  fixture.publish("short");
  await fixture.settled();
  await time.tickAsync(10_000);
  await fixture.settled();
  assertEquals(texts(), ["long", "short", "short"]);
  stream.closed();
});

Deno.test("PullStream is over once, whoever ends it", () => {
  using _time = new FakeTime();
  using opened = openStream();
  opened.stream.finish();
  opened.stream.closed();
  opened.stream.request(EMPTY);
  assertEquals([opened.code(), opened.seen.over, opened.fixture.stats.openStreams], ["OK", 1, 0]);
  assertEquals(opened.seen.responses, []);
});
