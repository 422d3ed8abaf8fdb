/**
 * Stores on a test server.
 *
 * @module
 */
import { assert } from "@std/assert";
import type { MysqlAddress } from "../../src/store/database_url.ts";
import { parseDatabaseUrl } from "../../src/store/database_url.ts";
import type { MaintainedStore } from "../../src/store/maintenance.ts";
import { openStore, type OpenStoreOptions } from "../../src/store/open_store.ts";
import type { TestDatabase, TestServer } from "../support/database.ts";
import type { StoreFixture } from "./store_fixture.ts";

/** A store whose warnings fail the test, unless it takes them. */
export function openOn(
  url: string,
  options: Partial<OpenStoreOptions> & { readonly at?: Partial<MysqlAddress> } = {},
): MaintainedStore {
  const { at, ...rest } = options;
  const onWarning = (message: string) => {
    throw new Error(`unexpected warning: ${message}`);
  };
  return openStore({ ...addressOf(url), ...at }, { writers: 2, onWarning, ...rest });
}

/** The parts of a URL. */
export function addressOf(url: string): MysqlAddress {
  const parsed = parseDatabaseUrl(url);
  assert(parsed.ok && parsed.value.kind === "mysql");
  return parsed.value;
}

/** A fresh database with current tables. */
export async function migrated(server: TestServer): Promise<TestDatabase> {
  const database = await server.freshDatabase();
  await using store = openOn(database.url);
  await store.migrate({ dryRun: false });
  return database;
}

/** The fixture of the contract. */
export async function serverFixture(
  server: TestServer,
  options: { readonly migrated: boolean },
): Promise<StoreFixture> {
  const database = options.migrated ? await migrated(server) : await server.freshDatabase();
  return {
    open: (options) => openOn(database.url, options),
    query: (sql) => database.query(sql),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

/** A user with these rights on one database only, and a password; disposing drops it. */
export async function user(server: TestServer, options: { readonly database: string; readonly rights: string }) {
  const name = `lms_${crypto.randomUUID().slice(0, 8)}`;
  const password = "p'a\\ss/w@rd";
  await server.query(`CREATE USER '${name}'@'%' IDENTIFIED BY 'p''a\\\\ss/w@rd'`);
  if (options.rights !== "") await server.query(`GRANT ${options.rights} ON ${options.database}.* TO '${name}'@'%'`);
  return {
    name,
    password,
    [Symbol.asyncDispose]: async () => {
      await server.query(`DROP USER '${name}'@'%'`);
    },
  };
}

/** Ends every connection to a database. */
export async function killSessions(server: TestServer, database: string): Promise<number> {
  const sessions = await server.sessions(database);
  for (const id of sessions) await server.query(`KILL ${id}`);
  return sessions.length;
}

/** Waits until a statement of this database waits for a row lock, and tells the id of its session. */
export async function untilBlocked(server: TestServer, database: string): Promise<number> {
  let blocked: number | undefined;
  await until(async () => {
    const waiting = await server.query(
      "SELECT trx_mysql_thread_id AS id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
    );
    const sessions = await server.sessions(database);
    blocked = waiting.map(({ id }) => Number(id)).find((id) => sessions.includes(id));
    return blocked !== undefined;
  });
  return blocked!;
}

/**
 * Asks again and again, for at most 9 s: a server has no event for what is asked here. Not oftener, because MariaDB
 * shows its transactions as they were until nobody has asked for 0.1 s.
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !await condition(); tries++) {
    assert(tries < 60, "waited 9 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
