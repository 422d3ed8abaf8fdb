/**
 * `lms mon` over real gRPC into a real database, while Pub/Sub delivers twice, writers get in each other's way, and the
 * database refuses.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createConnection } from "mysql2/promise";
import { encode } from "../../src/entry/encode.ts";
import type { Severity } from "../../src/entry/entry.ts";
import { seededFractions } from "../../src/ops/random.ts";
import { type DatabaseKind, startDatabase, type TestDatabase, type TestServer } from "../support/database.ts";
import { entry, key } from "../support/entries.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import {
  assertNothingCameTwice,
  assertStoredOnce,
  assertTablesAgree,
  publish,
  publishData,
  RunningMonitor,
  startPubSub,
  untilAcknowledged,
} from "./monitor_fixture.ts";
import { addressOf, killSessions, migrated, openOn, until, untilBlocked } from "./server_fixture.ts";
import { assertStored, deadLetter, write, writeWithRetries } from "./store_fixture.ts";

const WAITING = "waiting for the database: messages are held";
const BACK = "the database is back";

const servers = {} as Record<DatabaseKind, TestServer>;
for (const kind of ["mysql", "mariadb"] as const) servers[kind] = await startDatabase(kind);
Deno.test.afterAll(async () => {
  for (const server of Object.values(servers)) await server[Symbol.asyncDispose]();
});

/** Makes every insert of an entry do something first. @param body Statements of a trigger's body, each with its semicolon. */
async function beforeEachEntry(database: TestDatabase, body: string): Promise<void> {
  await database.query(`CREATE TRIGGER fault BEFORE INSERT ON service_logs FOR EACH ROW BEGIN ${body} END`);
}

function signal(errno: number, text: string): string {
  return `SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${errno}, MESSAGE_TEXT = '${text}';`;
}

/** A transaction of somebody else, which has run one statement. */
async function beginning(database: TestDatabase, [sql, values]: readonly [sql: string, values: readonly string[]]) {
  const connection = await createConnection({ uri: database.url });
  await connection.query("START TRANSACTION");
  await connection.query(sql, [values]);
  return {
    commit: () => connection.query("COMMIT"),
    [Symbol.asyncDispose]: () => connection.end(),
  };
}

