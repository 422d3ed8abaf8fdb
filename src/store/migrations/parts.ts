/**
 * What the tables of several migrations have in common.
 *
 * @module
 */
import { SEVERITIES } from "../../entry/entry.ts";

/** The severities as SQL's list of words: MySQL sorts by their rank. */
export const SEVERITY_WORDS = SEVERITIES.map((severity) => `'${severity}'`).join(", ");

/** Binary collations that both MySQL and MariaDB have: `A` and `a` are two services. */
export const TABLE_OPTIONS = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";

/** A message's id in MySQL. */
export const MESSAGE_ID = "message_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";

/** When a row was made and last changed, in MySQL. */
export const MYSQL_TIMES = `created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)`;

/** SQLite's clock has milliseconds; the text has the six digits of every other time. */
export const SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')";

/** A CHECK for a column that holds an `Instant`: a date that exists, the years of MySQL's DATETIME. */
export function sqliteInstant(column: string): string {
  return `${column} TEXT NOT NULL CHECK (
    length(${column}) = 26 AND substr(${column}, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]'
    AND datetime(substr(${column}, 1, 19)) IS substr(${column}, 1, 19) AND ${column} >= '1000'
  )`;
}

/** A message's id in SQLite. */
export const SQLITE_MESSAGE_ID =
  "message_id TEXT NOT NULL CHECK (octet_length(message_id) <= 128 AND message_id NOT GLOB '*[^ -~]*')";
/** When a row was made, in SQLite. */
export const SQLITE_CREATED = `created_at TEXT NOT NULL DEFAULT (${SQLITE_NOW})`;
/** When a row was last changed, in SQLite. */
export const SQLITE_UPDATED = `updated_at TEXT NOT NULL DEFAULT (${SQLITE_NOW})`;
/** A severity in SQLite. */
export const SQLITE_SEVERITY = `severity TEXT NOT NULL CHECK (severity IN (${SEVERITY_WORDS}))`;
