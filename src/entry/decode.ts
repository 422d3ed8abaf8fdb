/**
 * From a message's bytes to a log entry, or to the reason why there is none.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { failure, type Result, success } from "../ops/result.ts";
import { ATTRIBUTES_BYTES_MAX, attributesProblem, isEmpty } from "./attributes.ts";
import type { DeadLetterReason, LogEntry, MessageKey, Severity } from "./entry.ts";
import { SEVERITIES } from "./entry.ts";
import { excerpt } from "./excerpt.ts";
import { parseRfc3339 } from "./instant.ts";
import { detailOf, longerThan, MESSAGE_BYTES_MAX, PAYLOAD_BYTES_MAX, SERVICE_NAME_MAX } from "./limits.ts";

/** A message as Pub/Sub stores it. */
export interface Message extends MessageKey {
  readonly data: Uint8Array;
  /** Kept with the entry, which says nothing by them: everything that it says is in the data. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What can be wrong with a message itself; the remaining dead-letter reason is the store's to give. */
export type InvalidReason = Exclude<DeadLetterReason, "rejected_by_store">;

/** A message that is no entry: the reason labels a metric, the detail is for people. */
export interface Invalid {
  readonly reason: InvalidReason;
  readonly detail: string;
}

/** Bad input is data, not an exception. */
export type Decoded = Result<LogEntry, Invalid>;

/** Severities as nearly every service writes them, found without making a lower-case copy. */
const SEVERITY_BY_NAME: ReadonlyMap<string, Severity> = new Map<string, Severity>([
  ...SEVERITIES.map((severity): [string, Severity] => [severity, severity]),
  ...SEVERITIES.map((severity): [string, Severity] => [severity.toUpperCase(), severity]),
  ["warning", "warn"],
  ["WARNING", "warn"],
]);

const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const UTF8 = new TextEncoder();

/**
 * Decodes a message by the rules of the message format. Pure, and never throws.
 *
 * - Data of more than {@linkcode MESSAGE_BYTES_MAX} is `too_large`, whatever it is.
 * - The other rules apply in the order of the reasons, to all fields each: a message that misses one field and has
 *   another that is wrong is `missing_field`. `null` is a wrong value and not an absent one.
 * - A byte order mark is no JSON: RFC 8259 lets a reader ignore it, and forbids a sender to write it.
 * - Of a key that comes twice the last value counts, as `JSON.parse` has it. Unknown keys are ignored, `__proto__`
 *   among them.
 * - Trimming is `String.prototype.trim`: Unicode white space, line ends and U+FEFF. NUL and other controls stay.
 * - Attributes are kept as they are, an empty set as none; well-formed Unicode too, and at most
 *   {@linkcode ATTRIBUTES_BYTES_MAX} as JSON.
 * - The sizes of both texts, names over {@linkcode SERVICE_NAME_MAX} included, are `too_large`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decode } from "./decode.ts";
 *
 * const data = new TextEncoder().encode('{"service_name":" alpha ","payload":"up","severity":"Warning"}');
 * const key = { publishTime: "2026-01-02 03:04:05.000006", messageId: "7" };
 * assertEquals(decode({ ...key, data }), {
 *   ok: true,
 *   value: { ...key, serviceName: "alpha", payload: "up", severity: "warn", timestamp: key.publishTime },
 * });
 * ```
 */
export function decode(message: Message): Decoded {
  const { length } = message.data;
  if (length > MESSAGE_BYTES_MAX) {
    return invalid("too_large", `data: ${length} bytes, over ${MESSAGE_BYTES_MAX}, which are not looked into`);
  }
  const text = utf8Text(message.data);
  if (text === undefined) return invalid("not_utf8", "data is not valid UTF-8");

  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    return invalid("not_json", notJsonDetail(text, error));
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    return invalid("not_object", `data is ${described(fields)}, not an object`);
  }

  const { service_name, payload, severity, timestamp } = fields as Record<string, unknown>;
  if (service_name === undefined || payload === undefined || severity === undefined) {
    const missing = Object.entries({ service_name, payload, severity }).filter(([, value]) => value === undefined);
    return invalid("missing_field", `${missing.map(([name]) => name).join(", ")}: missing`);
  }

