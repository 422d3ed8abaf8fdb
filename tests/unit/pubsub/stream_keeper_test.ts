import { assert, assertEquals } from "@std/assert";
import { StreamKeeper } from "../../../src/pubsub/stream_keeper.ts";
import type { CallStatus } from "../../../src/pubsub/transport.ts";
import { received } from "../../support/deliveries.ts";
import { FakeTransport } from "../../support/fake_transport.ts";
import { FAKE_START_MS, FakeTime } from "../../support/time.ts";

const UNAVAILABLE = 14;
const NOT_FOUND = 5;
const REFUSED = { code: UNAVAILABLE, details: "connection refused" };
const MUTE = { code: 4, details: "no answer for 8 s" };
const REQUEST = { ackDeadlineSeconds: 60, maxOutstandingMessages: 10, maxOutstandingBytes: 1_000, clientId: "c" };

function setup(count = 1) {
  const transport = new FakeTransport();
  const responses: string[] = [];
  const ends: { readonly code: number; readonly retryInMs: number }[] = [];
  const failures: CallStatus[] = [];
  const told: unknown[] = [];
  const held = { overfull: false };
  const keeper = new StreamKeeper({
    transport,
    count,
    request: REQUEST,
    onResponse: (messages) => responses.push(messages.map(({ ackId }) => ackId).join()),
    onEnd: ({ code }, retryInMs) => ends.push({ code, retryInMs }),
    onFailure: (status) => failures.push(status),
    onOutage: ({ forMs, attempts, status }) => told.push(["outage", forMs, attempts, status?.details]),
    onRecovered: (outageMs) => told.push(["recovered", outageMs]),
    onRefused: (count) => told.push(["refused", count]),
    overfull: () => held.overfull,
  });
  return { keeper, transport, responses, ends, failures, told, held, latest: () => transport.streams.at(-1)! };
}

Deno.test("StreamKeeper opens as many streams as asked, with its request, once", () => {
  using time = new FakeTime();
  const { keeper, transport } = setup(3);
  assertEquals([keeper.open, keeper.quiet, keeper.wanted], [0, true, false]);
  keeper.start();
  keeper.start();
  assertEquals(transport.streams.map(({ request }) => request), [REQUEST, REQUEST, REQUEST]);
  assertEquals([keeper.open, keeper.quiet, keeper.wanted], [3, false, true]);
  keeper.cancel();
  assertEquals(transport.streams.map(({ state }) => state), ["cancelled", "cancelled", "cancelled"]);
  assertEquals([keeper.open, keeper.quiet, time.timers], [0, true, 0]);
});

Deno.test("StreamKeeper reopens a stream that ends, each time after a longer wait with jitter", async () => {
  using time = new FakeTime();
  const { keeper, transport, ends, latest } = setup();
  keeper.start();
  for (let i = 0; i < 12; i++) {
    latest().end(UNAVAILABLE);
    const { code, retryInMs } = ends.at(-1)!;
    const bound = Math.min(100 * 2 ** i, 5_000);
    assert(retryInMs >= bound / 2 && retryInMs <= bound, `wait ${i} is ${retryInMs} ms`);
    assertEquals([code, keeper.open], [UNAVAILABLE, 0]);
    await time.tickAsync(Math.ceil(retryInMs) - 2);
    assertEquals(transport.streams.length, i + 1);
    await time.tickAsync(2);
    assertEquals([transport.streams.length, keeper.open], [i + 2, 1]);
  }
  keeper.cancel();
  assertEquals(time.timers, 0);
});

Deno.test("StreamKeeper starts its waits over after a response, a keep-alive included", async () => {
  using time = new FakeTime();
  const { keeper, ends, latest } = setup();
  keeper.start();
  const endSixTimes = async () => {
    for (let i = 0; i < 6; i++) {
      latest().end(UNAVAILABLE);
      // Longer than the wait, shorter than the wait and the time of a ping.
      await time.tickAsync(30_000);
    }
  };
  for (const messages of [[received(1)], []]) {
    await endSixTimes();
    assert(ends.at(-1)!.retryInMs > 1_000);
    latest().respond(messages);
    latest().end(UNAVAILABLE);
    assert(ends.at(-1)!.retryInMs <= 100);
    await time.tickAsync(100);
  }
  keeper.cancel();
});

