/**
 * Finds in an SQLite database what somebody changed by hand.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { checkVersions, MIGRATIONS, SELECT_VERSIONS } from "../schema.ts";
import { checkLanes, checkShapes, type FoundTable, type Kind, SELECT_LANES, TABLES } from "../schema_shape.ts";

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
  checkLanes(db.prepare(SELECT_LANES).get()?.value);
}

/** What SQLite says of a column. */
export interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly needsValue: boolean;
  /** From 1 on its place in the primary key, else 0. */
  readonly pk: number;
}

/** The columns of a table, none where it is missing. */
export function columnsOf(db: DatabaseSync, table: string): ColumnInfo[] {
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
  second: "TEXT",
  day: "TEXT",
  number: "INTEGER",
  count: "INTEGER",
  json: "TEXT",
  text: "TEXT",
  bytes: "BLOB",
  words: "TEXT",
};
