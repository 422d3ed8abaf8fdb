/**
 * Databases to have histories on, made by the version before and emptied from one to the next.
 *
 * @module
 */
import { assert } from "@std/assert";
import { createConnection } from "mysql2/promise";
import { DatabaseSync } from "node:sqlite";
import { StoredLogQueries } from "../../src/reading/stored_log_queries.ts";
import { parseDatabaseUrl } from "../../src/store/database_url.ts";
import type { MaintainedStore } from "../../src/store/maintenance.ts";
import { FIRST } from "../../src/store/migrations/first.ts";
import { emptySchema } from "../../src/store/migrations/migration.ts";
import { MYSQL_DIALECT } from "../../src/store/mysql/log_runner.ts";
import { openLogReader } from "../../src/store/open_log_reader.ts";
import { openStore } from "../../src/store/open_store.ts";
import type { Dialect } from "../../src/store/reading/dialect.ts";
import { mysqlGroundwork, recordMigration, sqliteGroundwork } from "../../src/store/schema.ts";
import { SQLITE_DIALECT } from "../../src/store/sqlite/log_statements.ts";
import type { TestServer } from "../support/database.ts";

type Row = Readonly<Record<string, unknown>>;

/** A database with the tables of version 1; disposing drops it. */
export interface Place extends AsyncDisposable {
  readonly dialect: Dialect;
  /** Another store on it. */
  open(): MaintainedStore;
  /** Readers of their own, from when the tables are this version's. */
  read(): StoredLogQueries;
  /** Runs one statement, past the stores. */
  query(sql: string): Promise<readonly Row[]>;
  /** Ends the connections of everybody else. Returns how many; 0 where there are none. */
  cut(): Promise<number>;
}

/** Makes a place. */
export type MakePlace = () => Promise<Place>;

const NOTHING = { migrations: false, needs: false, locks: false };

function openings(url: string): Pick<Place, "open" | "read"> {
  const parsed = parseDatabaseUrl(url);
  assert(parsed.ok);
  return {
    open: () => openStore(parsed.value, { writers: 2, onWarning: fail }),
    read: () => new StoredLogQueries(openLogReader(parsed.value, { onWarning: fail })),
  };
}

function fail(warning: string): void {
  throw new Error(`unexpected warning: ${warning}`);
}

/** A file of SQLite. */
export async function placeInFile(): Promise<Place> {
  const folder = await Deno.makeTempDir({ prefix: "lms-words-" });
  const db = new DatabaseSync(`${folder}/lms.db`);
  db.exec("PRAGMA journal_mode = WAL");
  const statements = [...sqliteGroundwork(NOTHING), ...FIRST.sqlite, recordMigration(FIRST, "sqlite")];
  for (const sql of statements) db.exec(sql);
  return {
    dialect: SQLITE_DIALECT,
    ...openings(`sqlite:${folder}/lms.db`),
    query: (sql) => Promise.resolve(db.prepare(sql).all()),
    cut: () => Promise.resolve(0),
    [Symbol.asyncDispose]: async () => {
      db.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A database on a server. */
export async function placeOn(server: TestServer): Promise<Place> {
  const database = await server.freshDatabase();
  const connection = await createConnection({
    uri: database.plainUrl,
    charset: "utf8mb4_bin",
    dateStrings: true,
    jsonStrings: true,
    supportBigNumbers: true,
  });
  const query = async (sql: string) => {
    const [rows] = await connection.query(sql);
    return Array.isArray(rows) ? rows as Row[] : [];
  };
  await query("SET time_zone = '+00:00'");
  const statements = [
    ...mysqlGroundwork(NOTHING),
    ...FIRST.mysql(emptySchema(Date.now())),
    recordMigration(FIRST, "mysql"),
  ];
  for (const sql of statements) await query(sql);
  const [own] = await query("SELECT CONNECTION_ID() AS id");
  return {
    dialect: MYSQL_DIALECT,
    ...openings(database.url),
    query,
    cut: async () => {
      const others = (await server.sessions(database.name)).filter((id) => id !== Number(own!.id));
      // One may have ended meanwhile.
      for (const id of others) await query(`KILL ${id}`).catch(() => {});
      return others.length;
    },
    [Symbol.asyncDispose]: async () => {
      await connection.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

const TABLES = [
  "service_logs",
  "dead_letters",
  "batches",
  "word_filters",
  "service_severity_minutes",
  "service_severity_hours",
  "service_severity",
];

/** Takes everything out that a history brought. */
export async function emptied(place: Place): Promise<void> {
  for (const table of TABLES) await place.query(`DELETE FROM ${table}`);
}
