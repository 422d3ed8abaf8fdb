/**
 * Brings the schema of a MySQL or MariaDB database up to date.
 *
 * @module
 */
import { escapeId } from "mysql2";
import type { MysqlAddress } from "../database_url.ts";
import { emptySchema } from "../migrations/migration.ts";
import {
  checkVersions,
  GROUNDWORK,
  type Groundwork,
  type Migration,
  MIGRATIONS,
  mysqlGroundwork,
  type MysqlSchema,
  recordMigration,
  SELECT_VERSIONS,
} from "../schema.ts";
import { type AppliedMigration, StoreError } from "../store.ts";
import { impatiently } from "./impatient.ts";
import { type Elsewhere, locked } from "./lock.ts";
import type { MysqlSession } from "./session.ts";

/** Seconds that an instance waits for another one's migrations. */
const LOCK_SECONDS = 60;
/** Seconds that a change waits for its table; every later transaction on it waits behind. Then it is tried again. */
const TABLE_LOCK_SECONDS = 5;

/** The statement that creates the database. */
export function createDatabase(address: MysqlAddress): string {
  return `CREATE DATABASE IF NOT EXISTS ${escapeId(address.database, true)} CHARACTER SET utf8mb4`;
}

/** What an operator runs where this program's user may not create the database. */
export function createDatabaseAdvice(address: MysqlAddress): string {
  const database = escapeId(address.database, true);
  const user = `'${address.user.replaceAll("'", "''")}'@'%'`;
  return `let an administrator run: ${createDatabase(address)}; GRANT ALL ON ${database}.* TO ${user};`;
}

/** What {@linkcode applyMigrations} would apply; asks for no lock. @param session A session on the database. */
export async function plannedMigrations(session: MysqlSession): Promise<AppliedMigration[]> {
  const found = await groundwork(session);
  const version = found.migrations ? checkVersions(await session.rows(SELECT_VERSIONS)) : 0;
  const missing = MIGRATIONS.filter((migration) => migration.version > version);
  if (missing.length === 0) return steps(found, { missing, schema: emptySchema(0) });
  return steps(found, { missing, schema: await readSchema(session) });
}

/** Applies what is missing, under a lock where anything is. */
export async function applyMigrations(session: MysqlSession, elsewhere: Elsewhere): Promise<AppliedMigration[]> {
  const planned = await plannedMigrations(session);
  if (planned.length === 0) return [];
  const lock = { name: "migrate", waitSeconds: LOCK_SECONDS, elsewhere } as const;
  const migrations = await locked(session, lock, async ({ confirm }) => {
    // Another instance may have been first, or have come halfway. The lock's own table is there by now, and stays among
    // what was applied.
    const left = new Map((await plannedMigrations(session)).map((migration) => [migration.version, migration]));
    const applied = planned.filter(({ version }) => left.has(version)).map((migration) =>
      migration.version === GROUNDWORK.version ? migration : left.get(migration.version)!
    );
    await impatiently(session, { seconds: TABLE_LOCK_SECONDS }, async () => {
      for (const { statements } of applied) {
        for (const sql of statements) {
          await confirm();
          await session.change(sql);
        }
      }
    });
    return applied;
  });
  if (migrations !== undefined) return migrations;
  throw new StoreError(`Cannot migrate: another instance has been at it for ${LOCK_SECONDS} s`, {
    disposition: "retry",
    cause: undefined,
  });
}

/** Every migration, for a database that does not exist yet. @param session A session on the server. */
export async function allMigrations(session: MysqlSession): Promise<AppliedMigration[]> {
  const nothing = { migrations: false, needs: false, locks: false };
  return steps(nothing, { missing: MIGRATIONS, schema: emptySchema(await serverNow(session)) });
}

/** The database's clock, in milliseconds since 1970. */
export async function serverNow(session: MysqlSession): Promise<number> {
  const [now] = await session.values("SELECT UTC_TIMESTAMP(6)");
  const nowMs = Date.parse(`${String(now).replace(" ", "T")}Z`);
  if (Number.isNaN(nowMs)) {
    throw new StoreError("Cannot read the database's clock", { disposition: "reconnect", cause: undefined });
  }
  return nowMs;
}

/** Statements that a person could run by hand with the same result, the record of the version included. */
function steps(
  found: Groundwork,
  { missing, schema }: { readonly missing: readonly Migration[]; readonly schema: MysqlSchema },
): AppliedMigration[] {
  const first = mysqlGroundwork(found);
  return [
    ...first.length === 0 ? [] : [{ ...GROUNDWORK, statements: first }],
    ...missing.map((migration) => {
      const { version, name } = migration;
      return { version, name, statements: [...migration.mysql(schema), recordMigration(migration, "mysql")] };
    }),
  ];
}

/** What the database has, as far as migrations look at it. */
export async function readSchema(session: MysqlSession): Promise<MysqlSchema> {
  const columns = new Map<string, Set<string>>();
  for (
    const [table, column] of await session.tuples(
      "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()",
    )
  ) setDefault(columns, String(table), () => new Set()).add(String(column));
  const indexes = new Map<string, Map<string, string[]>>();
  for (
    const [table, index, column] of await session.tuples(
      "SELECT table_name, index_name, column_name FROM information_schema.statistics \
WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index",
    )
  ) {
    const own = setDefault(indexes, String(table), () => new Map<string, string[]>());
    setDefault(own, String(index), () => []).push(String(column));
  }
  const rows = columns.has("service_logs") && (await session.values("SELECT 1 FROM service_logs LIMIT 1")).length > 0;
  return { nowMs: await serverNow(session), columns, indexes, rows };
}

function setDefault<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}

async function groundwork(session: MysqlSession): Promise<Groundwork> {
  const columns = await session.tuples(
    "SELECT table_name, column_name FROM information_schema.columns \
WHERE table_schema = DATABASE() AND table_name IN ('locks', 'schema_migrations')",
  );
  const migrations = columns.filter(([table]) => table === "schema_migrations");
  return {
    migrations: migrations.length > 0,
    needs: migrations.some(([, column]) => column === "needs"),
    locks: migrations.length < columns.length,
  };
}