/** The same, in an order that a seed decides. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items.map((item) => [random(), item] as const).sort(([a], [b]) => a - b).map(([, item]) => item);
}

Deno.test("lms mon tells of a flood of what is no log entry, and holds what the database does not take", async () => {
  await using database = await migrated(servers.mysql);
  await database.query(
    `CREATE TRIGGER fault BEFORE INSERT ON dead_letters FOR EACH ROW BEGIN
     IF NEW.data = '{' THEN ${signal(4025, "no room for this one")} END IF; END`,
  );
  await using pubsub = await startPubSub();
  await using monitor = new RunningMonitor({ PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: database.url });
  publish(pubsub, { from: 0, count: 30 });
  publishData(pubsub, new TextEncoder().encode("{"));
  const foreign = new TextEncoder().encode('{"logName":"projects/p/logs/l","insertId":"1","textPayload":"x"}');
  for (let n = 0; n < 25; n++) publishData(pubsub, foreign);
  const { acknowledged } = await untilAcknowledged(pubsub, 55);
  assertEquals(acknowledged, 55);
  await assertStoredOnce(database, { count: 30 });

  const flood = await monitor.untilLogged("many messages are no log entries: they are kept as dead letters");
  assertEquals([flood.level, flood.looks_like], ["warn", "a Cloud Logging LogEntry"]);
  const held = await monitor.untilLogged(
    "the database does not take a message: it is held, not acknowledged, and tried again in 10 minutes",
  );
  assertEquals(held.level, "error");
  assertStringIncludes(String(held.reason), "no room for this one");
  monitor.stop();
  // Some messages were given back unsettled.
  assertEquals(await monitor.ended, 3);
  assertEquals(pubsub.stats().acknowledged, 55);
});

for (const kind of ["mysql", "mariadb"] as const) {
  const server = servers[kind];

  Deno.test(`${kind}: writers of the same messages, in any order, store each once, whoever loses a race`, async () => {
    await using database = await migrated(server);
    await using stack = new AsyncDisposableStack();
    const random = seededFractions(1);
    const writers = Array.from({ length: 6 }, () => stack.use(openOn(database.url)));
    let stored = 0;
    for (let round = 0; round < 8; round++) {
      const entries = Array.from({ length: 300 }, (_, n) => entry(key(300 * round + n)));
      // Everybody gets the same messages at once; in every other round some of them are stored already.
      if (round % 2 === 1) stored += (await writeWithRetries(writers[0]!, { entries: entries.slice(100, 200) })).stored;
      const writes = writers.map((store) => writeWithRetries(store, { entries: shuffled(entries, random) }));
      for (const result of await Promise.all(writes)) {
        stored += result.stored;
      }
    }
    assertEquals(stored, 8 * 300);
    await assertTablesAgree(database);
  });

  // Rows that are rolled back leave gap locks to those who waited for them, hence messages that nobody has stored yet.
  Deno.test(`${kind}: writers of the same new messages, in any order, never deadlock`, async () => {
    await using database = await migrated(server);
    await using stack = new AsyncDisposableStack();
    const random = seededFractions(4);
    const writers = Array.from({ length: 6 }, () => stack.use(openOn(database.url)));
    let retries = 0;
    for (let round = 0; round < 8; round++) {
      const entries = Array.from({ length: 300 }, (_, n) => entry(key(300 * round + n)));
      const writes = writers.map((store) => writeWithRetries(store, { entries: shuffled(entries, random) }));
      for (const result of await Promise.all(writes)) retries += result.retries;
    }
    assertEquals(retries, 0);
    await assertTablesAgree(database);
  });

  Deno.test(`${kind}: writers of the same counters, in any order, never deadlock`, async () => {
    await using database = await migrated(server);
    await using stack = new AsyncDisposableStack();
    const random = seededFractions(2);
    const names = Array.from({ length: 200 }, (_, n) => `service-${n}`);
    const writers = Array.from({ length: 6 }, () => stack.use(openOn(database.url)));
    let retries = 0;
    await Promise.all(writers.map(async (store, w) => {
      for (let round = 0; round < 10; round++) {
        const entries = shuffled(names, random).map((serviceName, n) =>
          entry({ ...key(2_000 * w + 200 * round + n), serviceName })
        );
        retries += (await writeWithRetries(store, { entries })).retries;
      }
    }));
    assertEquals(retries, 0);
    await assertTablesAgree(database);
  });

  Deno.test(`${kind}: a writer of an entry waits for one that is just parking its message, and leaves it to that one`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url);
    await using other = await beginning(database, [
      "INSERT INTO dead_letters (publish_time, message_id, reason, detail, data, attributes) VALUES (?)",
      [key(2).publishTime, key(2).messageId, "not_json", "", "", "{}"],
    ]);
    const writing = write(store, { entries: [1, 2, 3].map((n) => entry(key(n))) });
    await untilBlocked(server, database.name);
    await other.commit();
    assertEquals((await writing).duplicates, 1);
    await assertStored(store, { entries: [entry(key(1)), entry(key(3))], deadLetters: 1 });
  });

  Deno.test(`${kind}: a writer of a dead letter waits for one that is just storing its message, and leaves it to that one`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url);
    const { publishTime, messageId, serviceName, payload, severity, timestamp } = entry(key(2));
    await using other = await beginning(database, [
      "INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, timestamp) VALUES (?)",
      [publishTime, messageId, serviceName, payload, severity, timestamp],
    ]);
    const writing = write(store, { deadLetters: [1, 2, 3].map((n) => deadLetter(key(n))) });
    await untilBlocked(server, database.name);
    await other.commit();
    assertEquals(await writing, { stored: 0, deadLettered: 2, duplicates: 1, landed: "all" });
    const rows = await database.query("SELECT message_id FROM dead_letters ORDER BY message_id");
    assertEquals(rows.map(({ message_id }) => message_id), [key(1).messageId, key(3).messageId]);
  });

  Deno.test(`${kind}: lms mon, eight at once on one subscription that delivers twice, stores each message once`, async () => {
    await using database = await migrated(server);
    await using pubsub = await startPubSub({ seed: 3, faults: { duplicateShare: 0.3, reorder: true } });
    await using stack = new AsyncDisposableStack();
    publish(pubsub, { from: 0, count: 3_000 });
    const env = { PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: database.url };
    const monitors = Array.from({ length: 8 }, () => stack.use(new RunningMonitor(env)));
    const { redelivered } = await pubsub.waitFor(({ acknowledged, outstanding, waiting }) =>
      acknowledged >= 3_000 && outstanding + waiting === 0
    );
    assert(redelivered > 500, `only ${redelivered} came twice`);
    for (const monitor of monitors) monitor.stop();
    assertEquals(await Promise.all(monitors.map(({ ended }) => ended)), monitors.map(() => 0));
    await assertStoredOnce(database, { count: 3_000 });
    assertEquals(monitors.reduce((sum, monitor) => sum + monitor.total("stored"), 0), 3_000);
    assert(monitors.filter((monitor) => monitor.total("stored") > 0).length >= 2);
  });

  Deno.test(`${kind}: lms mon whose commit's answer is lost finds its own rows, and counts them once`, async () => {
    await using database = await migrated(server);
    const { host, port } = addressOf(database.url);
    await using proxy = new TcpProxy({ hostname: host, port });
    await using pubsub = await startPubSub();
    let lost = 0;
    proxy.decide = (bytes) => {
      const commits = new TextDecoder("latin1").decode(bytes.subarray(5)).endsWith("COMMIT");
      return commits && lost++ < 2 ? "lose answer" : "pass";
    };
    publish(pubsub, { from: 0, count: 250 });
    await using monitor = new RunningMonitor({
      PUBSUB_EMULATOR_HOST: pubsub.address,
      DATABASE_URL: database.url.replace(/@[^/]*/, `@127.0.0.1:${proxy.port}`),
      WRITERS: "1",
    });
    const stats = await untilAcknowledged(pubsub, 250);
    monitor.stop();
    assertEquals(await monitor.ended, 0);
    await assertStoredOnce(database, { count: 250 });
    assertNothingCameTwice(stats);
    assert(lost > 2, "no commit's answer was lost");
    assert(monitor.total("duplicates") > 0);
    assertEquals(monitor.total("duplicates") + monitor.total("stored"), 250);
  });

  Deno.test(`${kind}: lms mon keeps the tables equal through a lock timeout on a counter`, async () => {
    await using database = await migrated(server);
    await using pubsub = await startPubSub();
    // The entries are inserted by then, and a lock timeout undoes the statement alone.
    await database.query(
      `CREATE TRIGGER fault BEFORE INSERT ON service_severity FOR EACH ROW BEGIN ${
        signal(1205, "no lock in time")
      } END`,
    );
    publish(pubsub, { from: 0, count: 150 });
    await using monitor = new RunningMonitor({
      PUBSUB_EMULATOR_HOST: pubsub.address,
      DATABASE_URL: database.url,
      WRITERS: "1",
    });
    const retried = await monitor.untilLogged("transaction lost a race and is run again", 3);
    assertStringIncludes(String(retried.reason), "no lock in time");
    assertEquals(pubsub.stats().acknowledged, 0);
    await database.query("DROP TRIGGER fault");
    const stats = await untilAcknowledged(pubsub, 150);
    await assertStoredOnce(database, { count: 150 });
    assertEquals([monitor.total("stored"), monitor.total("duplicates")], [150, 0]);
    assertNothingCameTwice(stats);
  });

  Deno.test(`${kind}: lms mon runs a transaction again that lost a deadlock, and acknowledges it once`, async () => {
    await using database = await migrated(server);
    await using pubsub = await startPubSub();
    await beforeEachEntry(database, signal(1213, "deadlock found"));
    publish(pubsub, { from: 0, count: 150 });
    await using monitor = new RunningMonitor({ PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: database.url });
    await monitor.untilLogged("transaction lost a race and is run again", 3);
    await database.query("DROP TRIGGER fault");
    const stats = await untilAcknowledged(pubsub, 150);
    await assertStoredOnce(database, { count: 150 });
    assertEquals([monitor.logged(WAITING).length, stats.requests.acknowledge <= 4], [0, true]);
    assertNothingCameTwice(stats);
  });

  for (const [errno, text] of [[1114, "The table is full"], [1021, "Disk full; waiting"]] as const) {
    Deno.test(`${kind}: lms mon waits out a full disk (error ${errno}), with the server's words in its log`, async () => {
      await using database = await migrated(server);
      await using pubsub = await startPubSub();
      await beforeEachEntry(database, signal(errno, text));
      publish(pubsub, { from: 0, count: 150 });
      await using monitor = new RunningMonitor({ PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: database.url });
      const { reason } = await monitor.untilLogged(WAITING);
      assertStringIncludes(String(reason), text);
      await database.query("DROP TRIGGER fault");
      await monitor.untilLogged(BACK);
      const stats = await untilAcknowledged(pubsub, 150);
      await assertStoredOnce(database, { count: 150 });
      assertEquals([monitor.logged(WAITING).length, monitor.logged(BACK).length], [1, 1]);
      assertEquals(await database.query("SELECT message_id FROM dead_letters"), []);
      assertNothingCameTwice(stats);
    });
  }

  Deno.test(`${kind}: lms mon with a slow database holds no more than its cap, and nothing comes twice`, async () => {
    await using database = await migrated(server);
    await using pubsub = await startPubSub();
    // 5 ms a row: 1,000 rows take two writers 2.5 s.
    await beforeEachEntry(database, "SET @slept = SLEEP(0.005);");
    publish(pubsub, { from: 0, count: 1_000 });
    let most = 0;
    await using monitor = new RunningMonitor({
      PUBSUB_EMULATOR_HOST: pubsub.address,
      DATABASE_URL: database.url,
      BATCHSIZE: "50",
      MAXINFLIGHT: "200",
    });
    const stats = await pubsub.waitFor(({ acknowledged, outstanding }) => {
      most = Math.max(most, outstanding);
      return acknowledged === 1_000;
    });
    await assertStoredOnce(database, { count: 1_000 });
    assertNothingCameTwice(stats);
    assert(most > 100 && most <= 200, `${most} at once`);
    assertEquals(monitor.logged(WAITING), []);
  });

  for (
    const [what, errno, text] of [
      ["a value that is too long", 1406, "Data too long for column payload"],
      ["a CHECK that is violated", kind === "mysql" ? 3819 : 4025, "CONSTRAINT payload failed"],
    ] as const
  ) {
    Deno.test(`${kind}: lms mon parks an entry alone that the database refuses for ${what}`, async () => {
      await using database = await migrated(server);
      await using pubsub = await startPubSub();
      await beforeEachEntry(database, `IF NEW.payload = 'poison' THEN ${signal(errno, text)} END IF;`);
      publish(pubsub, { from: 0, count: 40 });
      const data = encode({ serviceName: "alpha", payload: "poison", severity: "fatal" satisfies Severity });
      publishData(pubsub, data);
      publish(pubsub, { from: 40, count: 40 });
      await using monitor = new RunningMonitor({ PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: database.url });
      const stats = await untilAcknowledged(pubsub, 81);
      await assertStoredOnce(database, { count: 80 });
      const [parked, ...others] = await database.query("SELECT reason, detail, data, status FROM dead_letters");
      assertEquals(others, []);
      assertEquals([parked!.reason, parked!.status], ["rejected_by_store", "open"]);
      assertStringIncludes(String(parked!.detail), text);
      assertEquals(new Uint8Array(parked!.data as Uint8Array), new Uint8Array(data));
      // In the same pass: nothing went back to Pub/Sub, and nothing was waited for.
      assertNothingCameTwice(stats);
      assertEquals([monitor.total("stored"), monitor.total("dead_letters")], [80, 1]);
      assertEquals(monitor.logged(WAITING), []);
    });
  }

  Deno.test(`${kind}: lms mon takes sessions that the server ended for idleness for no outage`, async () => {
    await using database = await migrated(server);
    await using pubsub = await startPubSub();
    await using monitor = new RunningMonitor({ PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: database.url });
    publish(pubsub, { from: 0, count: 200 });
    await untilAcknowledged(pubsub, 200);
    await killSessions(server, database.name);
    await until(async () => (await server.sessions(database.name)).length === 0);
    publish(pubsub, { from: 200, count: 200 });
    await untilAcknowledged(pubsub, 400);
    await assertStoredOnce(database, { count: 400 });
    assertEquals(monitor.logged(WAITING), []);
  });
}

