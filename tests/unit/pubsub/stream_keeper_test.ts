import { assert, assertEquals } from "@std/assert";
import { StreamKeeper } from "../../../src/pubsub/stream_keeper.ts";
import type { CallStatus } from "../../../src/pubsub/transport.ts";
import { received } from "../../support/deliveries.ts";
import { FakeTransport } from "../../support/fake_transport.ts";
import { FAKE_START_MS, FakeTime } from "../../support/time.ts";

const UNAVAILABLE = 14;
const NOT_FOUND = 5;
const REQUEST = { ackDeadlineSeconds: 60, maxOutstandingMessages: 10, maxOutstandingBytes: 1_000, clientId: "c" };

function setup(count = 1) {
  const transport = new FakeTransport();
  const responses: string[] = [];
  const ends: { readonly code: number; readonly retryInMs: number }[] = [];
  const failures: CallStatus[] = [];
  const keeper = new StreamKeeper({
    transport,
    count,
    request: REQUEST,
    onResponse: (messages) => responses.push(messages.map(({ ackId }) => ackId).join()),
    onEnd: ({ code }, retryInMs) => ends.push({ code, retryInMs }),
    onFailure: (status) => failures.push(status),
  });
  return { keeper, transport, responses, ends, failures, latest: () => transport.streams.at(-1)! };
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
    const bound = Math.min(100 * 2 ** i, 30_000);
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
  const { keeper, latest } = setup(2);
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

Deno.test("StreamKeeper is never without a stream for a minute where a server answers nothing while it is idle", async () => {
  using time = new FakeTime();
  const { keeper, transport } = setup();
  keeper.start();
  let longestMs = 0;
  for (let seconds = 0; seconds < 600; seconds++) {
    await time.tickAsync(1_000);
    longestMs = Math.max(longestMs, keeper.withoutStreamMs);
  }
  assert(transport.streams.length > 10);
  assert(longestMs > 0 && longestMs <= 31_000, `${longestMs} ms`);
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
  await time.tickAsync(1_000);
  assertEquals(keeper.withoutStreamMs, 1_000);
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
