/**
 * How a record of LMS's own log looks: always one line, whatever the values hold.
 *
 * @module
 */
import { coloured } from "./colour.ts";
import { redact } from "./redact.ts";
import { oneLine } from "./safe_text.ts";
import { displayWidth, padded } from "./width.ts";

/** How serious a record is, least first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** What a record says beside its message. `undefined` values are left out. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A record of LMS's own log. */
export interface LogRecord {
  readonly time: Date;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

// Bounds that keep a line readable, and a log bounded, when a value turns out to be huge.
const TEXT_MAX = 4_000;
const ITEMS_MAX = 20;
const DEPTH_MAX = 5;

/** Keys whose values are never shown. */
const SECRET_KEY = /^(pass(word|wd)?|pwd|secret|token|authorization)$/i;

/** Keys that every JSON record has; a field of the same name gets an underscore. */
const RECORD_KEYS = /^(?:time|level|msg)$/;

/**
 * Keys that Cloud Logging takes out of a record, and reads as its own.
 * https://cloud.google.com/logging/docs/structured-logging#structured_logging_special_fields
 */
const CLOUD_KEYS =
  /^(?:severity|message|time|timestamp|timestampSeconds|timestampNanos|httpRequest|logging\.googleapis\.com\/.*)$/s;

/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#LogSeverity */
const CLOUD_SEVERITIES: Readonly<Record<LogLevel, string>> = {
  debug: "DEBUG",
  info: "INFO",
  warn: "WARNING",
  error: "ERROR",
};

/**
 * For people: time, level, message, then `key=value`, where a value of other than plain characters is quoted.
 * No value can fake a line, a terminal sequence or a direction of writing. The level has its colour where one is wanted.
 */
export function textLine(record: LogRecord, colour = false): string {
  const level = record.level.toUpperCase().padEnd(5);
  const parts = [shown(record.message)];
  for (const [key, value] of Object.entries(record.fields)) {
    if (value === undefined) continue;
    parts.push(`${/^[\w.-]+$/.test(key) ? key : JSON.stringify(shown(key))}=${textValue(key, value)}`);
  }
  return `${record.time.toISOString()} ${colour ? coloured(level, record.level) : level} ${oneLine(parts.join(" "))}`;
}

/** For people, of a record with many fields: the first line of {@linkcode textLine}, then a line per field. */
export function textBlock(record: LogRecord, colour = false): string {
  const fields = Object.entries(record.fields).filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...fields.map(([key]) => displayWidth(oneLine(shown(key)))));
  return [
    textLine({ ...record, fields: {} }, colour),
    ...fields.map(([key, value]) =>
      `  ${padded(oneLine(shown(key)), width, "end")}  ${oneLine(textValue(key, value))}`
    ),
  ].join("\n");
}

/** For machines: one JSON object of `time`, `level`, `msg` and the fields. */
export function jsonLine({ time, level, message, fields }: LogRecord): string {
  return objectLine({ time: time.toISOString(), level, msg: shown(message) }, fields, RECORD_KEYS);
}

/**
 * For Cloud Logging: one JSON object of `severity`, `message`, `timestamp` and the fields. Its agents take a time as
 * seconds and nanoseconds everywhere, and as text in some places only. LMS has no trace, request or operation to name.
 */
export function cloudLine({ time, level, message, fields }: LogRecord): string {
  const ms = time.getTime();
  const seconds = Math.floor(ms / 1000);
  const timestamp = { seconds, nanos: (ms - seconds * 1000) * 1_000_000 };
  return objectLine({ severity: CLOUD_SEVERITIES[level], message: shown(message), timestamp }, fields, CLOUD_KEYS);
}

/** @param taken Names of fields that mean something else, and get an underscore. */
function objectLine(record: Readonly<Record<string, unknown>>, fields: LogFields, taken: RegExp): string {
  const shownFields = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [taken.test(key) ? `${key}_` : shown(key), plain(key, value)]);
  return oneLine(JSON.stringify({ ...record, ...Object.fromEntries(shownFields) }));
}

function textValue(key: string, value: unknown): string {
  if (value instanceof Error) return JSON.stringify(errorText(value));
  const simple = plain(key, value);
  if (typeof simple !== "string") return JSON.stringify(simple);
  return /^[\w.:/@%+*,-]+$/.test(simple) ? simple : JSON.stringify(simple);
}

/** An error and what caused it, in one sentence. */
function errorText(error: Error): string {
  const causes: string[] = [];
  for (let cause: unknown = error; cause !== undefined && causes.length < DEPTH_MAX;) {
    causes.push(cause instanceof Error ? shown(`${cause.name}: ${cause.message}`) : JSON.stringify(plain("", cause)));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes.join("; caused by ");
}

/** The value as what JSON can hold: bounded, without passwords, and whatever it is, no exception. */
function plain(key: string, value: unknown, depth = 0): unknown {
  if (SECRET_KEY.test(key)) return "***";
  try {
    return plainOf(value, depth);
  } catch {
    return "(unreadable)"; // A getter or an iterator that throws.
  }
}

function plainOf(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case "string":
      return shown(value);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    case "object":
      break;
    case "undefined":
      return null;
    default:
      return shown(String(value));
  }
  if (value === null) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (depth === DEPTH_MAX) return "…";
  if (value instanceof Error) return plainError(value, depth);
  if (value instanceof Map) return plainOf(Object.fromEntries(value), depth);
  if (Array.isArray(value) || value instanceof Set) {
    return bounded([...value].map((item) => plain("", item, depth + 1)), (left) => `… and ${left} more`);
  }
  const entries = Object.entries(value).map(([key, item]) => [shown(key), plain(key, item, depth + 1)] as const);
  return Object.fromEntries(bounded(entries, (left) => ["…", `and ${left} more`]));
}

function plainError(error: Error & { readonly code?: unknown }, depth: number): Record<string, unknown> {
  const { code, cause } = error;
  return {
    name: error.name,
    message: shown(error.message),
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    ...(cause === undefined ? {} : { cause: plain("", cause, depth + 1) }),
    ...(error instanceof AggregateError ? { errors: plain("", error.errors, depth + 1) } : {}),
  };
}

function bounded<T>(items: T[], rest: (left: number) => T): T[] {
  return items.length <= ITEMS_MAX ? items : [...items.slice(0, ITEMS_MAX), rest(items.length - ITEMS_MAX)];
}

/** Redacted before it is cut, so that no half of a URL stays behind unrecognised. */
function shown(text: string): string {
  const safe = redact(text);
  return safe.length <= TEXT_MAX ? safe : `${safe.slice(0, TEXT_MAX)}…`;
}