Deno.test("lms mon stores messages through streams that keep breaking, and opens them no faster than they serve", async () => {
  const server = servers.mysql;
  await using database = await migrated(server);
  await using pubsub = await startPubSub({ faults: { resetStreamAfter: 1 } });
  await using monitor = new RunningMonitor({ PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: database.url });
  for (let from = 0; from < 500; from += 100) {
    publish(pubsub, { from, count: 100 });
    await untilAcknowledged(pubsub, from + 100);
  }
  const { requests, responses } = pubsub.stats();
  await assertStoredOnce(database, { count: 500 });
  assert(monitor.logged("stream ended").length >= 5);
  assert(requests.streamingPull <= responses + 2, `${requests.streamingPull} streams for ${responses} responses`);
});

Deno.test("lms mon waits for a Pub/Sub that is gone with growing pauses, and goes on with the next one", async () => {
  const server = servers.mysql;
  await using database = await migrated(server);
  const first = await startPubSub();
  const port = Number(first.address.split(":")[1]);
  publish(first, { from: 0, count: 150 });
  await using monitor = new RunningMonitor({ PUBSUB_EMULATOR_HOST: first.address, DATABASE_URL: database.url });
  await untilAcknowledged(first, 150);
  await first[Symbol.asyncDispose]();
  // Two streams, each after at least 50, 100, 200 and 400 ms: the tenth attempt fails 0.75 s after the first at the earliest.
  const goneAt = performance.now();
  await monitor.untilLogged("stream ended", 10);
  assert(performance.now() - goneAt >= 700);
  await using second = await startPubSub({ port });
  publish(second, { from: 150, count: 150 });
  await untilAcknowledged(second, 150);
  await assertStoredOnce(database, { count: 300 });
  monitor.stop();
  assertEquals(await monitor.ended, 0);
});

Deno.test("lms mon repeats acknowledgements that were refused or whose answers were lost, and stores each message once", async () => {
  const server = servers.mysql;
  await using database = await migrated(server);
  await using pubsub = await startPubSub({ faults: { loseAckAnswerShare: 0.5, refuseAckShare: 0.2 }, seed: 4 });
  await using monitor = new RunningMonitor({ PUBSUB_EMULATOR_HOST: pubsub.address, DATABASE_URL: database.url });
  for (let from = 0; from < 500; from += 50) publish(pubsub, { from, count: 50 });
  const { requests } = await pubsub.waitFor(({ outstanding, waiting }) => outstanding + waiting === 0);
  assert(requests.acknowledge > monitor.logged("flushed").length, "no acknowledgement failed");
  monitor.stop();
  assertEquals(await monitor.ended, 0);
  await assertStoredOnce(database, { count: 500 });
  assertEquals(pubsub.stats().redelivered, 0);
});