Deno.test("StreamKeeper is without a stream from when it wants some until one answers", async () => {
  using time = new FakeTime();
  const { keeper, transport, latest } = setup(2);
  transport.onProbe = () => REFUSED;
  await time.tickAsync(5_000);
  assertEquals(keeper.withoutStreamMs, 0);
  keeper.start();
  await time.tickAsync(5_000);
  assertEquals([keeper.open, keeper.withoutStreamMs], [2, 5_000]);
  latest().respond();
  assertEquals(keeper.withoutStreamMs, 0);
  await time.tickAsync(5_000);
  latest().end(UNAVAILABLE);
  await time.tickAsync(7_000);
  assertEquals(keeper.withoutStreamMs, 7_000);
  keeper.cancel();
  assertEquals(keeper.withoutStreamMs, 0);
});

Deno.test("StreamKeeper is without a stream however often one that cannot connect is tried again", async () => {
  using time = new FakeTime();
  const { keeper, transport } = setup();
  transport.onProbe = () => REFUSED;
  keeper.start();
  // gRPC gives a connection 20 s; the stream counts as open meanwhile.
  while (time.now < FAKE_START_MS + 600_000) {
    await time.tickAsync(20_000);
    transport.openStreams[0]?.end(UNAVAILABLE);
  }
  assertEquals(keeper.withoutStreamMs, 600_000);
  assert(transport.streams.length > 10);
  keeper.cancel();
});

Deno.test("StreamKeeper is without a stream for a moment only where a server says nothing on idle ones", async () => {
  using time = new FakeTime();
  const { keeper, transport, told } = setup();
  keeper.start();
  let longestMs = 0;
  for (let tick = 0; tick < 6_000; tick++) {
    await time.tickAsync(100);
    longestMs = Math.max(longestMs, keeper.withoutStreamMs);
  }
  assert(transport.streams.length > 10);
  // Until the server answers a probe, each time.
  assert(longestMs > 0 && longestMs <= 1_100, `${longestMs} ms`);
  assertEquals([told, transport.renewals], [[], 0]);
  keeper.cancel();
});

Deno.test("StreamKeeper that closed its streams at the cap is not without a stream, nor is it at once when it reopens", async () => {
  using time = new FakeTime();
  const { keeper, latest } = setup();
  keeper.start();
  latest().respond();
  keeper.finish();
  await time.tickAsync(600_000);
  assertEquals(keeper.withoutStreamMs, 0);
  keeper.start();
  assertEquals(keeper.withoutStreamMs, 0);
  await time.tickAsync(900);
  assertEquals(keeper.withoutStreamMs, 900);
  keeper.cancel();
});

Deno.test("StreamKeeper reopens only the stream that ended", async () => {
  using time = new FakeTime();
  const { keeper, transport } = setup(3);
  keeper.start();
  transport.streams[1]!.end(UNAVAILABLE);
  assertEquals(keeper.open, 2);
  await time.tickAsync(100);
  assertEquals(transport.streams.map(({ state }) => state), ["open", "ended", "open", "open"]);
  keeper.cancel();
});

for (const code of [0, 1, 2, 4, 8, 10, 13, 14]) {
  Deno.test(`StreamKeeper reopens a stream that ended with status ${code}`, async () => {
    using time = new FakeTime();
    const { keeper, failures, latest } = setup();
    keeper.start();
    latest().end(code);
    await time.tickAsync(100);
    assertEquals([keeper.open, failures.length], [1, 0]);
    keeper.cancel();
  });
}

for (const code of [3, 5, 7, 9, 12, 16]) {
  Deno.test(`StreamKeeper reports status ${code} as a failure and does not reopen the stream`, async () => {
    using time = new FakeTime();
    const { keeper, transport, failures, ends, latest } = setup();
    keeper.start();
    latest().end(code, "no use");
    await time.tickAsync(60_000);
    assertEquals([transport.streams.length, ends.length, time.timers], [1, 0, 0]);
    assertEquals(failures, [{ code, details: "no use" }]);
  });
}

