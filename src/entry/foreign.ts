/**
 * What data looks like that is no log entry: most floods of it are one other format that was sent to the topic whole.
 *
 * @module
 */

/** Larger data is not looked into: a flood has smaller messages too, and parsing them all costs time. */
const BYTES_MAX = 16 * 1024;

/** Formats by the fields that only they have. */
const BY_FIELDS: readonly (readonly [name: string, fields: readonly string[]])[] = [
  ["a Cloud Logging LogEntry", ["logName", "resource"]],
  ["a Cloud Logging LogEntry", ["logName", "insertId"]],
  ["a CloudEvent", ["specversion", "type", "source"]],
  ["OpenTelemetry logs (OTLP)", ["resourceLogs"]],
  ["a Pub/Sub push request", ["message", "subscription"]],
  ["an event of Logstash or Elastic", ["@timestamp"]],
];

/** A phrase that names the format, `undefined` where it is none that is known here. */
export function looksLike(data: Uint8Array): string | undefined {
  if (data[0] === 0x1f && data[1] === 0x8b) return "data compressed with gzip";
  if (data.length > BYTES_MAX) return undefined;
  const text = new TextDecoder().decode(data);
  if (text.startsWith("eyJ")) return "JSON in base64";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (Array.isArray(value)) return "several entries in one message";
  if (typeof value !== "object" || value === null) return undefined;
  const object = value;
  return BY_FIELDS.find(([, fields]) => fields.every((field) => Object.hasOwn(object, field)))?.[0];
}
