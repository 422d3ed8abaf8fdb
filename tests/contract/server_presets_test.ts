/**
 * Servers that preset what a session is: by options, by `init_connect`, or by a proxy that swallows what LMS sets.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { MysqlAddress } from "../../src/store/database_url.ts";
import { MysqlSession } from "../../src/store/mysql/session.ts";
import { askFor, differing, type SessionVariable, sessionVariables } from "../../src/store/mysql/session_variables.ts";
import { inSnapshot } from "../../src/store/mysql/transaction.ts";
import { StoreError } from "../../src/store/store.ts";
import { type DatabaseKind, startDatabase, type TestDatabase, type TestServer } from "../support/database.ts";
import { entry, key } from "../support/entries.ts";
import { HOSTILE_TEXTS } from "../support/hostile_texts.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { addressOf, migrated, openOn, user } from "./server_fixture.ts";
import { assertStored, deadLetter, write } from "./store_fixture.ts";

const CHARSETS = ["latin1", "gbk", "sjis", "big5", "utf8mb3"] as const;
const LOCK_WAIT_SECONDS = 7;
const UTF8 = new TextEncoder();

/** The most hostile value of everything that LMS relies on, by its name, as `init_connect` sets it. */
const PRESETS: Readonly<Record<string, string>> = {
  "the database": "USE elsewhere",
  character_set_client: "SET character_set_client = gbk",
  character_set_connection: "SET character_set_connection = latin1",
  character_set_results: "SET character_set_results = sjis",
  collation_connection: "SET collation_connection = utf8mb4_general_ci",
  sql_mode: "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
  time_zone: "SET time_zone = '+11:00'",
  timestamp: "SET timestamp = 86400",
  autocommit: "SET autocommit = 0",
  completion_type: "SET completion_type = CHAIN",
  transaction_isolation: "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE",
  transaction_read_only: "SET SESSION TRANSACTION READ ONLY",
  innodb_lock_wait_timeout: "SET innodb_lock_wait_timeout = 1000",
  lock_wait_timeout: "SET lock_wait_timeout = 1",
  sql_select_limit: "SET sql_select_limit = 1",
  sql_big_selects: "SET max_join_size = 1",
  sql_safe_updates: "SET sql_safe_updates = 1",
  max_sort_length: "SET max_sort_length = 8",
  unique_checks: "SET unique_checks = 0",
  foreign_key_checks: "SET foreign_key_checks = 0",
};

const PRESETS_OF: Readonly<Record<DatabaseKind, Readonly<Record<string, string>>>> = {
  mysql: { ...PRESETS, max_execution_time: "SET max_execution_time = 1" },
  mariadb: {
    ...PRESETS,
    max_statement_time: "SET max_statement_time = 1",
    check_constraint_checks: "SET check_constraint_checks = 0",
  },
};

/** The corpus as entries and as dead letters arrives byte for byte, and nothing else does. */
async function assertExact(database: TestDatabase, at: Partial<MysqlAddress>): Promise<void> {
  const entries = HOSTILE_TEXTS.map((text, n) => entry({ ...key(n), payload: text, serviceName: text.slice(0, 40) }));
  const letters = HOSTILE_TEXTS.slice(0, 200).map((text, n) =>
    deadLetter({ ...key(500_000 + n), detail: text, attributes: { [text]: text } })
  );
  {
    await using store = openOn(database.url, { at });
    await write(store, { entries, deadLetters: letters });
    await assertStored(store, { entries, deadLetters: letters.length });
  }
  const hex = (text: string) => UTF8.encode(text).toHex().toUpperCase();
  const rows = await database.query(
    "SELECT message_id AS id, HEX(service_name) AS service, HEX(payload) AS payload FROM service_logs ORDER BY publish_time",
  );
  assertEquals(
    rows.map((row) => ({ ...row })),
    entries.map(({ messageId, serviceName, payload }) => ({
      id: messageId,
      service: hex(serviceName),
      payload: hex(payload),
    })),
  );
  const details = await database.query("SELECT HEX(detail) AS detail FROM dead_letters ORDER BY publish_time");
  assertEquals(details.map(({ detail }) => detail), letters.map(({ detail }) => hex(detail)));
  for (const table of ["service_logs", "service_severity", "dead_letters"]) {
    await database.query(`DELETE FROM ${table}`);
  }
}