Deno.test("StreamKeeper pings every 30 s, and keeps a stream that answers within 15 s", async () => {
  using time = new FakeTime();
  const { keeper, transport, ends, latest } = setup();
  keeper.start();
  await time.tickAsync(29_999);
  assertEquals(latest().pings, 0);
  await time.tickAsync(1);
  assertEquals(latest().pings, 1);
  await time.tickAsync(14_999);
  latest().respond();
  await time.tickAsync(30_000);
  assertEquals(latest().pings, 1);
  await time.tickAsync(1);
  assertEquals(latest().pings, 2);
  assertEquals([transport.streams.length, ends.length], [1, 0]);
  keeper.cancel();
  assertEquals(time.timers, 0);
});

Deno.test("StreamKeeper cancels a stream that is silent for 15 s after a ping, and opens another", async () => {
  using time = new FakeTime();
  const { keeper, transport, ends } = setup();
  keeper.start();
  const [silent] = transport.streams;
  silent!.respond([received(1)]);
  await time.tickAsync(44_999);
  assertEquals(silent!.state, "open");
  await time.tickAsync(1);
  assertEquals([silent!.state, ends[0]?.code], ["cancelled", UNAVAILABLE]);
  await time.tickAsync(100);
  assertEquals(transport.streams.map(({ state }) => state), ["cancelled", "open"]);
  keeper.cancel();
});

Deno.test("StreamKeeper does not wait longer and longer for streams of a server that answers no pings", async () => {
  using time = new FakeTime();
  const { keeper, transport, ends } = setup();
  keeper.start();
  await time.tickAsync(3_600_000);
  assert(ends.every(({ retryInMs }) => retryInMs <= 100));
  assert(transport.streams.length >= 79, `an idle hour opened ${transport.streams.length} streams`);
  keeper.cancel();
});

Deno.test("StreamKeeper ignores what a stream says after it was given up", async () => {
  using time = new FakeTime();
  const { keeper, transport, responses, ends, failures } = setup();
  keeper.start();
  const [silent] = transport.streams;
  await time.tickAsync(45_100);
  silent!.respond([received(1)]);
  silent!.end(NOT_FOUND);
  await time.tickAsync(30_000);
  assertEquals([responses, failures, ends.length, keeper.open], [[], [], 1, 1]);
  keeper.cancel();
  transport.streams[1]!.respond([received(2)]);
  transport.streams[1]!.end(UNAVAILABLE);
  assertEquals([responses, ends.length, time.timers], [[], 1, 0]);
});

Deno.test("StreamKeeper finish() half-closes, still delivers what is on its way, and says once when it is quiet", async () => {
  using time = new FakeTime();
  const { keeper, transport, responses, ends } = setup(2);
  transport.endsWhenFinished = false;
  keeper.start();
  let quiet = 0;
  keeper.finish(() => quiet++);
  assertEquals(transport.streams.map(({ state }) => state), ["finishing", "finishing"]);
  assertEquals([keeper.open, keeper.quiet, keeper.wanted], [0, false, false]);
  const [one, other] = transport.streams;
  one!.respond([received(1)]);
  one!.end();
  assertEquals([responses, quiet], [["ack-1"], 0]);
  other!.respond([received(2)]);
  // How it ends does not matter any more.
  other!.end(NOT_FOUND);
  assertEquals([responses, quiet, ends.length], [["ack-1", "ack-2"], 1, 0]);
  await time.tickAsync(60_000);
  assertEquals([transport.streams.length, time.timers, quiet], [2, 0, 1]);
});

Deno.test("StreamKeeper finish() cancels a stream that takes more than 2 s to end", async () => {
  using time = new FakeTime();
  const { keeper, transport } = setup();
  transport.endsWhenFinished = false;
  keeper.start();
  let quiet = 0;
  keeper.finish(() => quiet++);
  await time.tickAsync(1_999);
  assertEquals([transport.streams[0]!.state, quiet], ["finishing", 0]);
  await time.tickAsync(1);
  assertEquals([transport.streams[0]!.state, quiet, time.timers], ["cancelled", 1, 0]);
});

