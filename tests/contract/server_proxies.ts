/**
 * What a store does behind a proxy that is none of the network alone, as ProxySQL and vtgate are.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { createConnection } from "mysql2/promise";
import type { MaintainedStore } from "../../src/store/maintenance.ts";
import { StoreError } from "../../src/store/store.ts";
import type { TestDatabase, TestServer } from "../support/database.ts";
import { entry, key } from "../support/entries.ts";
import { MysqlProxy } from "../support/mysql_proxy.ts";
import { addressOf, migrated, openOn, until, untilBlocked } from "./server_fixture.ts";
import { assertStored, assertWriteFails, deadLetter, write, writeWithRetries } from "./store_fixture.ts";

const batch = {
  entries: [1, 2, 3, 4, 5].map((n) => entry({ ...key(n), serviceName: `service-${n % 2}` })),
  deadLetters: [deadLetter(key(6))],
};
const STORED = { entries: batch.entries, deadLetters: 1 };

interface Behind extends AsyncDisposable {
  readonly proxy: MysqlProxy;
  readonly store: MaintainedStore;
  readonly warnings: string[];
}

/** A store on the database, behind a proxy. */
function behindProxy(database: TestDatabase): Behind {
  const { host, port } = addressOf(database.url);
  const proxy = new MysqlProxy({ hostname: host, port });
  const warnings: string[] = [];
  const store = openOn(database.plainUrl, {
    at: { host: "127.0.0.1", port: proxy.port },
    onWarning: (message) => warnings.push(message),
  });
  const dispose = async () => {
    await store[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  };
  return { proxy, store, warnings, [Symbol.asyncDispose]: dispose };
}

/** Registers the cases. */
export function exerciseServerProxies(name: string, server: TestServer): void {
  Deno.test(`${name}: behind a proxy that multiplexes and names columns as it likes, all works, and it is told of once`, async () => {
    await using database = await server.freshDatabase();
    await using behind = behindProxy(database);
    const { store, warnings } = behind;
    assert((await store.migrate({ dryRun: false })).length > 0);
    assertEquals(await store.migrate({ dryRun: false }), []);
    const batches = [0, 1, 2, 3].map((b) => ({
      entries: [0, 1, 2, 3, 4, 5].map((n) => entry(key(10 * b + n))),
      deadLetters: [7, 8].map((n) => deadLetter({ ...key(10 * b + n), data: new Uint8Array([0, 0xff, 0x27, b]) })),
    }));
    await Promise.all(batches.map((batch) => writeWithRetries(store, batch)));
    // Half of them new: what exists is asked for as well.
    await write(store, {
      entries: [...batches[3]!.entries, ...batch.entries.map((e, n) => ({ ...e, ...key(50 + n) }))],
    });
    assertEquals(await store.totals(), { entries: 29, counted: 29, deadLetters: 8 });

    const letters = await store.listDeadLetters({ limit: 10 });
    assertEquals(letters.map(({ bytes, status }) => [bytes, status]), Array(8).fill([4, "open"]));
    assertEquals(await store.countDeadLetters({ statuses: ["open"] }), 8);
    const [first, second] = letters as [typeof letters[number], typeof letters[number]];
    assertEquals((await store.deadLettersByKey([first]))[0]!.data, new Uint8Array([0, 0xff, 0x27, 0]));
    assertEquals((await store.replay([entry(key(7))])).replayed.length, 1);
    assertEquals(await store.drop([second]), [{ publishTime: second.publishTime, messageId: second.messageId }]);

    await database.query("UPDATE service_severity SET `count` = `count` + 3");
    assertEquals((await store.repair()).differences.length > 0, true);
    const { differences, inBoth } = await store.verify();
    assertEquals([differences, inBoth], [[], 0]);
    assertEquals(warnings.length, 1, warnings.join("\n"));
    assertMatch(warnings[0]!, /^A proxy stands between/);
  });

  for (const [whose, firstId] of [["the proxy's", 1_000_000], ["by chance the server's", undefined]] as const) {
    Deno.test(`${name}: behind a proxy, a lost session whose number was ${whose} is not ended by it: it is another client's`, async () => {
      await using database = await migrated(server);
      await using behind = behindProxy(database);
      const { proxy, store } = behind;
      proxy.nextId = firstId;
      await using holder = await clientOf(addressOf(database.url).port, database.name);
      await holder.query("START TRANSACTION");
      await holder.query(
        "INSERT INTO service_severity (service_name, severity, count) VALUES ('service-1', 'info', 0)",
      );
      const failing = assertWriteFails(store, batch, "reconnect");
      // In its transaction, with the entries' rows locked, it is lost, and the server does not know.
      const lost = await untilBlocked(server, database.name);
      proxy.cut();
      await failing;
      proxy.nextId = lost;
      await using bystander = await clientOf(proxy.port, database.name);
      await holder.query("ROLLBACK");

      const writing = writeWithRetries(store, batch);
      // The lost one itself may be shown as blocked for a while.
      await until(async () => await untilBlocked(server, database.name) !== lost);
      proxy.endOrphans();
      assertEquals((await writing).stored, 5);
      await bystander.query("SELECT 1");
      await assertStored(store, STORED);
    });
  }

  Deno.test(`${name}: a lost session is not ended when the server has its mark under another number`, async () => {
    await using database = await migrated(server);
    await using behind = behindProxy(database);
    const { proxy, store } = behind;
    await using holder = await clientOf(addressOf(database.url).port, database.name);
    proxy.nextId = undefined;
    let mark = "";
    let waited = false;
    proxy.answer = (sql) => {
      if (sql === "COMMIT" && !waited) proxy.cut();
      if (mark !== "" && sql.includes(`GET_LOCK(${mark}`)) {
        waited = true;
        void holder.query(`DO RELEASE_LOCK(${mark})`);
      }
      mark ||= /GET_LOCK\(('lms-session-[^']*')/.exec(sql)?.[1] ?? "";
      return undefined;
    };
    await store.probe();
    const lost = (await server.sessions(database.name)).filter((id) => id !== holder.id);
    assertEquals(lost.length, 1);
    await assertWriteFails(store, batch, "reconnect");
    proxy.endOrphans();
    await holder.query(`DO GET_LOCK(${mark}, 9)`);
    // The lost one's number goes to somebody else, whose connection to the server a lock makes its own.
    [proxy.nextId] = lost;
    await using bystander = await clientOf(proxy.port, database.name);
    await bystander.query(`SELECT GET_LOCK('${database.name}', 0)`);
    proxy.nextId = undefined;
    await writeWithRetries(store, batch);
    assert(waited);
    await bystander.query("SELECT 1");
    await assertStored(store, STORED);
  });

  Deno.test(`${name}: a proxy that one session shows is taken into account by the others, whose numbers agree by chance`, async () => {
    await using database = await migrated(server);
    await using behind = behindProxy(database);
    const { proxy, store, warnings } = behind;
    // A lock of its own would bind the session to one connection.
    proxy.answer = (sql) => sql.includes("GET_LOCK(") ? { number: 1105, message: "no user-level locks" } : undefined;
    proxy.nextId = undefined;
    await store.probe();
    assertEquals(warnings, []);
    proxy.nextId = 1_000_000;
    await Promise.all([store.probe(), store.probe()]);
    assertEquals(warnings.length, 1);
    proxy.keepsSettings = false;
    await Promise.all([1, 2].map((n) => assertWriteFails(store, { entries: [entry(key(n))] }, "reconnect")));
  });

  Deno.test(`${name}: a transaction that runs where the session's variables are not kept is reconnect, and stores nothing`, async () => {
    await using database = await migrated(server);
    await using behind = behindProxy(database);
    const { proxy, store } = behind;
    // Dead letters are sent by prepared statements, which bind the session to one connection.
    const { entries } = batch;
    await store.probe();
    proxy.keepsSettings = false;
    const error = await assertWriteFails(store, { entries }, "reconnect");
    assertStringIncludes(error.message, "any proxy in between");
    proxy.keepsSettings = true;
    await assertStored(store, { entries: [] });
    await write(store, { entries });
    await assertStored(store, { entries });
    for (
      const read of [
        () => store.totals(),
        () => store.severityCounts(),
        () => store.countDeadLetters({}),
        () => store.listDeadLetters({ limit: 1 }),
        () => store.deadLettersByKey(entries),
      ]
    ) {
      proxy.keepsSettings = true;
      await store.probe();
      proxy.keepsSettings = false;
      await assertRejects(read, StoreError, "any proxy in between");
    }
  });

  Deno.test(`${name}: write() that a proxy answers with an error that the driver has no name for is reconnect`, async () => {
    await using database = await migrated(server);
    await using behind = behindProxy(database);
    const { proxy, store } = behind;
    for (const [number, message] of PASSED_ON) {
      proxy.answer = (sql) => sql === "COMMIT" ? { number, message } : undefined;
      const error = await assertWriteFails(store, batch, "reconnect");
      assertStringIncludes(error.message, message);
    }
    proxy.answer = () => undefined;
    await write(store, batch);
    await assertStored(store, STORED);
  });
}

/** As ProxySQL and vtgate pass them on. */
const PASSED_ON = [
  [2006, "MySQL server has gone away"],
  [2013, "vttablet: Lost connection to MySQL server during query"],
  [9001, "Max connect timeout reached while reaching hostgroup 0 after 10000ms"],
] as const;

/** A connection like LMS's own, with which it may change places at the server. */
async function clientOf(port: number, database: string) {
  const connection = await createConnection({
    host: "127.0.0.1",
    port,
    user: "root",
    database,
    charset: "utf8mb4_bin",
    flags: ["-FOUND_ROWS", "-SESSION_TRACK"],
  });
  return {
    id: connection.threadId,
    query: (sql: string) => connection.query(sql),
    [Symbol.asyncDispose]: () => connection.end(),
  };
}
