/**
 * From a log entry to the bytes that a service publishes.
 *
 * @module
 */
import type { LogEntry } from "./entry.ts";
import { rfc3339Of } from "./instant.ts";

/** What a service says about an entry; the rest of it is Pub/Sub's. */
export type EntryFields =
  & Pick<LogEntry, "serviceName" | "payload" | "severity">
  & Partial<Pick<LogEntry, "timestamp">>;

const UTF8 = new TextEncoder();

/**
 * Writes the message of an entry: JSON in UTF-8. Of fields that follow the message format, `decode` makes the same
 * entry again; others are written as they are, and it is for `decode` to refuse them.
 *
 * @param fields Without a `timestamp` the message has none, and the publish time counts.
 */
export function encode(fields: EntryFields): Uint8Array<ArrayBuffer> {
  const { serviceName, payload, severity, timestamp } = fields;
  return UTF8.encode(JSON.stringify({
    service_name: serviceName,
    payload,
    severity,
    timestamp: timestamp === undefined ? undefined : rfc3339Of(timestamp),
  }));
}
