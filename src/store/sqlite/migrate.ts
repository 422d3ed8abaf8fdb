/**
 * Brings the schema of an SQLite database up to date.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { GROUNDWORK, MIGRATIONS, recordMigration, sqliteGroundwork } from "../schema.ts";
import type { AppliedMigration } from "../store.ts";
import { checkVersion, columnsOf } from "./schema.ts";
import { execute, inTransaction } from "./transaction.ts";

/** What {@linkcode applyMigrations} would apply: statements that a person could run by hand with the same result. */
export function plannedMigrations(db: DatabaseSync): AppliedMigration[] {
  const columns = columnsOf(db, "schema_migrations").map(({ name }) => name);
  const migrations = columns.length > 0;
  const version = migrations ? checkVersion(db) : 0;
  const groundwork = sqliteGroundwork({ migrations, needs: columns.includes("needs") });
  return [
    ...groundwork.length === 0 ? [] : [{ ...GROUNDWORK, statements: groundwork }],
    ...MIGRATIONS.filter((migration) => migration.version > version).map((migration) => ({
      version: migration.version,
      name: migration.name,
      statements: [...migration.sqlite, recordMigration(migration, "sqlite")],
    })),
  ];
}

/** Applies what is missing in one transaction; takes no lock where nothing is. */
export function applyMigrations(db: DatabaseSync): AppliedMigration[] {
  if (plannedMigrations(db).length === 0) return [];
  return inTransaction(db, () => {
    const planned = plannedMigrations(db);
    for (const { statements } of planned) statements.forEach((sql) => execute(db, sql));
    return planned;
  });
}
