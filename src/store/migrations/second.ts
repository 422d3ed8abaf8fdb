/**
 * Version 2: what reading needs. Every row knows its batch and its lane; counts by minute and by hour, the ledger of
 * batches and the index of words are written with the rows.
 *
 * @module
 */
import { DEAD_LETTER_REASONS } from "../../entry/entry.ts";
import { BATCH_CAUSES } from "../log_rows.ts";
import { MINUTES_PARTITIONS, partitionClause, WORD_FILTERS_PARTITIONS } from "../mysql/partition_plan.ts";
import type { Migration, MysqlSchema } from "./migration.ts";
import {
  SEVERITY_WORDS,
  SQLITE_CREATED,
  SQLITE_MESSAGE_ID,
  SQLITE_NOW,
  SQLITE_SEVERITY,
  SQLITE_UPDATED,
  sqliteInstant,
  TABLE_OPTIONS,
} from "./parts.ts";

const reasons = DEAD_LETTER_REASONS.map((reason) => `'${reason}'`).join(", ");

const causes = BATCH_CAUSES.map((cause) => `'${cause}'`).join(", ");

const LANE = "lane SMALLINT UNSIGNED NOT NULL DEFAULT 0";
const SQLITE_LANE = "lane INTEGER NOT NULL DEFAULT 0";

/** The columns that `service_logs` gains, each without touching a row, in MySQL 8.0.12 and MariaDB 10.3 or newer. */
const ENTRY_COLUMNS: readonly (readonly [name: string, column: string])[] = [
  ["batch", "batch BIGINT NULL"],
  ["attributes", "attributes JSON NULL"],
  ["lane", LANE],
];

/** Indexes of `service_logs` by which rows are read, with their columns: built in the background where rows are. */
export const READING_INDEXES: Readonly<Record<string, readonly string[]>> = {
  by_service_severity_time: ["service_name", "severity", "publish_time"],
  by_batch: ["batch"],
};

