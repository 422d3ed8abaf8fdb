/**
 * Brings the schema of a MySQL or MariaDB database up to date.
 *
 * @module
 */
import { escapeId } from "mysql2";
import type { MysqlAddress } from "../database_url.ts";
import {
  checkVersions,
  GROUNDWORK,
  type Groundwork,
  type Migration,
  MIGRATIONS,
  mysqlGroundwork,
  recordMigration,
  SELECT_VERSIONS,
} from "../schema.ts";
import { type AppliedMigration, StoreError } from "../store.ts";
import { type Elsewhere, locked } from "./lock.ts";
import type { MysqlSession } from "./session.ts";

/** Seconds that an instance waits for another one's migrations. */
const LOCK_SECONDS = 60;

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
  return steps(found, { missing, nowMs: await serverNow(session) });
}

/** Applies what is missing, under a lock where anything is. */
export async function applyMigrations(session: MysqlSession, elsewhere: Elsewhere): Promise<AppliedMigration[]> {
  const planned = await plannedMigrations(session);
  if (planned.length === 0) return [];
  const lock = { name: "migrate", waitSeconds: LOCK_SECONDS, elsewhere } as const;
  const migrations = await locked(session, lock, async ({ confirm }) => {
    // Another instance may have been first. The lock's own table is there by now, and stays among what was applied.
    const missing = new Set((await plannedMigrations(session)).map(({ version }) => version));
    const applied = planned.filter(({ version }) => missing.has(version));
    for (const { statements } of applied) {
      for (const sql of statements) {
        await confirm();
        await session.change(sql);
      }
    }
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
  return steps(nothing, { missing: MIGRATIONS, nowMs: await serverNow(session) });
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
  { missing, nowMs }: { readonly missing: readonly Migration[]; readonly nowMs: number },
): AppliedMigration[] {
  const first = mysqlGroundwork(found);
  return [
    ...first.length === 0 ? [] : [{ ...GROUNDWORK, statements: first }],
    ...missing.map((migration) => {
      const { version, name } = migration;
      return { version, name, statements: [...migration.mysql(nowMs), recordMigration(migration, "mysql")] };
    }),
  ];
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
