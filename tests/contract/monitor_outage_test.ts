/**
 * `lms mon` over real gRPC while its database, or Pub/Sub, is away, and when it is told to stop.
 *
 * @module
 */
import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual, assertMatch, assertRejects } from "@std/assert";
import { StoreError } from "../../src/store/store.ts";
import { type DatabaseKind, startDatabase, type TestServer } from "../support/database.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import {
  assertNothingCameTwice,
  assertStoredOnce,
  eventually,
  publish,
  RunningMonitor,
  startPubSub,
  untilAcknowledged,
} from "./monitor_fixture.ts";
import { addressOf, migrated, openOn, user } from "./server_fixture.ts";

const WAITING = "waiting for the database: messages are held";
const BACK = "the database is back";

const server = await startDatabase("mysql");
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** A database behind a proxy that can cut it off. */
async function database(server: TestServer) {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await migrated(server));
  const { host, port } = addressOf(database.url);
  const proxy = stack.use(new TcpProxy({ hostname: host, port }));
  const kept = stack.move();
  return {
    query: (sql: string) => database.query(sql),
    url: database.url.replace(/@[^/]*/, `@127.0.0.1:${proxy.port}`),
    /** Breaks every connection, and lets none come up. */
    cutOff: () => {
      proxy.decide = () => "lose request";
      proxy.cut();
    },
    /** Ends a connection when it is used next. */
    endOne: () => {
      proxy.decide = () => {
        proxy.decide = () => "pass";
        return "lose request";
      };
    },
    /** Forgets every connection that there is, and tells nobody. */
    forget: () => proxy.swallow(),
    restore: () => {
      proxy.decide = () => "pass";
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

Deno.test("lms mon holds what it has at its cap while the database is away, and goes on by itself", async () => {
  await using store = await database(server);
  await using pubsub = await startPubSub();
  await using monitor = new RunningMonitor({
    PUBSUB_EMULATOR_HOST: pubsub.address,
    DATABASE_URL: store.url,
    BATCHSIZE: "50",
    WRITERS: "1",
    MAXINFLIGHT: "100",
  });
  publish(pubsub, { from: 0, count: 50 });
  await untilAcknowledged(pubsub, 50);
  store.cutOff();
  publish(pubsub, { from: 50, count: 950 });
  await monitor.untilLogged(WAITING);
  const full = await pubsub.waitFor(({ openStreams }) => openStreams === 0);
  assertGreaterOrEqual(full.outstanding, 100);
  // The cap, and a response of its share from each of the two streams.
  assertLessOrEqual(full.outstanding, 200);
  // Half of the lease: then it is extended, in a request or two.
  const kept = await pubsub.waitFor(({ extended }) => extended >= full.outstanding);
  assertLessOrEqual(kept.requests.modifyAckDeadline, 4);
  const { outstanding, delivered, openStreams, requests } = kept;
  assertEquals([outstanding, delivered, openStreams], [full.outstanding, full.delivered, 0]);
  assertEquals([requests.streamingPull, requests.acknowledge], [
    full.requests.streamingPull,
    full.requests.acknowledge,
  ]);
  assertNothingCameTwice(kept);

  store.restore();
  await monitor.untilLogged(BACK);
  const stats = await untilAcknowledged(pubsub, 1_000);
  await assertStoredOnce(store, { count: 1_000 });
  assertNothingCameTwice(stats);
  assertEquals([monitor.logged(WAITING).length, monitor.logged(BACK).length], [1, 1]);
});

Deno.test("lms mon is not ready while the database is away, and ready again when it is back", async () => {
  await using store = await database(server);
  await using pubsub = await startPubSub();
  await using monitor = new RunningMonitor({
    PUBSUB_EMULATOR_HOST: pubsub.address,
    DATABASE_URL: store.url,
    HEALTHPORT: "0",
  });
  const { address } = await monitor.untilLogged("answering health checks");
  const readyz = async () => {
    const response = await fetch(`http://${address}/readyz`);
    const { reason, held, stored } = await response.json();
    return { status: response.status, reason, held, stored };
  };
  publish(pubsub, { from: 0, count: 100 });
  await monitor.untilLogged("flushed");
  assertEquals(await readyz(), { status: 200, reason: null, held: 0, stored: 100 });
  store.cutOff();
  publish(pubsub, { from: 100, count: 100 });
  const { since, attempts, held, held_bytes, reason } = await monitor.untilLogged(WAITING);
  assertEquals([attempts, held, typeof reason], [1, 100, "string"]);
  assert(Number(held_bytes) > 100 && Date.now() - Date.parse(String(since)) < 60_000, `${held_bytes} ${since}`);
  assertEquals(await readyz(), { status: 503, reason: "the database is away", held: 100, stored: 100 });
  store.restore();
  await monitor.untilLogged("flushed", 2);
  assertEquals(await readyz(), { status: 200, reason: null, held: 0, stored: 200 });
});

Deno.test("lms mon that gets nothing gives a sign of life", async () => {
  await using store = await database(server);
  await using pubsub = await startPubSub();
  await using monitor = new RunningMonitor({
    PUBSUB_EMULATOR_HOST: pubsub.address,
    DATABASE_URL: store.url,
    LOG_HEARTBEAT: "200ms",
  });
  publish(pubsub, { from: 0, count: 100 });
  await monitor.untilLogged("flushed");
  const { level, open_streams, held, total_stored } = await monitor.untilLogged(
    "alive",
    monitor.logged("alive").length + 1,
  );
  assertEquals({ level, open_streams, held, total_stored }, {
    level: "info",
    open_streams: 2,
    held: 0,
    total_stored: 100,
  });
});

Deno.test("lms mon stores on, and tells of no outage, when idle connections were ended or forgotten", async () => {
  await using store = await database(server);
  await using pubsub = await startPubSub();
  await using monitor = new RunningMonitor({ PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: store.url });
  let published = 0;
  for (const fail of [store.endOne, store.forget]) {
    publish(pubsub, { from: published, count: 100 });
    await untilAcknowledged(pubsub, published += 100);
    await new Promise((resolve) => setTimeout(resolve, 300)); // as long as it takes to count as idle
    fail();
  }
  publish(pubsub, { from: published, count: 100 });
  const stats = await untilAcknowledged(pubsub, published += 100);
  await assertStoredOnce(store, { count: published });
  assertNothingCameTwice(stats);
  assertEquals(monitor.records.filter(({ level }) => level === "error" || level === "warn"), []);
});

for (const kind of ["mysql", "mariadb"] satisfies DatabaseKind[]) {
  Deno.test(`${kind}: lms mon waits out a server that is read-only, stopped, crashed, or frozen`, async () => {
    await using server = await startDatabase(kind, { own: true });
    await using database = await migrated(server);
    // Administrators may write to a read-only server.
    await using someone = await user(server, { database: database.name, rights: "ALL" });
    await using pubsub = await startPubSub();
    const credentials = `${someone.name}:${encodeURIComponent(someone.password)}`;
    await using monitor = new RunningMonitor({
      PUBSUB_EMULATOR_HOST: pubsub.address,
      DATABASE_URL: database.url.replace("root@", `${credentials}@`),
    });
    publish(pubsub, { from: 0, count: 150 });
    await untilAcknowledged(pubsub, 150);
    const control = server.control!;
    await using idle = openOn(database.url, { at: { user: someone.name, password: someone.password } });
    await idle.probe();

    await server.query("SET GLOBAL read_only = 1");
    // Its session is idle and was seen to write: a server that became a replica since then is not back.
    assertEquals((await assertRejects(() => idle.probe(), StoreError)).disposition, "reconnect");
    publish(pubsub, { from: 150, count: 150 });
    assertMatch(String((await monitor.untilLogged(WAITING)).reason), /read-only/);
    await server.query("SET GLOBAL read_only = 0");
    await untilAcknowledged(pubsub, 300);

    await control.stop();
    publish(pubsub, { from: 300, count: 150 });
    await monitor.untilLogged(WAITING, 2);
    await control.start();
    await untilAcknowledged(pubsub, 450);

    await control.kill();
    publish(pubsub, { from: 450, count: 150 });
    await monitor.untilLogged(WAITING, 3);
    await control.start();
    await untilAcknowledged(pubsub, 600);

    await control.freeze();
    publish(pubsub, { from: 600, count: 150 });
    await pubsub.waitFor(({ delivered }) => delivered === 750);
    await control.thaw();
    const stats = await untilAcknowledged(pubsub, 750);

    await assertStoredOnce(database, { count: 750 });
    assertNothingCameTwice(stats);
    assertEquals([monitor.logged(WAITING).length, monitor.logged(BACK).length], [3, 3]);
    assert(!JSON.stringify(monitor.records).includes(someone.password.slice(-6)), "a password in the log");
    monitor.stop();
    assertEquals(await monitor.ended, 0);
  });
}

Deno.test("lms mon told to stop commits and acknowledges its last partial batch, and exits 0", async () => {
  await using store = await database(server);
  await using pubsub = await startPubSub();
  await using monitor = new RunningMonitor({
    PUBSUB_EMULATOR_HOST: pubsub.address,
    DATABASE_URL: store.url,
    FLUSHINTERVAL: "600",
  });
  publish(pubsub, { from: 0, count: 130 });
  await pubsub.waitFor(({ delivered, acknowledged }) => delivered === 130 && acknowledged === 100);
  monitor.stop();
  assertEquals(await monitor.ended, 0);
  assertEquals(monitor.logged("flushed").map(({ trigger, size }) => [trigger, size]), [["count", 100], ["end", 30]]);
  const stats = pubsub.stats();
  assertEquals([stats.acknowledged, stats.outstanding, stats.waiting], [130, 0, 0]);
  await assertStoredOnce(store, { count: 130 });
});

Deno.test("lms mon told to stop while the database is away gives everything back after GRACE, and exits 3", async () => {
  await using store = await database(server);
  await using pubsub = await startPubSub();
  const env = { PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: store.url };
  {
    await using monitor = new RunningMonitor({ ...env, GRACE: "1" });
    await monitor.untilLogged("plan");
    await eventually(() => pubsub.stats().openStreams > 0);
    store.cutOff();
    publish(pubsub, { from: 0, count: 130 });
    await monitor.untilLogged(WAITING);
    await pubsub.waitFor(({ delivered }) => delivered === 130);
    monitor.stop();
    assertEquals(await monitor.ended, 3);
    assertEquals((await monitor.untilLogged("gave messages back unsettled")).count, 130);
    assertEquals(monitor.logged("the grace period is over: giving back what is not stored").length, 1);
    const { nacked, acknowledged, outstanding, waiting } = pubsub.stats();
    assertEquals({ nacked, acknowledged, outstanding, waiting }, {
      nacked: 130,
      acknowledged: 0,
      outstanding: 0,
      waiting: 130,
    });
  }
  store.restore();
  await using _next = new RunningMonitor(env);
  await untilAcknowledged(pubsub, 130);
  await assertStoredOnce(store, { count: 130 });
});

Deno.test("lms mon at a second signal gives back what is not stored at once, and exits 3", async () => {
  await using store = await database(server);
  await using pubsub = await startPubSub();
  await using monitor = new LmsProcess(["mon"], {
    PUBSUB_EMULATOR_HOST: pubsub.address,
    DATABASE_URL: store.url,
    FLUSHINTERVAL: "50ms",
    GRACE: "600",
    LOG_LEVEL: "debug",
  });
  await pubsub.waitFor(({ openStreams }) => openStreams > 0);
  store.cutOff();
  publish(pubsub, { from: 0, count: 130 });
  await monitor.logged(({ msg }) => msg === WAITING);
  await pubsub.waitFor(({ delivered }) => delivered === 130);
  monitor.signal("SIGTERM");
  await monitor.logged(({ msg }) => msg === "draining");
  assertEquals(pubsub.stats().nacked, 0);
  monitor.signal("SIGTERM");
  assertEquals((await monitor.ended()).code, 3);
  const { nacked, acknowledged, waiting } = pubsub.stats();
  assertEquals({ nacked, acknowledged, waiting }, { nacked: 130, acknowledged: 0, waiting: 130 });
});

// The client library has a timer under way for its next connection, which ends with the process.
Deno.test({
  name: "lms mon told to stop while Pub/Sub is gone stores what it holds, and ends",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using store = await database(server);
    await using pubsub = await startPubSub();
    await using monitor = new RunningMonitor({
      PUBSUB_EMULATOR_HOST: pubsub.address,
      DATABASE_URL: store.url,
      FLUSHINTERVAL: "600",
      GRACE: "1",
    });
    publish(pubsub, { from: 0, count: 30 });
    await pubsub.waitFor(({ delivered }) => delivered === 30);
    await pubsub[Symbol.asyncDispose]();
    monitor.stop();
    assertEquals(await monitor.ended, 0);
    await assertStoredOnce(store, { count: 30 });
    assertMatch(
      String((await monitor.untilLogged("could not ack messages; they will come again, and change nothing")).count),
      /^30$/,
    );
  },
});