/** Runs with global variables, `init_connect` among them; root is spared that one. */
async function withGlobals(server: TestServer, globals: Readonly<Record<string, string>>, work: () => Promise<void>) {
  const names = Object.keys(globals);
  const before = await server.query(`SELECT ${names.map((name) => `@@GLOBAL.${name} AS ${name}`).join(", ")}`);
  const set = async (values: Readonly<Record<string, unknown>>) => {
    for (const name of names) await server.query(`SET GLOBAL ${name} = ${literal(values[name])}`);
  };
  await set(globals);
  try {
    await work();
  } finally {
    await set(before[0]!);
  }
}

function literal(value: unknown): string {
  return `'${String(value).replaceAll("'", "''")}'`;
}

function openSession(address: MysqlAddress): Promise<MysqlSession> {
  return MysqlSession.open(address, { connectTimeoutMs: 10_000, lockWaitSeconds: LOCK_WAIT_SECONDS });
}

/** What of these is not as LMS wants it. */
async function wrong(session: MysqlSession, variables: readonly SessionVariable[]) {
  const row = await session.values(askFor(variables));
  return differing(variables, row).map(([{ name }, actual]) => [name, actual]);
}

/** The server never sees this statement, or the rest of its line: a comment of the same length stands there. */
function swallow(proxy: TcpProxy, statement: string): void {
  const text = `DO 1 -- ${" ".repeat(statement.length - 8)}`;
  proxy.decide = (bytes) => {
    const sent = new TextDecoder("latin1").decode(bytes);
    const at = sent.indexOf(statement);
    if (at === -1) return "pass";
    const changed = bytes.slice();
    changed.set(UTF8.encode(text), at);
    return changed;
  };
}