/** What version 2 makes. */
export const SECOND: Migration = {
  version: 2,
  name: "batches, counts by time, words, attributes and lanes",
  // Version 1 writes rows without a batch, which are adopted; every column that it does not know has a default.
  needs: 1,
  mysql: (found) => [
    ...entryColumns(found),
    `CREATE TABLE IF NOT EXISTS service_severity_minutes (
  minute DATETIME NOT NULL,
  service_name VARCHAR(100) NOT NULL,
  severity ENUM(${SEVERITY_WORDS}) NOT NULL,
  ${LANE},
  \`count\` BIGINT NOT NULL,
  PRIMARY KEY (minute, service_name, severity, lane)
) ${TABLE_OPTIONS}
${partitionClause(MINUTES_PARTITIONS, found.nowMs)}`,
    `CREATE TABLE IF NOT EXISTS service_severity_hours (
  hour DATETIME NOT NULL,
  service_name VARCHAR(100) NOT NULL,
  severity ENUM(${SEVERITY_WORDS}) NOT NULL,
  ${LANE},
  \`count\` BIGINT NOT NULL,
  PRIMARY KEY (hour, service_name, severity, lane)
) ${TABLE_OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS batches (
  id BIGINT NOT NULL PRIMARY KEY,
  ${LANE},
  instance SMALLINT UNSIGNED NOT NULL,
  created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  cause ENUM(${causes}) NOT NULL,
  entries INT UNSIGNED NOT NULL,
  dead_letters INT UNSIGNED NOT NULL,
  duplicates INT UNSIGNED NOT NULL,
  bytes BIGINT NOT NULL,
  write_ms INT UNSIGNED NOT NULL,
  publish_time_first DATETIME(6) NULL,
  publish_time_last DATETIME(6) NULL,
  word_filter BIGINT NULL,
  KEY by_word_filter (word_filter)
) ${TABLE_OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS word_filters (
  day DATE NOT NULL,
  level TINYINT NOT NULL,
  chunk SMALLINT UNSIGNED NOT NULL,
  batch BIGINT NOT NULL,
  ${LANE},
  bits VARBINARY(256) NOT NULL,
  PRIMARY KEY (day, level, chunk, batch)
) ${TABLE_OPTIONS}
${partitionClause(WORD_FILTERS_PARTITIONS, found.nowMs)}`,
    `CREATE TABLE IF NOT EXISTS instances (
  number SMALLINT UNSIGNED NOT NULL PRIMARY KEY,
  owner VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(255) NOT NULL,
  version VARCHAR(64) NOT NULL,
  started_at DATETIME(6) NOT NULL,
  seen_at DATETIME(6) NOT NULL,
  held BIGINT NOT NULL DEFAULT 0,
  held_bytes BIGINT NOT NULL DEFAULT 0,
  oldest_publish_time DATETIME(6) NULL
) ${TABLE_OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS lms_settings (
  name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  value VARCHAR(255) NOT NULL
) ${TABLE_OPTIONS}`,
    "INSERT INTO lms_settings (name, value) VALUES ('lanes', '1') ON DUPLICATE KEY UPDATE name = name",
    ...rekeyed(found, { table: "service_severity", key: ["service_name", "severity", "lane"] }),
    // Version 1 looks for dead letters by time, and so does whoever reads those of every lane.
    ...rekeyed(found, {
      table: "dead_letters",
      key: ["lane", "publish_time", "message_id"],
      index: "KEY by_time (publish_time, message_id)",
    }),
    // Where no row is there is nothing to wait for.
    ...found.rows ? [] : indexStatements(found),
  ],
  sqlite: [
    "ALTER TABLE service_logs ADD COLUMN batch INTEGER",
    "ALTER TABLE service_logs ADD COLUMN attributes TEXT CHECK (attributes IS NULL OR json_valid(attributes))",
    `ALTER TABLE service_logs ADD COLUMN ${SQLITE_LANE}`,
    "CREATE INDEX service_logs_by_service_severity_time ON service_logs (service_name, severity, publish_time)",
    "CREATE INDEX service_logs_by_batch ON service_logs (batch)",
    `CREATE TABLE service_severity_minutes (
  minute TEXT NOT NULL CHECK (datetime(minute) IS minute AND minute LIKE '%:00'),
  service_name TEXT NOT NULL,
  ${SQLITE_SEVERITY},
  ${SQLITE_LANE},
  count INTEGER NOT NULL,
  PRIMARY KEY (minute, service_name, severity, lane)
) STRICT, WITHOUT ROWID`,
    `CREATE TABLE service_severity_hours (
  hour TEXT NOT NULL CHECK (datetime(hour) IS hour AND hour LIKE '%:00:00'),
  service_name TEXT NOT NULL,
  ${SQLITE_SEVERITY},
  ${SQLITE_LANE},
  count INTEGER NOT NULL,
  PRIMARY KEY (hour, service_name, severity, lane)
) STRICT, WITHOUT ROWID`,
    `CREATE TABLE batches (
  id INTEGER NOT NULL PRIMARY KEY,
  ${SQLITE_LANE},
  instance INTEGER NOT NULL,
  ${SQLITE_CREATED},
  cause TEXT NOT NULL CHECK (cause IN (${causes})),
  entries INTEGER NOT NULL,
  dead_letters INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  write_ms INTEGER NOT NULL,
  publish_time_first TEXT,
  publish_time_last TEXT,
  word_filter INTEGER
) STRICT`,
    "CREATE INDEX batches_by_word_filter ON batches (word_filter)",
    `CREATE TABLE word_filters (
  day TEXT NOT NULL CHECK (date(day) IS day),
  level INTEGER NOT NULL,
  chunk INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  ${SQLITE_LANE},
  bits BLOB NOT NULL CHECK (length(bits) <= 256),
  PRIMARY KEY (day, level, chunk, batch)
) STRICT, WITHOUT ROWID`,
    `CREATE TABLE instances (
  number INTEGER NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  started_at TEXT NOT NULL DEFAULT (${SQLITE_NOW}),
  seen_at TEXT NOT NULL DEFAULT (${SQLITE_NOW}),
  held INTEGER NOT NULL DEFAULT 0,
  held_bytes INTEGER NOT NULL DEFAULT 0,
  oldest_publish_time TEXT
) STRICT`,
    `CREATE TABLE lms_settings (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID`,
    "INSERT INTO lms_settings (name, value) VALUES ('lanes', '1')",
    "ALTER TABLE service_severity RENAME TO service_severity_before",
    `CREATE TABLE service_severity (
  service_name TEXT NOT NULL,
  ${SQLITE_SEVERITY},
  ${SQLITE_LANE},
  count INTEGER NOT NULL,
  ${SQLITE_CREATED},
  ${SQLITE_UPDATED},
  PRIMARY KEY (service_name, severity, lane)
) STRICT, WITHOUT ROWID`,
    `INSERT INTO service_severity (service_name, severity, count, created_at, updated_at)
  SELECT service_name, severity, count, created_at, updated_at FROM service_severity_before`,
    "DROP TABLE service_severity_before",
    "ALTER TABLE dead_letters RENAME TO dead_letters_before",
    `CREATE TABLE dead_letters (
  ${SQLITE_LANE},
  ${sqliteInstant("publish_time")},
  ${SQLITE_MESSAGE_ID},
  reason TEXT NOT NULL CHECK (reason IN (${reasons})),
  detail TEXT NOT NULL CHECK (octet_length(detail) <= 4000),
  data BLOB NOT NULL,
  attributes TEXT NOT NULL CHECK (json_valid(attributes)),
  status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'replayed', 'dropped')),
  ${SQLITE_CREATED},
  ${SQLITE_UPDATED},
  PRIMARY KEY (lane, publish_time, message_id)
) STRICT`,
    `INSERT INTO dead_letters (publish_time, message_id, reason, detail, data, attributes, status, created_at, updated_at)
  SELECT publish_time, message_id, reason, detail, data, attributes, status, created_at, updated_at
  FROM dead_letters_before`,
    "DROP TABLE dead_letters_before",
    "CREATE INDEX dead_letters_by_time ON dead_letters (publish_time, message_id)",
  ],
};

