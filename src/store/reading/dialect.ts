/**
 * What differs between databases in the statements that read.
 *
 * @module
 */
import type { Instant, MessageKey } from "../../entry/entry.ts";
import type { ReadBounds, ReaderIndexes } from "../log_reader.ts";

/** The indexes that statements name, so that no planner chooses otherwise. */
export type IndexName = "by_service_severity_time" | "by_batch";

/** One database's words for what they all can do. Columns and numbers are the program's own, texts are anybody's. */
export interface Dialect {
  /** A text as a literal, whatever is in it. */
  text(value: string): string;
  /** A column of text as it is selected, and read by {@linkcode Dialect.textOf}: it may hold NUL. */
  textColumn(column: string): string;
  textOf(value: unknown): string;
  /** A column of moments as it is selected where there may be many rows: it comes as text, quickly read. */
  momentColumn(column: string): string;
  /** What follows the table's name, to read by an index. */
  useIndex(name: IndexName): string;
  /** The same, to read by the key. */
  readonly useKey: string;
  /** Whether a column's text begins so; exact. */
  startsWith(column: string, text: string): string;
  /** Whether a column of bytes has these in a row. */
  contains(column: string, bytes: Uint8Array): string;
  /** Whether a column of text holds anything but ASCII. */
  notAscii(column: string): string;
  /** Whether a column of text has one of the characters that `hasAsciiFolding()` knows. */
  hasAsciiFolding(column: string): string;
  /** Whether a column contains this ASCII of lower case, in either case. */
  containsText(column: string, text: string): string;
  /** Whether a byte of a column has the bit. */
  hasBit(column: string, at: { readonly byte: number; readonly mask: number }): string;
  /** Whole seconds from a moment to a column's, divided by a number and rounded down. */
  bucket(column: string, of: { readonly start: Instant; readonly seconds: number }): string;
  /** Whether the row's key is one of these. */
  keyIn(keys: readonly MessageKey[]): string;
  /** A sorted, limited SELECT as one of a UNION. @param name Differs from the others'. */
  part(select: string, name: string): string;
  /** The join whose left side is read first. */
  readonly thenJoin: string;
  /** Milliseconds since 1970, by the database's clock. */
  readonly nowMs: string;
  /** `severity` by rank. */
  readonly rank: string;
  /** The same as a number from 1. */
  readonly rankNumber: string;
  /** The sum of a column of whole numbers, exact up to 2^53. */
  sum(column: string): string;
}

/** Runs statements on connections of its own. */
export interface SqlRunner extends AsyncDisposable {
  readonly address: string;
  readonly dialect: Dialect;
  /** The rows by position. Whole numbers are numbers, texts of digits or bigints. */
  run(sql: string, bounds: ReadBounds): Promise<readonly (readonly unknown[])[]>;
  indexes(bounds: ReadBounds): Promise<ReaderIndexes>;
}

/** Bytes as a literal, which every database writes alike. */
export function bytesLiteral(bytes: Uint8Array): string {
  return `x'${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
}
