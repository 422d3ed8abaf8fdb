import { assert, assertEquals } from "@std/assert";
import { AckSender, type AckSenderOptions, ID_BYTES_MAX, IDS_MAX } from "../../../src/pubsub/ack_sender.ts";
import { CallError, type CallStatus, NO_FAILURES, type SettleFailures } from "../../../src/pubsub/transport.ts";
import { FakeTime } from "../../support/time.ts";

const UNAVAILABLE = 14;
const PERMISSION_DENIED = 7;

/** A request in the test's hands. */
interface Sent {
  readonly ids: readonly string[];
  readonly at: number;
  readonly answer: PromiseWithResolvers<SettleFailures>;
}

function setup(options: Partial<AckSenderOptions> & { readonly holds?: boolean } = {}) {
  const sent: Sent[] = [];
  const failed: { readonly ids: readonly string[]; readonly status: CallStatus }[] = [];
  const sender = new AckSender({
    send: (ids) => {
      const answer = Promise.withResolvers<SettleFailures>();
      sent.push({ ids, at: performance.now(), answer });
      if (!options.holds) answer.resolve(NO_FAILURES);
      return answer.promise;
    },
    retryForMs: 60_000,
    onFailed: (ids, status) => failed.push({ ids, status }),
    ...options,
  });
  return { sender, sent, failed };
}

/** A `send` that fails as a whole, again and again. */
function failing(code: number, attempts: number[]): AckSenderOptions["send"] {
  return () => {
    attempts.push(performance.now());
    return Promise.reject(new CallError("not now", { code }));
  };
}

function ids(count: number, length = 8): string[] {
  return Array.from({ length: count }, (_, i) => String(i).padStart(length, "0"));
}

Deno.test("AckSender sends the ids of one turn in one request, in their order", async () => {
  using _time = new FakeTime();
  const { sender, sent, failed } = setup();
  for (const id of ["a", "b", "c"]) sender.add(id);
  assertEquals(sent, []);
  assertEquals(sender.pending, 3);
  await sender.idle();
  assertEquals(sent.map(({ ids }) => ids), [["a", "b", "c"]]);
  assertEquals([sender.pending, failed.length], [0, 0]);
});

Deno.test("AckSender fills requests up to 2,500 ids", async () => {
  using _time = new FakeTime();
  const { sender, sent } = setup();
  const all = ids(6_001);
  for (const id of all) sender.add(id);
  await sender.idle();
  assertEquals(sent.map(({ ids }) => ids.length), [IDS_MAX, IDS_MAX, 1_001]);
  assertEquals(sent.flatMap(({ ids }) => ids), all);
});

Deno.test("AckSender keeps a request's ids, with their framing, within 500 KiB", async () => {
  using _time = new FakeTime();
  const { sender, sent } = setup();
  const all = ids(2_000, 1_000);
  for (const id of all) sender.add(id);
  await sender.idle();
  // 512,000 bytes hold 509 ids of 1,004 bytes.
  assertEquals(sent.map(({ ids }) => ids.length), [509, 509, 509, 473]);
  assert(sent.every(({ ids }) => ids.length * 1_004 <= ID_BYTES_MAX));
  assertEquals(sent.flatMap(({ ids }) => ids), all);
});

Deno.test("AckSender sends an id that is too large for any request alone", async () => {
  using _time = new FakeTime();
  const { sender, sent } = setup();
  const large = "x".repeat(ID_BYTES_MAX + 1);
  for (const id of ["a", large, "b"]) sender.add(id);
  await sender.idle();
  assertEquals(sent.map(({ ids }) => ids), [["a"], [large], ["b"]]);
});

Deno.test("AckSender has four requests on their way, and gathers further ids for the next", async () => {
  using time = new FakeTime();
  const { sender, sent } = setup({ holds: true });
  for (const id of ids(10)) {
    sender.add(id);
    await time.tickAsync(0);
  }
  assertEquals(sent.map(({ ids }) => ids.length), [1, 1, 1, 1]);
  sent[2]!.answer.resolve(NO_FAILURES);
  await time.tickAsync(0);
  assertEquals(sent.map(({ ids }) => ids.length), [1, 1, 1, 1, 6]);
  for (const { answer } of sent) answer.resolve(NO_FAILURES);
  await sender.idle();
});

Deno.test("AckSender is idle when the last request has its answer, and at once when nothing was added", async () => {
  using time = new FakeTime();
  const { sender, sent } = setup({ holds: true });
  await sender.idle();
  let idle = 0;
  sender.add("a");
  sender.idle().then(() => idle++);
  await time.tickAsync(0);
  sender.add("b");
  sender.idle().then(() => idle++);
  await time.tickAsync(0);
  sent[0]!.answer.resolve(NO_FAILURES);
  await time.tickAsync(0);
  assertEquals([idle, sender.pending], [0, 1]);
  sent[1]!.answer.resolve(NO_FAILURES);
  await time.tickAsync(0);
  assertEquals([idle, sender.pending], [2, 0]);
});