Deno.test("StreamKeeper finish() is quiet at once where no stream is open, and reopens none that waits", async () => {
  using time = new FakeTime();
  const { keeper, transport, latest } = setup();
  let quiet = 0;
  keeper.finish(() => quiet++);
  assertEquals(quiet, 1);
  keeper.start();
  latest().end(UNAVAILABLE);
  keeper.finish(() => quiet++);
  assertEquals([quiet, time.timers], [2, 0]);
  await time.tickAsync(60_000);
  assertEquals(transport.streams.length, 1);
});

Deno.test("StreamKeeper start() during finish() opens each stream as the one before it ends", async () => {
  using time = new FakeTime();
  const { keeper, transport } = setup(2);
  transport.endsWhenFinished = false;
  keeper.start();
  keeper.finish();
  keeper.start();
  assertEquals(transport.streams.length, 2);
  transport.streams[0]!.end();
  assertEquals(transport.streams.map(({ state }) => state), ["ended", "finishing", "open"]);
  await time.tickAsync(2_000);
  assertEquals(transport.streams.map(({ state }) => state), ["ended", "cancelled", "open", "open"]);
  assertEquals(keeper.open, 2);
  keeper.cancel();
});

Deno.test("StreamKeeper can finish again what was wanted again while it was finishing", () => {
  using time = new FakeTime();
  const { keeper, transport } = setup();
  transport.endsWhenFinished = false;
  keeper.start();
  keeper.finish();
  keeper.start();
  let quiet = 0;
  keeper.finish(() => quiet++);
  transport.streams[0]!.end();
  assertEquals([transport.streams.length, quiet, time.timers], [1, 1, 0]);
});

Deno.test("StreamKeeper cancel() ends open, finishing and waiting streams alike", async () => {
  using time = new FakeTime();
  const { keeper, transport } = setup(3);
  keeper.start();
  transport.streams[0]!.end(UNAVAILABLE);
  keeper.cancel();
  assertEquals(transport.streams.map(({ state }) => state), ["ended", "cancelled", "cancelled"]);
  const finishing = setup();
  finishing.transport.endsWhenFinished = false;
  finishing.keeper.start();
  finishing.keeper.finish();
  finishing.keeper.cancel();
  assertEquals(finishing.latest().state, "cancelled");
  await time.tickAsync(60_000);
  assertEquals([keeper.quiet, finishing.keeper.quiet, transport.streams.length, time.timers], [true, true, 3, 0]);
});

/** A server that accepts connections and says nothing: a probe takes 8 s. */
async function mute(): Promise<CallStatus> {
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  return MUTE;
}

Deno.test("StreamKeeper leaves a connection on which nothing is heard, again and again, and pulls once there is an answer", async () => {
  using time = new FakeTime();
  const { keeper, transport, ends, latest } = setup(2);
  transport.onProbe = mute;
  keeper.start();
  await time.tickAsync(8_999);
  assertEquals([transport.probes, transport.renewals, ends.length], [1, 0, 0]);
  await time.tickAsync(1);
  assertEquals([transport.renewals, transport.streams.map(({ state }) => state)], [1, ["cancelled", "cancelled"]]);
  await time.tickAsync(300_000);
  assert(transport.renewals >= 300 / (1 + 8 + 5), `${transport.renewals} renewals`);
  transport.onProbe = () => undefined;
  const { renewals } = transport;
  // What was asked before is unanswered: 8 s; then a new stream within 5 s, and a probe 1 s later.
  await time.tickAsync(14_000);
  assertEquals(keeper.withoutStreamMs, 0);
  assert(transport.renewals <= renewals + 1);
  latest().respond();
  keeper.cancel();
  await time.tickAsync(8_000);
  assertEquals(time.timers, 0);
});

