/**
 * The schema as numbered migrations for both kinds of database, and which program may write to which version of it. A
 * migration that was released is never changed.
 *
 * @module
 */
import { FIRST } from "./migrations/first.ts";
import type { Migration } from "./migrations/migration.ts";
import { SQLITE_NOW, TABLE_OPTIONS } from "./migrations/parts.ts";
import { SECOND } from "./migrations/second.ts";
import { StoreError } from "./store.ts";

export type { Migration, MysqlSchema } from "./migrations/migration.ts";

/** Every migration, in order. */
export const MIGRATIONS: readonly [Migration, ...Migration[]] = [FIRST, SECOND];

/** What a database has of the tables that migrations themselves rely on. */
export interface Groundwork {
  /** Whether `schema_migrations` exists. */
  readonly migrations: boolean;
  /** Whether it has the column `needs`, which LMS 0.1.0 did not give it. */
  readonly needs: boolean;
  /** Whether `locks` exists. */
  readonly locks: boolean;
}

/** The step before the first migration, as migrations are told of. */
export const GROUNDWORK = { version: 0, name: "what migrations rely on" } as const;

/** The leases, which keep instances apart where session locks do not; made before any migration. */
export const CREATE_LOCKS = `CREATE TABLE IF NOT EXISTS locks (
  name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  owner VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  until DATETIME(6) NOT NULL
) ${TABLE_OPTIONS}`;

/** The statements that make what is missing of it in MySQL; each does no harm when it is run again after a failure. */
export function mysqlGroundwork({ migrations, needs, locks }: Groundwork): string[] {
  const statements = locks ? [] : [CREATE_LOCKS];
  if (!migrations) {
    statements.push(`CREATE TABLE IF NOT EXISTS schema_migrations (
  version INT NOT NULL PRIMARY KEY,
  name VARCHAR(100) NOT NULL,
  applied_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  needs INT NULL
) ${TABLE_OPTIONS}`);
  } else if (!needs) {
    statements.push("ALTER TABLE schema_migrations ADD COLUMN needs INT NULL");
  }
  return statements;
}

/** The same in SQLite, which locks whole files and needs no leases. */
export function sqliteGroundwork({ migrations, needs }: Omit<Groundwork, "locks">): string[] {
  if (!migrations) {
    return [`CREATE TABLE schema_migrations (
  version INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at TEXT NOT NULL DEFAULT (${SQLITE_NOW}),
  needs INTEGER
) STRICT`];
  }
  return needs ? [] : ["ALTER TABLE schema_migrations ADD COLUMN needs INTEGER"];
}

/** All rows of `schema_migrations`, with or without its column `needs`. */
export const SELECT_VERSIONS = "SELECT * FROM schema_migrations";

/**
 * The version that a database has, 0 without any. A newer one than this program's passes where its migrations say that
 * this program may write beside them; one that does not say it needs a program that knows it.
 *
 * @param rows What {@linkcode SELECT_VERSIONS} answers.
 * @throws {StoreError} `fatal` for a schema that this program must not write to.
 */
export function checkVersions(rows: readonly Readonly<Record<string, unknown>>[]): number {
  const known = MIGRATIONS.length;
  let version = 0;
  let needed = 0;
  for (const row of rows) {
    const applied = Number(row.version);
    version = Math.max(version, applied);
    if (applied > known) needed = Math.max(needed, Number(row.needs ?? applied));
  }
  if (needed <= known) return version;
  throw new StoreError(
    `Cannot use the database: its schema has version ${version}, which needs a program that knows version ${needed}, \
and this one knows ${known}; use a newer lms`,
    { disposition: "fatal", cause: undefined },
  );
}

/** The statement that records a migration; harmless when it is recorded already. */
export function recordMigration({ version, name, needs }: Migration, dialect: "mysql" | "sqlite"): string {
  // Names are literals of this file without quotes in them.
  const insert = `INSERT INTO schema_migrations (version, name, needs) VALUES (${version}, '${name}', ${needs})`;
  return `${insert} ${dialect === "mysql" ? "ON DUPLICATE KEY UPDATE name = name" : "ON CONFLICT DO NOTHING"}`;
}
