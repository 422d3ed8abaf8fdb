/**
 * The tables, as numbered migrations for both kinds of database. A migration that was released is never changed.
 *
 * @module
 */
import { DEAD_LETTER_REASONS, SEVERITIES } from "../entry/entry.ts";
import { partitionClause } from "./mysql/partition_plan.ts";
import { StoreError } from "./store.ts";

/** One step of the schema. */
export interface Migration {
  /** Counts from 1 without gaps. */
  readonly version: number;
  readonly name: string;
  /** The lowest version that a program must know to write beside it; programs that know less refuse the database. */
  readonly needs: number;
  /**
   * MySQL commits every DDL statement by itself, so each must do no harm when it is run again.
   *
   * @param nowMs Now by the database's clock, in milliseconds since 1970, for the partitions.
   */
  readonly mysql: (nowMs: number) => readonly string[];
  /** Run in one transaction. */
  readonly sqlite: readonly string[];
}

const severities = SEVERITIES.map((severity) => `'${severity}'`).join(", ");
const reasons = DEAD_LETTER_REASONS.map((reason) => `'${reason}'`).join(", ");

// Binary collations that both MySQL and MariaDB have: `A` and `a` are two services.
const TABLE_OPTIONS = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";
const MESSAGE_ID = "message_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";

const MYSQL_TIMES = `created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)`;

/** SQLite's clock has milliseconds; the text has the six digits of every other time. */
export const SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')";

/** A CHECK for a column that holds an `Instant`: a date that exists, the years of MySQL's DATETIME. */
function sqliteInstant(column: string): string {
  return `${column} TEXT NOT NULL CHECK (
    length(${column}) = 26 AND substr(${column}, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]'
    AND datetime(substr(${column}, 1, 19)) IS substr(${column}, 1, 19) AND ${column} >= '1000'
  )`;
}

const SQLITE_MESSAGE_ID =
  "message_id TEXT NOT NULL CHECK (octet_length(message_id) <= 128 AND message_id NOT GLOB '*[^ -~]*')";
const SQLITE_CREATED = `created_at TEXT NOT NULL DEFAULT (${SQLITE_NOW})`;
const SQLITE_UPDATED = `updated_at TEXT NOT NULL DEFAULT (${SQLITE_NOW})`;

/** Every migration, in order. */
export const MIGRATIONS: readonly [Migration, ...Migration[]] = [
  {
    version: 1,
    name: "entries, counts and dead letters",
    needs: 1,
    mysql: (nowMs) => [
      `CREATE TABLE IF NOT EXISTS service_logs (
  publish_time DATETIME(6) NOT NULL,
  ${MESSAGE_ID},
  service_name VARCHAR(100) NOT NULL,
  payload TEXT NOT NULL,
  severity ENUM(${severities}) NOT NULL,
  \`timestamp\` DATETIME(6) NOT NULL,
  created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (publish_time, message_id)
) ${TABLE_OPTIONS}
${partitionClause(nowMs)}`,
      `CREATE TABLE IF NOT EXISTS service_severity (
  service_name VARCHAR(100) NOT NULL,
  severity ENUM(${severities}) NOT NULL,
  \`count\` BIGINT NOT NULL,
  ${MYSQL_TIMES},
  PRIMARY KEY (service_name, severity)
) ${TABLE_OPTIONS}`,
      `CREATE TABLE IF NOT EXISTS dead_letters (
  publish_time DATETIME(6) NOT NULL,
  ${MESSAGE_ID},
  reason ENUM(${reasons}) NOT NULL,
  detail VARCHAR(1000) NOT NULL,
  data LONGBLOB NOT NULL,
  attributes JSON NOT NULL,
  status ENUM('open', 'replayed', 'dropped') NOT NULL DEFAULT 'open',
  ${MYSQL_TIMES},
  PRIMARY KEY (publish_time, message_id)
) ${TABLE_OPTIONS}`,
    ],
    sqlite: [
      `CREATE TABLE service_logs (
  ${sqliteInstant("publish_time")},
  ${SQLITE_MESSAGE_ID},
  service_name TEXT NOT NULL CHECK (octet_length(service_name) <= 400),
  payload TEXT NOT NULL CHECK (octet_length(payload) <= 65535),
  severity TEXT NOT NULL CHECK (severity IN (${severities})),
  ${sqliteInstant("timestamp")},
  ${SQLITE_CREATED},
  PRIMARY KEY (publish_time, message_id)
) STRICT, WITHOUT ROWID`,
      `CREATE TABLE service_severity (
  service_name TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN (${severities})),
  count INTEGER NOT NULL,
  ${SQLITE_CREATED},
  ${SQLITE_UPDATED},
  PRIMARY KEY (service_name, severity)
) STRICT, WITHOUT ROWID`,
      `CREATE TABLE dead_letters (
  ${sqliteInstant("publish_time")},
  ${SQLITE_MESSAGE_ID},
  reason TEXT NOT NULL CHECK (reason IN (${reasons})),
  detail TEXT NOT NULL CHECK (octet_length(detail) <= 4000),
  data BLOB NOT NULL,
  attributes TEXT NOT NULL CHECK (json_valid(attributes)),
  status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'replayed', 'dropped')),
  ${SQLITE_CREATED},
  ${SQLITE_UPDATED},
  PRIMARY KEY (publish_time, message_id)
) STRICT`,
    ],
  },
];

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
