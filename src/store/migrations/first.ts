/**
 * Version 1: entries, counts and dead letters. It was released, and is never changed.
 *
 * @module
 */
import { DEAD_LETTER_REASONS } from "../../entry/entry.ts";
import { partitionClause, SERVICE_LOGS_PARTITIONS } from "../mysql/partition_plan.ts";
import type { Migration } from "./migration.ts";
import {
  MESSAGE_ID,
  MYSQL_TIMES,
  SEVERITY_WORDS,
  SQLITE_CREATED,
  SQLITE_MESSAGE_ID,
  SQLITE_SEVERITY,
  SQLITE_UPDATED,
  sqliteInstant,
  TABLE_OPTIONS,
} from "./parts.ts";

const reasons = DEAD_LETTER_REASONS.map((reason) => `'${reason}'`).join(", ");

/** What version 1 makes. */
export const FIRST: Migration = {
  version: 1,
  name: "entries, counts and dead letters",
  needs: 1,
  mysql: ({ nowMs }) => [
    `CREATE TABLE IF NOT EXISTS service_logs (
  publish_time DATETIME(6) NOT NULL,
  ${MESSAGE_ID},
  service_name VARCHAR(100) NOT NULL,
  payload TEXT NOT NULL,
  severity ENUM(${SEVERITY_WORDS}) NOT NULL,
  \`timestamp\` DATETIME(6) NOT NULL,
  created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (publish_time, message_id)
) ${TABLE_OPTIONS}
${partitionClause(SERVICE_LOGS_PARTITIONS, nowMs)}`,
    `CREATE TABLE IF NOT EXISTS service_severity (
  service_name VARCHAR(100) NOT NULL,
  severity ENUM(${SEVERITY_WORDS}) NOT NULL,
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
  ${SQLITE_SEVERITY},
  ${sqliteInstant("timestamp")},
  ${SQLITE_CREATED},
  PRIMARY KEY (publish_time, message_id)
) STRICT, WITHOUT ROWID`,
    `CREATE TABLE service_severity (
  service_name TEXT NOT NULL,
  ${SQLITE_SEVERITY},
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
};
