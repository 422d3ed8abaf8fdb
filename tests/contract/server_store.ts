/**
 * What a store on a server does beyond the contract: the server's settings, its partitions, its users.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { createConnection } from "mysql2/promise";
import { DEAD_LETTER_REASONS } from "../../src/entry/entry.ts";
import { locked, SESSION_LOCKS } from "../../src/store/mysql/lock.ts";
import { partitionClause, SERVICE_LOGS_PARTITIONS } from "../../src/store/mysql/partition_plan.ts";
import { MysqlSession } from "../../src/store/mysql/session.ts";
import { openStore } from "../../src/store/open_store.ts";
import { StoreError } from "../../src/store/store.ts";
import type { TestDatabase, TestServer } from "../support/database.ts";
import { entries, entry, key, keys } from "../support/entries.ts";
import { addressOf, migrated, openOn, serverFixture, until, user } from "./server_fixture.ts";
import { exerciseServerOutages } from "./server_outages.ts";
import { exerciseServerProxies } from "./server_proxies.ts";
import { exerciseStore } from "./store_contract.ts";
import { assertStored, assertWriteFails, deadLetter, write, writeWithRetries } from "./store_fixture.ts";

/** Registers the contract and the cases of servers. @param name Goes in front of the tests' names. */
export function exerciseServerStore(name: string, server: TestServer): void {
  exerciseStore(name, (options = { migrated: true }) => serverFixture(server, options));
  exerciseServerOutages(name, server);
  exerciseServerProxies(name, server);

  const partitionsOf = async (database: string) => {
    const rows = await server.query(
      `SELECT partition_name AS name FROM information_schema.partitions
       WHERE table_schema = '${database}' AND table_name = 'service_logs' ORDER BY partition_ordinal_position`,
    );
    return rows.map((row) => String(row.name));
  };
  const days = (from: string, count: number) =>
    Array.from({ length: count }, (_, i) => {
      const date = new Date(Date.parse(from) + i * 86_400_000);
      return `p${date.toISOString().slice(0, 10).replaceAll("-", "")}`;
    });

  Deno.test(`${name}: no code is made of what the server names its columns`, async () => {
    await using database = await server.freshDatabase();
    const made: unknown[] = [];
    const { Function: original } = globalThis;
    globalThis.Function = new Proxy(original, {
      apply: (target, self, args) => (made.push(args), Reflect.apply(target, self, args)),
      construct: (target, args) => (made.push(args), Reflect.construct(target, args)),
    });
    try {
      const session = await MysqlSession.open(addressOf(database.url), { connectTimeoutMs: 9_000, lockWaitSeconds: 5 });
      const column = `c${crypto.randomUUID()}`;
      assertEquals(await session.rows(`SELECT 1 AS \`${column}\``), [{ [column]: 1 }]);
      session.destroy(undefined);
    } finally {
      globalThis.Function = original;
    }
    assertEquals(made, []);
  });

  const DAY_MS = 86_400_000;
  /** Partitions as a table has them that was made at that time. */
  const partitionAsOf = (database: TestDatabase, nowMs: number) =>
    database.query(`ALTER TABLE service_logs ${partitionClause(SERVICE_LOGS_PARTITIONS, nowMs)}`);
  const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

  Deno.test(`${name}: migrate() partitions service_logs by day, from 8 days back to 15 ahead`, async () => {
    await using database = await server.freshDatabase();
    await using store = openOn(database.url);
    const today = Date.now();
    await store.migrate({ dryRun: false });
    assertEquals(await partitionsOf(database.name), ["p_past", ...days(dateOf(today - 8 * DAY_MS), 24), "p_future"]);
    const tomorrow = dateOf(today + DAY_MS);
    await write(store, { entries: [entry({ ...key(1), publishTime: `${tomorrow} 23:59:59.999999` })] });
    const [row] = await database.query(
      `SELECT COUNT(*) AS n FROM service_logs PARTITION (p${tomorrow.replaceAll("-", "")})`,
    );
    assertEquals(Number(row?.n), 1);
  });

  Deno.test(`${name}: write() refuses what the server cannot tell from what it has, in either table`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url, { writeTimeoutMs: 20_000 });
    const padded = { ...key(1), messageId: `${key(1).messageId} ` };
    await assertWriteFails(store, { entries: [entry(key(1)), entry(padded)] }, "reject");
    await write(store, { entries: [entry(key(1))] });
    await assertWriteFails(store, { entries: [entry(padded)] }, "reject");
    await assertWriteFails(store, { deadLetters: [deadLetter(padded), deadLetter(key(2))] }, "reject");
    await assertStored(store, { entries: [entry(key(1))] });
  });

  Deno.test(`${name}: write() adds partitions when few are left ahead, and keeps the rows`, async () => {
    await using database = await migrated(server);
    const today = Date.now();
    const made = today - 8 * DAY_MS;
    await partitionAsOf(database, made);
    {
      await using store = openOn(database.url);
      const late = `${dateOf(today + 30 * DAY_MS)} 00:00:00.000000`;
      await write(store, { entries: [entry({ ...key(1), publishTime: late })] });
      await until(async () => (await partitionsOf(database.name)).length > 26);
    }
    assertEquals(await partitionsOf(database.name), ["p_past", ...days(dateOf(made - 8 * DAY_MS), 32), "p_future"]);
    const [row] = await database.query("SELECT COUNT(*) AS n FROM service_logs PARTITION (p_future)");
    assertEquals(Number(row?.n), 1);
  });

  Deno.test(`${name}: write() makes no partition by a clock of this machine that is wrong, and says so`, async () => {
    await using database = await migrated(server);
    const before = await partitionsOf(database.name);
    const warnings: string[] = [];
    {
      await using store = openOn(database.url, {
        nowMs: () => Date.now() + 400 * DAY_MS,
        onWarning: (message) => warnings.push(message),
      });
      await write(store, { entries: [entry()] });
      await until(() => warnings.length > 0);
    }
    assertMatch(warnings[0]!, /by the database's clock/);
    assertEquals(await partitionsOf(database.name), before);
  });

  Deno.test(`${name}: migrate() gives the days of an empty hole partitions of their own, and tells of one with rows`, async () => {
    for (const rows of [0, 1]) {
      await using database = await migrated(server);
      const today = Date.now();
      // As a clock left it that was 400 days ahead for a moment, some weeks ago.
      const [first, end] = [dateOf(today - 3 * DAY_MS), dateOf(today + 400 * DAY_MS)];
      const hole = `p${dateOf(today + 399 * DAY_MS).replaceAll("-", "")}`;
      const past = dateOf(today - 8 * DAY_MS);
      await database.query(`ALTER TABLE service_logs PARTITION BY RANGE COLUMNS (publish_time) (
        PARTITION p_past VALUES LESS THAN ('${past} 00:00:00.000000'),
        PARTITION p${dateOf(today - 4 * DAY_MS).replaceAll("-", "")} VALUES LESS THAN ('${first} 00:00:00.000000'),
        PARTITION ${hole} VALUES LESS THAN ('${end} 00:00:00.000000'),
        PARTITION p_future VALUES LESS THAN (MAXVALUE))`);
      if (rows > 0) {
        const into = `${dateOf(today)} 00:00:00.000001`;
        await database.query(
          `INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, timestamp)
           VALUES ('${into}', '1', 'a', '', 'info', '${into}')`,
        );
      }
      const warnings: string[] = [];
      {
        await using store = openOn(database.url, { onWarning: (message) => warnings.push(message) });
        await store.migrate({ dryRun: false });
      }
      const now = await partitionsOf(database.name);
      assertEquals(warnings.length, rows, warnings.join("; "));
      assertEquals(now.includes(`p${dateOf(today).replaceAll("-", "")}`), rows === 0);
      if (rows > 0) assertMatch(warnings[0]!, /spans them and holds rows/);
    }
  });

  Deno.test(`${name}: write() only warns when it may not add partitions`, async () => {
    await using database = await migrated(server);
    await partitionAsOf(database, Date.now() - 20 * DAY_MS);
    await using writer = await user(server, { database: database.name, rights: "SELECT, INSERT, UPDATE" });
    const warnings: string[] = [];
    {
      await using store = openOn(database.url, {
        at: { user: writer.name, password: writer.password },
        onWarning: (message) => warnings.push(message),
      });
      assertEquals((await write(store, { entries: [entry()] })).stored, 1);
      await until(() => warnings.length > 0);
    }
    assertEquals(warnings.length, 1);
    assertMatch(warnings[0]!, /add partitions.*denied/i);
  });

  Deno.test(`${name}: rehearse() leaves nothing, warns of a missing ALTER, and refuses an account without a right`, async () => {
    await using database = await migrated(server);
    const warnings: string[] = [];
    const openWith = async (rights: string) => {
      const someone = await user(server, { database: database.name, rights });
      const at = { user: someone.name, password: someone.password };
      const store = openOn(database.url, { at, onWarning: (message) => warnings.push(message) });
      return {
        store,
        name: someone.name,
        async [Symbol.asyncDispose]() {
          await store[Symbol.asyncDispose]();
          await someone[Symbol.asyncDispose]();
        },
      };
    };
    for (const missing of ["SELECT", "INSERT", "UPDATE"]) {
      const rights = ["SELECT", "INSERT", "UPDATE", "ALTER"].filter((right) => right !== missing).join(", ");
      await using opened = await openWith(rights);
      const error = await assertRejects(() => opened.store.rehearse(), StoreError, `${missing} command denied`);
      assertEquals(error.disposition, "fatal");
      assertStringIncludes(error.message, `GRANT SELECT, INSERT, UPDATE, DELETE, ALTER ON \`${database.name}\`.* TO`);
    }
    assertEquals(warnings, []);
    {
      await using opened = await openWith("SELECT, INSERT, UPDATE");
      await opened.store.rehearse();
      assertEquals(warnings.length, 1);
      assertStringIncludes(warnings[0]!, "the account may not ALTER service_logs: no partitions are added");
      // By a role it may.
      const role = `r_${opened.name}`;
      await server.query(`CREATE ROLE ${role}`);
      await server.query(`GRANT ALTER ON ${database.name}.* TO ${role}`);
      await server.query(`GRANT ${role} TO '${opened.name}'@'%'`);
      await opened.store.rehearse();
      await server.query(`DROP ROLE ${role}`);
    }
    await using opened = await openWith("SELECT, INSERT, UPDATE, ALTER");
    await opened.store.rehearse();
    await opened.store.rehearse();
    assertEquals(warnings.length, 1);
    for (const table of ["service_logs", "service_severity", "dead_letters"]) {
      assertEquals((await database.query(`SELECT 1 FROM ${table}`)).length, 0, table);
    }
  });

  Deno.test(`${name}: rehearse() waits for no row of a stranger`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url, { writeTimeoutMs: 3_000 });
    await write(store, { entries: [entry()], deadLetters: [deadLetter({ messageId: "2" })] });
    const stranger = await createConnection({ uri: database.url });
    try {
      await stranger.query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
      await stranger.query("START TRANSACTION");
      for (const table of ["service_logs", "service_severity", "dead_letters"]) {
        const [rows] = await stranger.query(`SELECT * FROM ${table} FOR UPDATE`);
        assertEquals((rows as unknown[]).length, 1);
      }
      await store.rehearse();
    } finally {
      await stranger.end();
    }
  });

  Deno.test(`${name}: migrate() and write() tell of a column that somebody added and that needs a value`, async () => {
    await using database = await migrated(server);
    await using running = openOn(database.url);
    await write(running, { entries: [entry(key(1))] });
    await database.query("ALTER TABLE service_logs ADD COLUMN team VARCHAR(20) NOT NULL");
    const refused = await assertWriteFails(running, { entries: [entry(key(2))] }, "fatal");
    assertMatch(refused.message, /team.*drop it, let it be NULL, or give it a default/);
    await using starting = openOn(database.url);
    const error = await assertRejects(() => starting.migrate({ dryRun: false }), StoreError);
    assertEquals(error.disposition, "fatal");
    assertMatch(error.message, /service_logs\.team was added and needs a value/);
  });

  Deno.test(`${name}: migrate() of a current schema needs no right to make the table of leases`, async () => {
    await using database = await migrated(server);
    await database.query("DROP TABLE locks");
    await database.query("ALTER TABLE schema_migrations DROP COLUMN needs");
    await using writer = await user(server, { database: database.name, rights: "SELECT, INSERT, UPDATE" });
    const warnings: string[] = [];
    await using store = openOn(database.url, {
      at: { user: writer.name, password: writer.password },
      onWarning: (message) => warnings.push(message),
    });
    assertEquals(await store.migrate({ dryRun: false }), []);
    assertMatch(warnings[0]!, /denied.*the schema is current and LMS goes on/i);
    await write(store, { entries: [entry()] });
    await assertStored(store, { entries: [entry()] });
  });

  Deno.test(`${name}: repair() waits for nobody's lease that is over, and is retry while one is held`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url);
    const lease = (seconds: number) =>
      database.query(`REPLACE INTO locks (name, owner, until)
        VALUES ('repair', 'another', UTC_TIMESTAMP(6) + INTERVAL ${seconds} SECOND)`);
    await lease(60);
    assertEquals((await assertRejects(() => store.repair(), StoreError)).disposition, "retry");
    await lease(-1);
    await store.repair();
  });

  Deno.test(`${name}: locked() does without session locks where the server refuses them, and notices a lost lease`, async () => {
    await using database = await migrated(server);
    const session = await MysqlSession.open(addressOf(database.url), { connectTimeoutMs: 9_000, lockWaitSeconds: 5 });
    // As Percona XtraDB Cluster's strict mode answers.
    const refusal = Object.assign(new Error("GET_LOCK is prohibited"), { code: "ER", errno: 1105, sqlState: "HY000" });
    const refusing = new Proxy(session, {
      get(target, property) {
        if (property === "values") {
          return (sql: string) => /GET_LOCK/.test(sql) ? Promise.reject(refusal) : target.values(sql);
        }
        const value = Reflect.get(target, property, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const elsewhere = () => Promise.resolve();
    try {
      const options = { name: "repair", waitSeconds: 0, elsewhere } as const;
      const nested = await locked(refusing, options, async ({ confirm }) => {
        await confirm();
        return await locked(refusing, options, () => Promise.resolve("twice")) ?? "once";
      });
      assertEquals(nested, "once");
      await assertRejects(
        () =>
          locked(refusing, options, async ({ confirm }) => {
            await database.query("UPDATE locks SET owner = 'another' WHERE name = 'repair'");
            await confirm();
          }),
        StoreError,
        "lost to another instance",
      );
    } finally {
      await session.end();
    }
  });

  Deno.test(`${name}: locked() notices a session lock that was lost without a word and is another's`, async () => {
    await using database = await migrated(server);
    const session = await MysqlSession.open(addressOf(database.url), { connectTimeoutMs: 9_000, lockWaitSeconds: 5 });
    const other = await createConnection({ uri: database.url });
    try {
      const options = { name: "repair", waitSeconds: 0, elsewhere: () => Promise.resolve() } as const;
      const losing = locked(session, options, async ({ confirm }) => {
        await session.values(`SELECT RELEASE_LOCK(${SESSION_LOCKS.repair})`);
        await confirm();
        await session.values(`SELECT RELEASE_LOCK(${SESSION_LOCKS.repair})`);
        await other.query(`SELECT GET_LOCK(${SESSION_LOCKS.repair}, 0)`);
        await confirm();
      });
      await assertRejects(() => losing, StoreError, "lost to another instance");
    } finally {
      await session.end();
      await other.end();
    }
  });

  Deno.test(`${name}: buildIndexes() waits a second for a table that is in use, and builds beside writers`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url);
    await write(store, { entries: [entry(key(1))] });
    await database.query("ALTER TABLE service_logs DROP INDEX by_batch, DROP INDEX by_service_severity_time");
    assertEquals(await store.indexed(), false);
    assertEquals(await store.adopt(), "busy");
    // What starts builds no index where rows are: that would hold up the start.
    await store.migrate({ dryRun: false });
    assertEquals(await store.indexed(), false);
    const other = await createConnection({ uri: database.url });
    try {
      await other.query("START TRANSACTION");
      await other.query("SELECT 1 FROM service_logs");
      assertEquals(await store.buildIndexes(), "busy");
      await write(store, { entries: [entry(key(2))] });
      await other.query("COMMIT");
    } finally {
      await other.end();
    }
    assertEquals(await store.buildIndexes(), "done");
    assertEquals([await store.indexed(), await store.adopt()], [true, 0]);
    await write(store, { entries: [entry(key(3))] });
    await assertStored(store, { entries: [1, 2, 3].map((n) => entry(key(n))) });
  });

  Deno.test(`${name}: a wrong password is fatal and is nowhere in the error`, async () => {
    await using database = await migrated(server);
    await using someone = await user(server, { database: database.name, rights: "ALL" });
    await using store = openOn(database.url, { at: { user: someone.name, password: "not-the-Password!" } });
    const error = await assertWriteFails(store, { entries: [entry()] }, "fatal");
    assertMatch(error.message, /denied/i);
    assert(!Deno.inspect(error, { depth: 10, showHidden: true }).includes("not-the-Password!"));
    assert(!store.address.includes("not-the-Password!"));
  });

  Deno.test(`${name}: migrate() creates a database that does not exist, and with dryRun says so`, async () => {
    await using database = await server.freshDatabase({ create: false });
    await using store = openOn(database.url);
    assertMatch((await assertWriteFails(store, { entries: [entry()] }, "fatal")).message, /lms migrate/);
    const planned = await store.migrate({ dryRun: true });
    assertMatch(planned[0]!.statements[0]!, new RegExp(`^CREATE DATABASE .*${database.name}`));
    await assertWriteFails(store, { entries: [entry()] }, "fatal");
    assertEquals(await store.migrate({ dryRun: false }), planned);
    await write(store, { entries: [entry()] });
    await assertStored(store, { entries: [entry()] });
  });

  Deno.test(`${name}: migrate() that may not create the database is fatal and says what to run`, async () => {
    await using database = await server.freshDatabase({ create: false });
    await using nobody = await user(server, { database: database.name, rights: "" });
    await using store = openOn(database.url, { at: { user: nobody.name, password: nobody.password } });
    const error = await assertRejects(() => store.migrate({ dryRun: false }), StoreError);
    assertEquals(error.disposition, "fatal");
    assertMatch(
      error.message,
      new RegExp(`CREATE DATABASE IF NOT EXISTS .${database.name}.*; GRANT ALL ON .${database.name}`),
    );
  });

  Deno.test(`${name}: write() is exact whatever the server's SQL mode and time zone are`, async () => {
    await using database = await migrated(server);
    const [before] = await server.query("SELECT @@GLOBAL.sql_mode AS mode, @@GLOBAL.time_zone AS zone");
    try {
      await server.query("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PAD_CHAR_TO_FULL_LENGTH'");
      await server.query("SET GLOBAL time_zone = '+11:00'");
      await using store = openOn(database.url);
      const stored = entry({ ...key(1), serviceName: `it's "\\"`, payload: `' \\' \\\\ " \0 \x1a \n` });
      await write(store, { entries: [stored] });
      await assertStored(store, { entries: [stored] });
      await assertWriteFails(store, { entries: [entry({ ...key(2), payload: "x".repeat(65_536) })] }, "reject");
      const createdAt = (await store.entriesByKey([stored]))[0]!.createdAt;
      assert(Math.abs(Date.parse(`${createdAt.replace(" ", "T")}Z`) - Date.now()) < 60_000, createdAt);
    } finally {
      await server.query(`SET GLOBAL sql_mode = '${before!.mode}', GLOBAL time_zone = '${before!.zone}'`);
    }
  });

  Deno.test(`${name}: write() splits a batch to fit a packet of 1 MiB, and warns of it once`, async () => {
    await using database = await migrated(server);
    const [before] = await server.query("SELECT @@GLOBAL.max_allowed_packet AS bytes");
    try {
      await server.query("SET GLOBAL max_allowed_packet = 1048576");
      const warnings: string[] = [];
      await using store = openOn(database.url, { onWarning: (message) => warnings.push(message) });
      const batch = Array.from({ length: 40 }, (_, n) => entry({ ...key(n), payload: `'${n % 10}`.repeat(32_000) }));
      const deadLetters = Array.from(
        { length: 5 },
        (_, n) => deadLetter({ ...key(100 + n), data: new Uint8Array(500_000) }),
      );
      await write(store, { entries: batch, deadLetters });
      await assertStored(store, { entries: batch, deadLetters: 5 });
      assertEquals(warnings.length, 1);
      assertMatch(warnings[0]!, /max_allowed_packet is 1048576/);
      const tooLarge = deadLetter({ ...key(200), data: new Uint8Array(1_100_000) });
      const error = await assertWriteFails(store, { entries: [entry(key(300))], deadLetters: [tooLarge] }, "reject");
      assertMatch(error.message, /raise its max_allowed_packet/);
      await assertStored(store, { entries: batch, deadLetters: 5 });
    } finally {
      await server.query(`SET GLOBAL max_allowed_packet = ${before!.bytes}`);
    }
  });

  Deno.test(`${name}: write() of dead letters waits for no row of a stranger, also in a table of few rows`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url);
    const other = await createConnection({ uri: database.url });
    try {
      await other.query("START TRANSACTION");
      await other.query(
        "INSERT INTO service_logs (publish_time, message_id, service_name, payload, severity, `timestamp`) \
VALUES (?, ?, 'a', 'b', 'info', ?)",
        [key(2).publishTime, key(2).messageId, key(2).publishTime],
      );
      await write(store, { deadLetters: [1, 3, 5].map((i) => deadLetter(key(i))) });
    } finally {
      await other.end();
    }
  });

  Deno.test(`${name}: repair() while another one is under way is retry, and changes nothing`, async () => {
    await using database = await migrated(server);
    await using store = openOn(database.url);
    const other = await createConnection({ uri: database.url });
    try {
      await database.query("INSERT INTO service_severity (service_name, severity, count) VALUES ('a', 'info', 3)");
      await other.query(`SELECT GET_LOCK(${SESSION_LOCKS.repair}, 0)`);
      const error = await assertRejects(() => store.repair(), StoreError);
      assertEquals([error.disposition, (await store.totals()).counted], ["retry", 3]);
      await other.query(`SELECT RELEASE_LOCK(${SESSION_LOCKS.repair})`);
    } finally {
      await other.end();
    }
    await store.repair();
    assertEquals((await store.totals()).counted, 0);
  });

  Deno.test(`${name}: write() of two writers with dead letters of the same minutes needs no retries`, async () => {
    await using database = await migrated(server);
    await using one = openOn(database.url);
    await using two = openOn(database.url);
    let retries = 0;
    const writeAll = async (stores: readonly typeof one[]) => {
      const batches = stores.map(async (store, w) => {
        for (let round = 0; round < 25; round++) {
          const own = Array.from({ length: 100 }, (_, i) => key((round * 100 + i) * stores.length + w));
          const batch = {
            entries: own.filter((_, i) => i % 3 !== 0).map((k) => entry(k)),
            deadLetters: own.filter((_, i) => i % 3 === 0).map((k) => deadLetter(k)),
          };
          retries += (await writeWithRetries(store, batch)).retries;
        }
      });
      await Promise.all(batches);
    };
    await writeAll([one, two, one, two]);
    assertEquals(await one.totals(), { entries: 4 * 25 * 66, counted: 4 * 25 * 66, deadLetters: 4 * 25 * 34 });
    assertEquals(retries, 0);
  });

  Deno.test(`${name}: write() has the same outcome as SQLite's`, async () => {
    const batches = fc.record({
      entries: fc.array(entries(), { maxLength: 12 }),
      deadLetters: fc.array(
        fc.record({
          key: keys(),
          reason: fc.constantFrom(...DEAD_LETTER_REASONS),
          detail: fc.string({ unit: "grapheme", maxLength: 20 }),
          data: fc.uint8Array({ maxLength: 20 }),
        }).map(({ key, ...fields }) => deadLetter({ ...key, ...fields })),
        { maxLength: 6 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(batches, { minLength: 1, maxLength: 4 }), async (history) => {
        await using database = await migrated(server);
        await using ours = openOn(database.url);
        await using theirs = openStore({ kind: "sqlite", path: ":memory:" }, { writers: 1, onWarning: () => {} });
        await theirs.migrate({ dryRun: false });
        for (const batch of history) assertEquals(await write(ours, batch), await write(theirs, batch));
        const all = history.flatMap((batch) => [...batch.entries, ...batch.deadLetters]);
        const read = async (store: typeof ours) => ({
          totals: await store.totals(),
          counts: await store.severityCounts(),
          entries: (await store.entriesByKey(all)).map(({ createdAt: _, ...rest }) => rest),
        });
        assertEquals(await read(ours), await read(theirs));
      }),
      { numRuns: 15 },
    );
  });

  Deno.test(`${name}: an address names host, port and database`, async () => {
    await using database = await server.freshDatabase();
    await using store = openOn(database.url);
    const { host, port } = addressOf(database.url);
    assertEquals(store.address, `mysql://${host}:${port}/${database.name}`);
  });
}
