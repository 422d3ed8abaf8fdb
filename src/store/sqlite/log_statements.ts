/**
 * How SQLite runs the statements of readers, in whichever thread.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { bytesLiteral, type Dialect } from "../reading/dialect.ts";
import { SEVERITIES } from "../../entry/entry.ts";
import { hasAsciiFolding } from "../../words/ascii_folding.ts";
import { textOf } from "./text.ts";

/** SQLite's words. */
export const SQLITE_DIALECT: Dialect = {
  text: literal,
  textColumn: (column) => `CAST(${column} AS BLOB)`,
  textOf,
  momentColumn: (column) => column,
  useIndex: (name) => ` INDEXED BY service_logs_${name}`,
  useKey: "",
  startsWith: (column, text) => {
    const bytes = new TextEncoder().encode(text);
    return `substr(CAST(${column} AS BLOB), 1, ${bytes.length}) = ${bytesLiteral(bytes)}`;
  },
  contains: (column, bytes) => `instr(${column}, ${bytesLiteral(bytes)}) > 0`,
  // A text with NUL seems shorter than its bytes, and counts as something else than ASCII.
  notAscii: (column) => `octet_length(${column}) <> length(${column})`,
  hasAsciiFolding: (column) => `lms_has_ascii_folding(CAST(${column} AS BLOB))`,
  containsText: (column, text) => `instr(lower(${column}), ${literal(text)}) > 0`,
  hasBit: (column, { byte, mask }) => `lms_has_bit(${column}, ${byte}, ${mask})`,
  bucket: (column, { start, seconds }) =>
    `(unixepoch(substr(${column}, 1, 19)) - ${Date.parse(`${start.slice(0, 10)}T${start.slice(11, 19)}Z`) / 1_000}) \
/ ${seconds}`,
  keyIn: (keys) =>
    `(publish_time, message_id) IN (VALUES ${
      keys.map(({ publishTime, messageId }) => `(${literal(publishTime)}, ${literal(messageId)})`).join(", ")
    })`,
  part: (select) => `SELECT * FROM (${select})`,
  // SQLite takes the order of a CROSS JOIN as it is written.
  thenJoin: "CROSS JOIN",
  nowMs: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
  rank: rankFrom(0),
  rankNumber: rankFrom(1),
  sum: (column) => `SUM(${column})`,
};

function rankFrom(first: number): string {
  return `CASE severity ${SEVERITIES.map((severity, rank) => `WHEN '${severity}' THEN ${first + rank}`).join(" ")} END`;
}

/** A statement ends at its first NUL, and a text may hold one. */
function literal(value: string): string {
  if (!value.includes("\0")) return `'${value.replaceAll("'", "''")}'`;
  return `CAST(${bytesLiteral(new TextEncoder().encode(value))} AS TEXT)`;
}

/** What the statements need that SQLite has not: a byte of a BLOB as a number, and classes of characters. */
export function registerFunctions(db: DatabaseSync): void {
  db.function(
    "lms_has_bit",
    { deterministic: true },
    (bits, byte, mask) => ((bits as Uint8Array)[Number(byte)]! & Number(mask)) === 0 ? 0 : 1,
  );
  db.function("lms_has_ascii_folding", { deterministic: true }, (text) => hasAsciiFolding(textOf(text)) ? 1 : 0);
}

/** The rows of a statement, by position. */
export function readTuples(db: DatabaseSync, sql: string): readonly (readonly unknown[])[] {
  const statement = db.prepare(sql);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  return statement.all() as unknown as readonly (readonly unknown[])[];
}