/** The statements that build the {@linkcode READING_INDEXES} that are missing, beside writers. */
export function indexStatements({ indexes }: Pick<MysqlSchema, "indexes">): string[] {
  const there = [...indexes.get("service_logs")?.values() ?? []].map((columns) => columns.join());
  return Object.entries(READING_INDEXES).filter(([, columns]) => !there.includes(columns.join())).map((
    [name, columns],
  ) => `ALTER TABLE service_logs ADD INDEX ${name} (${columns.join(", ")}), ALGORITHM=INPLACE, LOCK=NONE`);
}

function entryColumns({ columns }: MysqlSchema): string[] {
  const there = columns.get("service_logs");
  const missing = ENTRY_COLUMNS.filter(([name]) => !there?.has(name));
  if (missing.length === 0) return [];
  return [
    `ALTER TABLE service_logs ${missing.map(([, column]) => `ADD COLUMN ${column}`).join(", ")}, ALGORITHM=INSTANT`,
  ];
}

interface Rekeying {
  readonly table: string;
  readonly key: readonly string[];
  /** Another index that it gets. */
  readonly index?: string;
}

/** One statement, so that the table is never without a key. */
function rekeyed({ columns, indexes }: MysqlSchema, { table, key, index }: Rekeying): string[] {
  if (indexes.get(table)?.get("PRIMARY")?.join() === key.join()) return [];
  return [
    `ALTER TABLE ${table} ${columns.get(table)?.has("lane") ? "" : `ADD COLUMN ${LANE}, `}DROP PRIMARY KEY, \
ADD PRIMARY KEY (${key.join(", ")})${index === undefined ? "" : `, ADD ${index}`}`,
  ];
}