Deno.test("StreamKeeper leaves a connection that swallows what it is given within 40 s of what was heard last", async () => {
  using time = new FakeTime();
  const { keeper, transport } = setup(2);
  keeper.start();
  for (const stream of transport.streams) stream.respond([received(1)]);
  transport.onProbe = mute;
  await time.tickAsync(37_999);
  assertEquals([transport.renewals, keeper.withoutStreamMs], [0, 0]);
  await time.tickAsync(1);
  assertEquals([transport.renewals, transport.openStreams.length], [1, 0]);
  keeper.cancel();
});

Deno.test("StreamKeeper keeps a connection on which something was heard while a probe was unanswered", async () => {
  using time = new FakeTime();
  const { keeper, transport, latest } = setup();
  transport.onProbe = mute;
  keeper.start();
  await time.tickAsync(5_000);
  latest().accept();
  await time.tickAsync(5_000);
  assertEquals([transport.renewals, latest().state], [0, "open"]);
  keeper.cancel();
});

Deno.test("StreamKeeper probes nothing while something is heard", async () => {
  using time = new FakeTime();
  const { keeper, transport } = setup(2);
  keeper.start();
  for (let seconds = 0; seconds < 120; seconds++) {
    // On one of the two is enough, once each has shown itself.
    transport.streams[0]!.respond();
    if (seconds % 20 === 0) transport.streams[1]!.respond();
    await time.tickAsync(500);
    await time.tickAsync(500);
  }
  assertEquals(transport.probes, 0);
  keeper.cancel();
});

Deno.test("StreamKeeper tells of an outage within 5 s, every 30 s, and when it is over", async () => {
  using time = new FakeTime();
  const { keeper, transport, told, latest } = setup();
  keeper.start();
  latest().respond();
  await time.tickAsync(10_000);
  transport.onProbe = () => REFUSED;
  const failing = async (seconds: number) => {
    for (let ms = 0; ms < 1_000 * seconds; ms += 500) {
      transport.openStreams[0]?.end(UNAVAILABLE, "connection refused");
      await time.tickAsync(500);
    }
  };
  await failing(3.5);
  assertEquals(told, []);
  await failing(1.5);
  assertEquals(told.length, 1);
  const [event, forMs, attempts, reason] = told[0] as [string, number, number, string];
  assert(forMs >= 4_000 && forMs <= 5_000, `${forMs} ms`);
  assertEquals([event, attempts > 1, reason], ["outage", true, "connection refused"]);
  await failing(60);
  assertEquals(told.length, 3);
  await time.tickAsync(5_000);
  latest().respond();
  await time.tickAsync(1_000);
  const [back, outageMs] = told.at(-1) as [string, number];
  assert(outageMs >= 65_000 && outageMs <= 71_000, `${outageMs} ms`);
  assertEquals([back, told.length], ["recovered", 4]);
  keeper.cancel();
});

Deno.test("StreamKeeper takes one response of a half-closed stream above the cap, and ends one that goes on", () => {
  using time = new FakeTime();
  const { keeper, transport, responses, held } = setup(2);
  transport.endsWhenFinished = false;
  keeper.start();
  held.overfull = true;
  const [one, other] = transport.streams;
  one!.respond([received(1)]);
  keeper.finish();
  // A keep-alive holds nothing.
  for (const stream of transport.streams) stream.respond();
  one!.respond([received(2)]);
  other!.respond([received(3)]);
  assertEquals([one!.state, other!.state], ["cancelled", "finishing"]);
  other!.respond([received(4)]);
  assertEquals([other!.state, responses.filter((ids) => ids !== "")], ["cancelled", ["ack-1", "ack-3"]]);
  assertEquals([keeper.quiet, time.timers], [true, 0]);
});

Deno.test("StreamKeeper takes whatever comes of half-closed streams below the cap", () => {
  using _time = new FakeTime();
  const { keeper, transport, responses, latest } = setup();
  transport.endsWhenFinished = false;
  keeper.start();
  keeper.finish();
  for (let n = 1; n <= 3; n++) latest().respond([received(n)]);
  assertEquals([latest().state, responses], ["finishing", ["ack-1", "ack-2", "ack-3"]]);
  keeper.cancel();
});
