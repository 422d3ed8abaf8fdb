/**
 * `lms mon` over real gRPC in fake time: leases that lapse, and a wall clock that jumps.
 *
 * @module
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { temporaryFolder } from "../support/run_lms.ts";
import { FakeTime } from "../support/time.ts";
import { assertStoredOnce, publish, RunningMonitor, startPubSub } from "./monitor_fixture.ts";

/** Taken before a test replaces it: the network takes real time. */
const realTimeout = setTimeout;

/** Moves time on, a tenth of a second at a time with a moment for the network in between, until the promise is settled. */
async function passingTime<T>(time: FakeTime, promise: Promise<T>): Promise<T> {
  let settled = false;
  const settle = () => settled = true;
  promise.then(settle, settle);
  while (!settled) {
    await time.tickAsync(100);
    await new Promise((resolve) => realTimeout(resolve, 2));
  }
  return await promise;
}

/** Moves time on by so much, likewise. */
async function pass(time: FakeTime, ms: number): Promise<void> {
  await passingTime(time, new Promise<void>((resolve) => setTimeout(resolve, ms)));
}

/** A database in a file, and how to ask it. */
function reading(path: string) {
  return {
    query: (sql: string) => {
      using database = new DatabaseSync(path, { readOnly: true });
      return Promise.resolve(database.prepare(sql).all());
    },
  };
}

Deno.test("lms mon stores once what comes again after its commit, because its acknowledgement was forgotten", async () => {
  await using folder = await temporaryFolder();
  using time = new FakeTime();
  const pubsub = await startPubSub({ seed: 1, faults: { dropAckShare: 0.5 } });
  const path = `${folder.path}/lms.db`;
  const monitor = new RunningMonitor({ PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: `sqlite:${path}` });
  publish(pubsub, { from: 0, count: 200 });
  const stats = await passingTime(
    time,
    pubsub.waitFor(({ outstanding, waiting, acknowledged }) => acknowledged > 0 && outstanding + waiting === 0),
  );
  monitor.stop();
  assertEquals(await passingTime(time, monitor.ended), 0);
  await passingTime(time, pubsub[Symbol.asyncDispose]());
  assertGreater(stats.redelivered, 50);
  assertEquals([stats.acknowledged, stats.nacked], [200, 0]);
  assertEquals([monitor.total("stored"), monitor.total("duplicates")], [200, stats.redelivered]);
  await assertStoredOnce(reading(path), { count: 200 });
});

Deno.test("lms mon stores once what comes again because its acknowledgement took longer than the lease", async () => {
  await using folder = await temporaryFolder();
  using time = new FakeTime();
  const pubsub = await startPubSub({ faults: { ackDelayMs: 12_000 } });
  const path = `${folder.path}/lms.db`;
  const monitor = new RunningMonitor({ PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: `sqlite:${path}` });
  publish(pubsub, { from: 0, count: 100 });
  await passingTime(time, pubsub.waitFor(({ redelivered }) => redelivered === 100));
  pubsub.setFaults({ ackDelayMs: 0 });
  const stats = await passingTime(time, pubsub.waitFor(({ outstanding, waiting }) => outstanding + waiting === 0));
  monitor.stop();
  assertEquals(await passingTime(time, monitor.ended), 0);
  await passingTime(time, pubsub[Symbol.asyncDispose]());
  assert(stats.lapsed >= 100 && stats.nacked === 0, JSON.stringify(stats));
  assertEquals(monitor.total("stored"), 100);
  assertGreater(monitor.total("duplicates"), 0);
  await assertStoredOnce(reading(path), { count: 100 });
});

for (const [way, jumpMs] of [["forwards", 3_600_000], ["backwards", -3_600_000]] as const) {
  Deno.test(`lms mon flushes at its interval though the wall clock jumps ${way}`, async () => {
    await using folder = await temporaryFolder();
    using time = new FakeTime();
    const pubsub = await startPubSub();
    const path = `${folder.path}/lms.db`;
    const monitor = new RunningMonitor({
      PUBSUB_EMULATOR_HOST: pubsub.address,
      DATABASE_URL: `sqlite:${path}`,
      FLUSHINTERVAL: "8",
    });
    publish(pubsub, { from: 0, count: 5 });
    await passingTime(time, pubsub.waitFor(({ delivered }) => delivered === 5));
    const startedAt = performance.now();
    await pass(time, 3_000);
    time.setWallClock(time.now + jumpMs);
    await pass(time, 3_000);
    assertEquals(monitor.logged("flushed"), []);
    assertEquals((await passingTime(time, monitor.untilLogged("flushed"))).trigger, "interval");
    assert(performance.now() - startedAt <= 8_500, `${performance.now() - startedAt} ms`);
    monitor.stop();
    assertEquals(await passingTime(time, monitor.ended), 0);
    await passingTime(time, pubsub[Symbol.asyncDispose]());
    await assertStoredOnce(reading(path), { count: 5 });
  });
}