Deno.test("AckSender repeats what failed for now, with growing waits, until it succeeds", async () => {
  using time = new FakeTime();
  const attempts: number[] = [];
  const { sender, failed } = setup({
    send: (ids) => attempts.length < 6 ? failing(UNAVAILABLE, attempts)(ids) : Promise.resolve(NO_FAILURES),
  });
  sender.add("a");
  await time.runAllAsync();
  await sender.idle();
  assertEquals([attempts.length, failed.length], [6, 0]);
  const bounds = [100, 200, 400, 800, 1_600];
  for (const [i, bound] of bounds.entries()) {
    const waited = attempts[i + 1]! - attempts[i]!;
    assert(waited >= bound / 2 && waited <= bound, `wait ${i} was ${waited} ms`);
  }
  assertEquals(time.timers, 0);
});

Deno.test("AckSender repeats only the ids that failed for now, and reports those that failed for good", async () => {
  using time = new FakeTime();
  const answers: SettleFailures[] = [
    { transient: ["b", "d"], permanent: ["c"] },
    { transient: ["d"], permanent: [] },
    { transient: [], permanent: ["d"] },
  ];
  const requests: (readonly string[])[] = [];
  const { sender, failed } = setup({
    send: (ids) => Promise.resolve(answers[requests.push(ids) - 1]!),
  });
  for (const id of ["a", "b", "c", "d"]) sender.add(id);
  await time.runAllAsync();
  await sender.idle();
  assertEquals(requests, [["a", "b", "c", "d"], ["b", "d"], ["d"]]);
  assertEquals(failed.map(({ ids }) => ids), [["c"], ["d"]]);
});

Deno.test("AckSender gives up what still fails when its time is over, and says why", async () => {
  using time = new FakeTime();
  const attempts: number[] = [];
  const { sender, failed } = setup({ send: failing(UNAVAILABLE, attempts), retryForMs: 10_000 });
  sender.add("a");
  sender.add("b");
  await time.runAllAsync();
  await sender.idle();
  assertEquals(failed, [{ ids: ["a", "b"], status: { code: UNAVAILABLE, details: "not now" } }]);
  // No try after ten seconds, and none was skipped: the next one, 1 to 2 s later, would have been too late.
  assert(attempts.at(-1)! <= 10_000 && attempts.at(-1)! > 8_000, `last tried after ${attempts.at(-1)} ms`);
  assertEquals(time.timers, 0);
});

Deno.test("AckSender does not repeat a request that fails for good", async () => {
  using time = new FakeTime();
  const attempts: number[] = [];
  const { sender, failed } = setup({ send: failing(PERMISSION_DENIED, attempts) });
  sender.add("a");
  await time.runAllAsync();
  await sender.idle();
  assertEquals(attempts.length, 1);
  assertEquals(failed, [{ ids: ["a"], status: { code: PERMISSION_DENIED, details: "not now" } }]);
});

Deno.test("AckSender stopRetrying() gives up what waits for another try, and what fails from then on", async () => {
  using time = new FakeTime();
  const attempts: number[] = [];
  const { sender, failed } = setup({ send: failing(UNAVAILABLE, attempts) });
  sender.add("a");
  await time.tickAsync(0);
  sender.stopRetrying();
  await sender.idle();
  assertEquals(failed.map(({ ids }) => ids), [["a"]]);
  sender.add("b");
  await sender.idle();
  assertEquals(failed.map(({ ids }) => ids), [["a"], ["b"]]);
  assertEquals([attempts.length, time.timers], [2, 0]);
});

Deno.test("AckSender stopRetrying() lets a request that is on its way succeed", async () => {
  using time = new FakeTime();
  const { sender, sent, failed } = setup({ holds: true });
  sender.add("a");
  await time.tickAsync(0);
  sender.stopRetrying();
  sent[0]!.answer.resolve(NO_FAILURES);
  await sender.idle();
  assertEquals(failed, []);
});

Deno.test("AckSender tells how many ids of each request succeeded, and nothing where none did", async () => {
  using time = new FakeTime();
  const counts: number[] = [];
  const answers: SettleFailures[] = [
    { transient: ["a", "b"], permanent: ["c"] },
    { transient: ["a", "b"], permanent: [] },
    NO_FAILURES,
  ];
  const { sender } = setup({ send: () => Promise.resolve(answers.shift()!), onSent: (count) => counts.push(count) });
  for (const id of ["a", "b", "c", "d"]) sender.add(id);
  await time.tickAsync(10_000);
  assertEquals(counts, [1, 2]);
});
