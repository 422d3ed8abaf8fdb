/**
 * What a store on a server does when the server, or the way to it, fails.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createConnection } from "mysql2/promise";
import type { MaintainedStore } from "../../src/store/maintenance.ts";
import { StoreError } from "../../src/store/store.ts";
import type { TestServer } from "../support/database.ts";
import { entry, key } from "../support/entries.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { addressOf, killSessions, migrated, openOn, until, untilBlocked, user } from "./server_fixture.ts";
import { assertStored, assertWriteFails, deadLetter, NEVER, write } from "./store_fixture.ts";

const batch = {
  entries: [1, 2, 3, 4, 5].map((n) => entry({ ...key(n), serviceName: `service-${n % 2}` })),
  deadLetters: [deadLetter(key(6))],
};
const STORED = { entries: batch.entries, deadLetters: 1 };

/** A transaction beside the store that holds the row of the batch's third entry until it is rolled back. */
async function blocker(url: string) {
  const connection = await createConnection({ uri: url });
  await connection.query("START TRANSACTION");
  await connection.query(
    "INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, `timestamp`) VALUES (?)",
    [[key(3).publishTime, key(3).messageId, "other", "", "info", key(3).publishTime]],
  );
  return {
    async [Symbol.asyncDispose]() {
      await connection.query("ROLLBACK");
      await connection.end();
    },
  };
}

/** Three sessions, idle for longer than one that is lent as it is. */
async function threeIdle(store: MaintainedStore): Promise<void> {
  await Promise.all([store.probe(), store.probe(), store.probe()]);
  await new Promise((resolve) => setTimeout(resolve, 300));
}

async function untilEnded(
  server: TestServer,
  { database, sessions }: { readonly database: string; readonly sessions: readonly number[] },
): Promise<void> {
  await until(async () => {
    const there = await server.sessions(database);
    return !sessions.some((id) => there.includes(id));
  });
}

const isCommit = (bytes: Uint8Array) => statement(bytes).endsWith("COMMIT");
/** What an idle session is asked. */
const isQuestion = (bytes: Uint8Array) => statement(bytes).endsWith("SELECT 1");

/** The text of a statement, behind its packet's header and command. */
function statement(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes.subarray(5));
}

