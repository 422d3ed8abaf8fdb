/**
 * Brings the schema of a MySQL or MariaDB database up to date.
 *
 * @module
 */
import { escapeId } from "mysql2";
import type { MysqlAddress } from "./database_url.ts";
import { serverErrorNumber } from "./mysql_errors.ts";
import type { MysqlSession } from "./mysql_session.ts";
import { locked, MIGRATION_LOCK } from "./mysql_lock.ts";
import { missingPartitions } from "./partitions.ts";
import { checkVersion, type Migration, MIGRATIONS, recordMigration } from "./schema.ts";
import { type AppliedMigration, StoreError } from "./store.ts";

/** Seconds that an instance waits for another one's migrations. */
const LOCK_SECONDS = 60;

/** Seconds that adding partitions waits for the table; every later transaction on it waits behind. */
const TABLE_LOCK_SECONDS = 5;

const ER_NO_SUCH_TABLE = 1146;

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

/** What {@linkcode applyMigrations} would apply. @param session A session on the database. */
export async function plannedMigrations(session: MysqlSession, nowMs: number): Promise<AppliedMigration[]> {
  const version = await currentVersion(session);
  return MIGRATIONS.filter((migration) => migration.version > version).map((migration) => applied(migration, nowMs));
}

/** Applies what is missing under a lock of the whole server for this database. */
export async function applyMigrations(session: MysqlSession, nowMs: number): Promise<AppliedMigration[]> {
  const migrations = await locked(session, { name: MIGRATION_LOCK, seconds: LOCK_SECONDS }, async () => {
    const migrations = await plannedMigrations(session, nowMs);
    for (const { statements } of migrations) {
      for (const sql of statements) await session.change(sql);
    }
    return migrations;
  });
  if (migrations !== undefined) return migrations;
  throw new StoreError(`Cannot migrate: another instance has been at it for ${LOCK_SECONDS} s`, {
    disposition: "retry",
    cause: undefined,
  });
}

/**
 * Splits the last partition of `service_logs` into days when few are left, under the same lock. Does nothing while
 * another instance holds that: it is most likely doing the same.
 */
export async function keepPartitions(session: MysqlSession, nowMs: number): Promise<void> {
  if (missingPartitions(await partitionNames(session), nowMs) === undefined) return;
  await locked(session, { name: MIGRATION_LOCK, seconds: 0 }, async () => {
    const sql = missingPartitions(await partitionNames(session), nowMs);
    if (sql === undefined) return;
    await session.change(`SET lock_wait_timeout = ${TABLE_LOCK_SECONDS}`);
    try {
      await session.change(sql);
    } finally {
      await session.change("SET lock_wait_timeout = DEFAULT");
    }
  });
}

/** Every migration, for a database that does not exist yet. */
export function allMigrations(nowMs: number): AppliedMigration[] {
  return MIGRATIONS.map((migration) => applied(migration, nowMs));
}

/** Statements that a person could run by hand with the same result, the record of the version included. */
function applied(migration: Migration, nowMs: number): AppliedMigration {
  const { version, name } = migration;
  return { version, name, statements: [...migration.mysql(nowMs), recordMigration(migration, "mysql")] };
}

async function currentVersion(session: MysqlSession): Promise<number> {
  try {
    const [row] = await session.rows("SELECT COALESCE(MAX(version), 0) AS version FROM schema_migrations");
    return checkVersion(Number(row?.version));
  } catch (error) {
    if (serverErrorNumber(error) === ER_NO_SUCH_TABLE) return 0;
    throw error;
  }
}

async function partitionNames(session: MysqlSession): Promise<string[]> {
  const rows = await session.rows(
    "SELECT partition_name AS name FROM information_schema.partitions \
WHERE table_schema = DATABASE() AND table_name = 'service_logs' AND partition_name IS NOT NULL",
  );
  return rows.map((row) => String(row.name));
}
