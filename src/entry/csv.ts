/**
 * Stored entries as CSV for people and their tools.
 *
 * @module
 */
import type { Instant, LogEntry } from "./entry.ts";
import { rfc3339Of } from "./instant.ts";

/** What a row shows of a stored entry. */
export interface CsvEntry extends Pick<LogEntry, "serviceName" | "payload" | "severity" | "timestamp"> {
  readonly createdAt: Instant;
}

/**
 * Ends each record. RFC 4180 writes CRLF; here it is LF, because the output goes to a terminal or through a pipe,
 * where `awk`, `cut`, `diff` and `read` would take the CR for a part of the last column, while spreadsheets and CSV
 * libraries read either.
 */
export const CSV_RECORD_END = "\n";

/** The first record, with its end. */
export const CSV_HEADER = `service_name,payload,severity,timestamp,created_at${CSV_RECORD_END}`;

/**
 * One record, with its end. Times are RFC 3339 in UTC with six digits. Every value stays exactly what is stored: a
 * field is quoted where RFC 4180 wants it, and text that a spreadsheet would run as a formula is not altered.
 */
export function csvRecord(entry: CsvEntry): string {
  return `${field(entry.serviceName)},${field(entry.payload)},${entry.severity},${rfc3339Of(entry.timestamp)},${
    rfc3339Of(entry.createdAt)
  }${CSV_RECORD_END}`;
}

/** Quoted also at outer spaces, which some readers would trim, and never otherwise without need. */
function field(value: string): string {
  return /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