/** Registers the cases. */
export function exerciseServerOutages(name: string, server: TestServer): void {
  Deno.test(`${name}: probe() of a port that nobody listens on is reconnect`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const port = listener.addr.port;
    listener.close();
    await using store = openOn(`${server.url}/none`, { at: { host: "127.0.0.1", port } });
    const error = await assertRejects(() => store.probe(), StoreError);
    assertEquals(error.disposition, "reconnect");
    assertMatch(error.message, /ECONNREFUSED/);
  });

  Deno.test(`${name}: a server that accepts and says nothing is reconnect after connectTimeoutMs`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using store = openOn(`${server.url}/none`, {
      at: { host: "127.0.0.1", port: listener.addr.port },
      connectTimeoutMs: 100,
    });
    const error = await assertRejects(() => store.probe(), StoreError);
    assertEquals(error.disposition, "reconnect");
  });

  Deno.test(`${name}: write() whose session is ended by the server is reconnect, and exact the next time`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url);
    {
      await using _blocker = await blocker(database.url);
      const failing = assertWriteFails(store, batch, "reconnect");
      const id = await untilBlocked(server, database.name);
      await server.query(`KILL ${id}`);
      await failing;
    }
    await store.probe();
    assertEquals((await write(store, batch)).stored, 5);
    await assertStored(store, STORED);
  });

  Deno.test(`${name}: write() takes another session for idle ones that the server ended`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url);
    await threeIdle(store);
    assert(await killSessions(server, database.name) >= 3);
    await write(store, batch);
    await assertStored(store, STORED);
  });

  Deno.test(`${name}: write() takes another session for idle ones whose end shows at their next use`, async () => {
    await using database = await migrated(server);
    await using proxy = new TcpProxy(tcpOf(server));
    await using store = openOn(database.url, { at: { host: "127.0.0.1", port: proxy.port } });
    await threeIdle(store);
    let left = 3;
    proxy.decide = () => left-- > 0 ? "lose request" : "pass";
    await write(store, batch);
    await assertStored(store, STORED);
  });

  Deno.test(`${name}: write() takes another session for idle ones that the network forgot, and drops all of them`, async () => {
    await using database = await migrated(server);
    await using proxy = new TcpProxy(tcpOf(server));
    const at = { host: "127.0.0.1", port: proxy.port };
    await using store = openOn(database.url, { at, connectTimeoutMs: 500 });
    await threeIdle(store);
    const forgotten = await server.sessions(database.name);
    let asked = 0;
    proxy.decide = (bytes) => {
      if (!isQuestion(bytes)) return "pass";
      asked++;
      return "stall";
    };
    await write(store, batch);
    await assertStored(store, STORED);
    // One that does not answer speaks for all: the next ones would cost as much time.
    assertEquals(asked, 1);
    await untilEnded(server, { database: database.name, sessions: forgotten });
  });

  Deno.test(`${name}: a session that is idle for idleMs is ended, and one is opened at the next use`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url, { idleMs: 100 });
    await store.probe();
    const sessions = await server.sessions(database.name);
    await untilEnded(server, { database: database.name, sessions });
    await write(store, batch);
    await assertStored(store, STORED);
  });

  Deno.test(`${name}: probe() of an idle session that does not answer ends with its store`, async () => {
    await using database = await migrated(server);
    await using proxy = new TcpProxy(tcpOf(server));
    const store = openOn(database.url, { at: { host: "127.0.0.1", port: proxy.port } });
    await threeIdle(store);
    const asked = Promise.withResolvers<void>();
    proxy.decide = (bytes) => {
      if (!isQuestion(bytes)) return "pass";
      asked.resolve();
      return "stall";
    };
    let ended = false;
    const failing = assertRejects(() => store.probe(), StoreError, "the store is closed").then(() => ended = true);
    await asked.promise;
    await store[Symbol.asyncDispose]();
    assert(ended);
    await failing;
  });

  Deno.test(`${name}: write() whose commit's answer is lost is reconnect, and a duplicate the next time`, async () => {
    await using database = await migrated(server);
    await using proxy = new TcpProxy(tcpOf(server));
    await using store = openOn(database.url, { at: { host: "127.0.0.1", port: proxy.port } });
    proxy.decide = (bytes) => isCommit(bytes) ? "lose answer" : "pass";
    await assertWriteFails(store, batch, "reconnect");
    proxy.decide = () => "pass";
    assertEquals(await write(store, batch), { stored: 0, deadLettered: 0, duplicates: 6, landed: [] });
    await assertStored(store, STORED);
  });

  Deno.test(`${name}: write() whose commit is lost with its session holding locks ends that session first`, async () => {
    await using database = await migrated(server);
    await using proxy = new TcpProxy(tcpOf(server));
    await using store = openOn(database.url, { at: { host: "127.0.0.1", port: proxy.port } });
    proxy.decide = (bytes) => isCommit(bytes) ? "lose request" : "pass";
    await assertWriteFails(store, batch, "reconnect");
    proxy.decide = () => "pass";
    // With the old session alive this would wait for its locks until the lock wait ends it with `retry`.
    assertEquals(await write(store, batch), { stored: 5, deadLettered: 1, duplicates: 0, landed: "all" });
    await assertStored(store, STORED);
  });

  Deno.test(`${name}: write() gives a silent server up after writeTimeoutMs`, async () => {
    await using database = await migrated(server);
    await using proxy = new TcpProxy(tcpOf(server));
    await using store = openOn(database.url, { at: { host: "127.0.0.1", port: proxy.port }, writeTimeoutMs: 2_000 });
    await Promise.all([store.probe(), store.probe(), store.probe()]);
    const sessions = await server.sessions(database.name);
    proxy.decide = (bytes) => isCommit(bytes) ? "stall" : "pass";
    const error = await assertWriteFails(store, batch, "reconnect");
    assertMatch(error.message, /did not answer within 2000 ms/);
    // Idle ones went with it: the network may have forgotten them too.
    await untilEnded(server, { database: database.name, sessions });
    proxy.decide = () => "pass";
    await write(store, batch);
    await assertStored(store, STORED);
  });

  Deno.test(`${name}: write() is abandoned by its signal, with the signal's reason, and exact the next time`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url);
    const abort = new AbortController();
    const reason = new Error("stop");
    {
      await using _blocker = await blocker(database.url);
      const failing = assertRejects(() => store.write(batch, { signal: abort.signal }));
      await untilBlocked(server, database.name);
      abort.abort(reason);
      assertEquals(await failing, reason);
    }
    await write(store, batch);
    await assertStored(store, STORED);
  });

  Deno.test(`${name}: write() under way when its store is disposed is reconnect`, async () => {
    await using database = await migrated(server);
    await using _blocker = await blocker(database.url);
    const store = openOn(database.url);
    const failing = assertWriteFails(store, batch, "reconnect");
    await untilBlocked(server, database.name);
    await store[Symbol.asyncDispose]();
    await failing;
  });

  Deno.test(`${name}: write() that waits too long for a lock is retry, and exact the next time`, async () => {
    await using database = await migrated(server);
    // A quarter of this is what it waits for a lock.
    await using store = openOn(database.url, { writeTimeoutMs: 4_000 });
    {
      await using _blocker = await blocker(database.url);
      await assertWriteFails(store, batch, "retry");
    }
    assertEquals((await write(store, batch)).stored, 5);
    await assertStored(store, STORED);
  });

  Deno.test(`${name}: a read-only server is reconnect until it can be written to`, async () => {
    await using database = await migrated(server);
    // Administrators may write to a read-only server.
    await using someone = await user(server, { database: database.name, rights: "ALL" });
    await using store = openOn(database.url, { at: { user: someone.name, password: someone.password } });
    await store.probe();
    await server.query("SET GLOBAL read_only = 1");
    try {
      await assertWriteFails(store, batch, "reconnect");
      const probed = await assertRejects(() => store.probe(), StoreError);
      assertEquals(probed.disposition, "reconnect");
      assertEquals(await store.totals(), { entries: 0, counted: 0, deadLetters: 0 });
    } finally {
      await server.query("SET GLOBAL read_only = 0");
    }
    await store.probe();
    await write(store, batch);
    await assertStored(store, STORED);
  });

  Deno.test(`${name}: a proxy that makes upserts count found rows is fatal`, async () => {
    await using database = await migrated(server);
    await using proxy = new TcpProxy(tcpOf(server));
    let greeted = false;
    proxy.decide = (bytes) => {
      if (greeted) return "pass";
      greeted = true;
      const response = bytes.slice();
      response[4]! |= 2; // CLIENT_FOUND_ROWS, in the capabilities after the packet's header of 4 bytes
      return response;
    };
    await using store = openOn(database.url, { at: { host: "127.0.0.1", port: proxy.port } });
    const error = await assertWriteFails(store, batch, "fatal");
    assertMatch(error.message, /FOUND_ROWS/);
    await using direct = openOn(database.url);
    await assertStored(direct, { entries: [] });
  });

  Deno.test(`${name}: a batch is exact after its writers were killed again and again`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url);
    const batches = Array.from(
      { length: 30 },
      (_, b) => Array.from({ length: 200 }, (_, i) => entry({ ...key(150 * b + i), serviceName: `service-${i % 5}` })),
    );
    let left = batches.length;
    const killing = (async () => {
      while (left > 0) {
        await killSessions(server, database.name).catch(() => {});
        // About as long as a write takes: some get through.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    const writeOne = async (entries: typeof batches[number]) => {
      for (;;) {
        try {
          await store.write({ entries, deadLetters: [] }, { signal: NEVER });
          left--;
          return;
        } catch (error) {
          const disposition = error instanceof StoreError ? error.disposition : error;
          assert(disposition === "reconnect" || disposition === "retry", String(error));
        }
      }
    };
    await Promise.all([0, 1, 2].map(async (w) => {
      for (let b = w; b < batches.length; b += 3) await writeOne(batches[b]!);
    }));
    await killing;
    await using reader = openOn(database.url);
    const distinct = new Map(batches.flat().map((entry) => [entry.messageId, entry]));
    const { entries, counted } = await reader.totals();
    assertEquals({ entries, counted }, { entries: distinct.size, counted: distinct.size });
    const counts = await database.query(
      "SELECT service_name, COUNT(*) AS n FROM service_logs GROUP BY service_name ORDER BY service_name",
    );
    assertEquals(
      (await reader.severityCounts()).map(({ serviceName, count }) => [serviceName, count]),
      counts.map((row) => [row.service_name, Number(row.n)]),
    );
  });
}

function tcpOf(server: TestServer): Deno.ConnectOptions {
  const { host, port } = addressOf(`${server.url}/any`);
  return { hostname: host, port };
}