  if (!isText(service_name)) return badText("service_name", service_name);
  const serviceName = service_name.trim();
  if (serviceName === "") return invalid("bad_field", `service_name: blank: ${excerpt(service_name)}`);
  if (!isText(payload)) return badText("payload", payload);
  if (typeof severity !== "string") return badText("severity", severity);
  const rank = SEVERITY_BY_NAME.get(severity) ?? SEVERITY_BY_NAME.get(severity.toLowerCase());
  if (rank === undefined) {
    return invalid("bad_field", `severity: not one of ${SEVERITIES.join(", ")}: ${excerpt(severity)}`);
  }
  let instant = message.publishTime;
  if (timestamp !== undefined) {
    if (typeof timestamp !== "string") return badText("timestamp", timestamp);
    const parsed = parseRfc3339(timestamp);
    if (!parsed.ok) return invalid("bad_field", `timestamp: ${parsed.problem}: ${excerpt(timestamp)}`);
    instant = parsed.value;
  }

  if (longerThan(serviceName, SERVICE_NAME_MAX)) {
    return invalid("too_large", `service_name: over ${SERVICE_NAME_MAX} characters: ${excerpt(serviceName)}`);
  }
  // Every way to write a character in JSON takes at least its UTF-8 bytes, so that only larger messages need measuring.
  if (length > PAYLOAD_BYTES_MAX) {
    const bytes = UTF8.encode(payload).length;
    if (bytes > PAYLOAD_BYTES_MAX) {
      return invalid("too_large", `payload: ${bytes} bytes, over ${PAYLOAD_BYTES_MAX}: ${excerpt(payload)}`);
    }
  }
  const { publishTime, messageId, attributes } = message;
  if (attributes === undefined || isEmpty(attributes)) {
    return success({ publishTime, messageId, serviceName, payload, severity: rank, timestamp: instant });
  }
  const problem = attributesProblem(attributes);
  if (problem === "ill-formed") return invalid("bad_field", "attributes: have half a surrogate pair");
  if (problem !== undefined) {
    return invalid("too_large", `attributes: ${problem.bytes} bytes as JSON, over ${ATTRIBUTES_BYTES_MAX}`);
  }
  return success({ publishTime, messageId, serviceName, payload, severity: rank, timestamp: instant, attributes });
}

/**
 * The text that the bytes are, byte order mark included, or `undefined` where they are no UTF-8. The lenient
 * decoder of `Buffer` takes a fifth of the strict one's time, and writes U+FFFD for whatever is wrong: only a text
 * that has one, perhaps rightly, is read again strictly.
 */
function utf8Text(data: Uint8Array): string | undefined {
  const buffer = data instanceof Buffer ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const text = buffer.toString("utf8");
  if (!text.includes("\ufffd")) return text;
  try {
    return STRICT_UTF8.decode(data);
  } catch {
    return undefined;
  }
}

/** JSON's `\ud800` escapes can write half a surrogate pair, which is no Unicode text and would be stored as U+FFFD. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed();
}

function badText(field: string, value: unknown): Decoded {
  const problem = typeof value === "string" ? "has half a surrogate pair" : "not a string";
  return invalid("bad_field", `${field}: ${problem}: ${typeof value === "string" ? excerpt(value) : described(value)}`);
}

function notJsonDetail(text: string, error: unknown): string {
  if (text === "") return "data is empty";
  if (text.startsWith("\ufeff")) return "data begins with a byte order mark";
  return `data is not JSON: ${error instanceof SyntaxError ? error.message : "cannot be parsed"}`;
}

/** Says what a JSON value is: scalars by value, containers by kind, since they may be large. */
function described(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? `the string ${excerpt(value)}` : `the ${typeof value} ${value}`;
}

function invalid(reason: InvalidReason, detail: string): Decoded {
  // The parser's messages quote the text too.
  return failure({ reason, detail: detailOf(detail) });
}