for (const kind of ["mysql", "mariadb"] satisfies DatabaseKind[]) {
  Deno.test(`${kind}: a server that presets its sessions`, async (t) => {
    // MariaDB then gives every session its own charset, whatever the client asks for.
    const args = kind === "mariadb" ? ["--character-set-client-handshake=OFF"] : [];
    await using server = await startDatabase(kind, { own: true, args });
    await server.query("CREATE DATABASE elsewhere");
    await using database = await migrated(server);
    await using someone = await user(server, { database: database.name, rights: "ALL" });
    await server.query(`GRANT SELECT ON elsewhere.* TO '${someone.name}'@'%'`);
    const at = { user: someone.name, password: someone.password };
    const address = { ...addressOf(database.url), ...at };

    for (const charset of CHARSETS) {
      for (const tracked of ["character_set_client,character_set_connection,character_set_results", ""]) {
        const name = `stores hostile texts exactly with init_connect='SET NAMES ${charset}'`;
        await t.step(`${name}, ${tracked === "" ? "untracked" : "tracked"}`, async () => {
          const globals = { init_connect: `SET NAMES ${charset}`, session_track_system_variables: tracked };
          await withGlobals(server, globals, () => assertExact(database, at));
        });
      }
      if (kind === "mysql") continue;
      await t.step(`stores hostile texts exactly when it gives every client ${charset}`, async () => {
        const globals = {
          character_set_client: charset,
          character_set_results: charset,
          collation_connection: `${charset}_bin`,
        };
        await withGlobals(server, globals, async () => {
          const [client] = await server.query("SELECT @@character_set_client AS charset");
          assertEquals(client?.charset, charset);
          await assertExact(database, at);
        });
      });
    }

    const [{ version }] = await server.query("SELECT VERSION() AS version") as [{ version: string }];
    const variables = sessionVariables({ version, database: database.name, lockWaitSeconds: LOCK_WAIT_SECONDS });
    // MariaDB before 11.1 says tx_isolation.
    const named = new Map(variables.map((variable) => [variable.name.replace(/^tx_/, "transaction_"), variable]));
    const presets = PRESETS_OF[kind];

    await t.step("finds LMS to rely on what is listed here, and on no more", () => {
      assertEquals([...named.keys()].sort(), Object.keys(presets).sort());
    });

    for (const [name, preset] of Object.entries(presets)) {
      await t.step(`gives LMS's sessions the right ${name} although it presets another`, async () => {
        await withGlobals(server, { init_connect: preset }, async () => {
          const session = await openSession(address);
          assertEquals(await wrong(session, [named.get(name)!]), []);
          await session.end();
        });
      });
    }

    await t.step("keeps what is migrated and written, whatever it presets", async () => {
      await using empty = await server.freshDatabase();
      await server.query(`GRANT ALL ON ${empty.name}.* TO '${someone.name}'@'%'`);
      const all = Object.values(presets).join("; ");
      await withGlobals(server, { init_connect: all }, async () => {
        const open = () => openOn(empty.url, { at });
        {
          await using store = open();
          await store.migrate({ dryRun: false });
        }
        await using store = open();
        assertEquals(await store.migrate({ dryRun: false }), []);
        const entries = Array.from({ length: 10 }, (_, n) => entry({ ...key(n), payload: `it's "\\" ħ'` }));
        await write(store, { entries: entries.slice(0, 5) });
        assertEquals((await write(store, { entries })).duplicates, 5);
        await assertStored(store, { entries });
        const [stored] = await store.entriesByKey(entries);
        const createdAt = Date.parse(`${stored!.createdAt.replace(" ", "T")}Z`);
        assert(Math.abs(createdAt - Date.now()) < 60_000, stored!.createdAt);
        assertEquals((await store.verify()).differences, []);
      });
    });

    for (
      const [name, statement] of [
        ["character_set_client", "SET NAMES utf8mb4 COLLATE utf8mb4_bin"],
        ["isolation", "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE"],
        ["sql_mode", "SET sql_mode = '"],
      ] as const
    ) {
      await t.step(`is refused behind a proxy that swallows what sets ${name}`, async () => {
        await using proxy = new TcpProxy({ hostname: "127.0.0.1", port: address.port });
        swallow(proxy, statement);
        await withGlobals(server, { init_connect: "SET NAMES gbk" }, async () => {
          await using store = openOn(database.url, { at: { ...at, port: proxy.port } });
          const error = await assertRejects(() => store.probe(), StoreError, "Cannot use the database: ");
          assertEquals(error.disposition, "fatal", error.message);
          assertStringIncludes(error.message, name);
          assertStringIncludes(error.message, "any proxy in between");
        });
      });
    }

    await t.step("is noticed when a session behind a proxy is not what it was set to any more", async () => {
      const session = await openSession(address);
      session.behindProxy = true;
      await session.begin();
      await session.change("COMMIT");
      await inSnapshot(session, () => Promise.resolve());
      await session.change("SET NAMES gbk");
      const error = await assertRejects(() => session.begin(), StoreError, `character_set_client`);
      assertStringIncludes(error.message, `is "gbk" although LMS sets it to "utf8mb4"`);
      await session.end();
    });

    await t.step("is sent UTF-8 whatever charset it says that it has changed to", async () => {
      const session = await openSession(address);
      await session.change("SET session_track_system_variables = 'character_set_client'");
      await session.change("SET NAMES gbk");
      assertEquals(await session.values("SELECT HEX('\u4e2d\u6587')"), ["E4B8ADE69687"]);
      await session.end();
    });

    await t.step("has the level of a snapshot taken back, where it outlives the transaction", async () => {
      const session = await openSession(address);
      // What a proxy makes of SET TRANSACTION that knows no level of a single transaction.
      await inSnapshot(
        session,
        () => session.change("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"),
      );
      assertEquals(await wrong(session, variables), []);
      await assertRejects(() => inSnapshot(session, () => session.change("DELETE FROM service_logs")));
      assertEquals(await wrong(session, variables), []);
      await session.end();
    });

    await t.step("may name the columns of its answers as it likes", async () => {
      const session = await openSession(address);
      assertEquals(await session.values("SELECT 1 AS a, 2 AS a, NULL"), [1, 2, null]);
      await session.end();
    });
  });
}
