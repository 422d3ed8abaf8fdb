/**
 * Brings the schema of an SQLite database up to date, and finds what somebody changed by hand.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import {
  checkVersions,
  GROUNDWORK,
  MIGRATIONS,
  recordMigration,
  SELECT_VERSIONS,
  sqliteGroundwork,
} from "../schema.ts";
import { checkShapes, type FoundTable, type Kind, TABLES } from "../schema_shape.ts";
import type { AppliedMigration } from "../store.ts";
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

/** See `checkVersions()`. */
export function checkVersion(db: DatabaseSync): number {
  return checkVersions(db.prepare(SELECT_VERSIONS).all());
}

/** Checks the tables of a migrated database. @throws {StoreError} `fatal` with everything that does not fit. */
export function checkSchema(db: DatabaseSync): void {
  const found = new Map<string, FoundTable>();
  for (const table of TABLES) {
    const columns = columnsOf(db, table);
    if (columns.length > 0) found.set(table, foundTable(db, table, columns));
  }
  checkShapes(found, { own: checkVersion(db) <= MIGRATIONS.length });
}

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly needsValue: boolean;
  /** From 1 on its place in the primary key, else 0. */
  readonly pk: number;
}

function columnsOf(db: DatabaseSync, table: string): ColumnInfo[] {
  return db.prepare(`SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)`).all(table).map((row) => ({
    name: String(row.name),
    type: String(row.type),
    needsValue: row.notnull === 1 && row.dflt_value === null,
    pk: Number(row.pk),
  }));
}

function foundTable(db: DatabaseSync, table: string, columns: readonly ColumnInfo[]): FoundTable {
  const unique = db.prepare(`SELECT name FROM pragma_index_list(?) WHERE "unique" AND origin <> 'pk'`).all(table);
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  return {
    columns: new Map(columns.map(({ name, type, needsValue }) => [
      name,
      { type, needsValue, holds: (kind) => type === TYPES[kind.kind] },
    ])),
    key: key.map(({ name }) => name),
    unique: unique.map(({ name }) => String(name)),
    transactional: true,
  };
}

/** The tables are STRICT, and how much fits a column is said by CHECKs. */
const TYPES: Readonly<Record<Kind["kind"], string>> = {
  instant: "TEXT",
  count: "INTEGER",
  json: "TEXT",
  text: "TEXT",
  bytes: "BLOB",
  words: "TEXT",
};
