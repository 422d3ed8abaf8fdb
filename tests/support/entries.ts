/**
 * Entries and messages for tests: builders with defaults, and fast-check arbitraries.
 *
 * @module
 */
import fc from "fast-check";
import type { Message } from "../../src/entry/decode.ts";
import type { InvalidReason } from "../../src/entry/decode.ts";
import type { EntryFields } from "../../src/entry/encode.ts";
import { type Instant, type LogEntry, type MessageKey, SEVERITIES } from "../../src/entry/entry.ts";
import { SERVICE_NAME_MAX } from "../../src/entry/limits.ts";
import { MALFORMATIONS } from "../../src/sim/malformed.ts";

const UTF8 = new TextEncoder();

/** A publish time of the second that {@linkcode message} and {@linkcode entry} default to. */
export const PUBLISH_TIME: Instant = "2026-01-02 03:04:05.000006";

/** The identity of message number `n`: keys of greater numbers sort later, up to a million. */
export function key(n: number): MessageKey {
  return { publishTime: `2026-01-02 03:04:05.${String(n).padStart(6, "0")}`, messageId: String(1_000_000 + n) };
}

/** A log entry; what is not given is plain. */
export function entry(fields: Partial<LogEntry> = {}): LogEntry {
  const publishTime = fields.publishTime ?? PUBLISH_TIME;
  return {
    publishTime,
    messageId: "1",
    serviceName: "alpha",
    payload: "started",
    severity: "info",
    timestamp: publishTime,
    ...fields,
  };
}

/** A message with this data: bytes as they are, a text in UTF-8, anything else as JSON. */
export function message(data: unknown, fields: Partial<Message> = {}): Message {
  const bytes = data instanceof Uint8Array ? data : UTF8.encode(typeof data === "string" ? data : JSON.stringify(data));
  return { publishTime: PUBLISH_TIME, messageId: "1", attributes: {}, ...fields, data: bytes };
}

/** Instants of the years 1000 to 9999, with microseconds. */
export function instants(): fc.Arbitrary<Instant> {
  return fc.tuple(
    fc.date({ min: new Date("1000-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999 }),
  ).map(([date, micros]) => `${date.toISOString().slice(0, -1).replace("T", " ")}${String(micros).padStart(3, "0")}`);
}

/** Well-formed text of any characters: controls, quotes, white space and characters beyond the basic plane included. */
export function texts(options: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ unit: "binary", ...options });
}

/** Service names as they are stored: trimmed, 1 to 100 code points. */
export function serviceNames(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom("alpha", "bravo", "Alpha", "__proto__", "constructor", "ünïcode-🚀"),
    texts({ maxLength: SERVICE_NAME_MAX }).map((text) => text.trim()).filter((text) => text !== ""),
  );
}

/** What a service says about an entry, within the message format. */
export function entryFields(): fc.Arbitrary<EntryFields> {
  return fc.record({
    serviceName: serviceNames(),
    payload: fc.oneof(fc.constantFrom("", "\0", '"', "\r\n"), texts()),
    severity: fc.constantFrom(...SEVERITIES),
    timestamp: instants(),
  }, { requiredKeys: ["serviceName", "payload", "severity"] });
}

/** Identities as servers give them: several in one microsecond, and equal ids at other times. */
export function keys(): fc.Arbitrary<MessageKey> {
  return fc.record({
    publishTime: fc.oneof(fc.constant(PUBLISH_TIME), instants()),
    messageId: fc.oneof(fc.integer({ min: 1, max: 9 }).map(String), fc.stringMatching(/^[0-9]{10,17}$/)),
  });
}

/** Attributes as a message may have them, at least one. */
export function attributes(): fc.Arbitrary<Record<string, string>> {
  const names = fc.oneof(fc.constantFrom("trace", "googclient_x", "Ünï", "1", "0"), texts({ maxLength: 8 }));
  return fc.uniqueArray(fc.tuple(names, texts({ maxLength: 12 })), {
    minLength: 1,
    maxLength: 4,
    selector: ([name]) => name,
  }).map((pairs) => Object.fromEntries(pairs));
}

/** Whole entries. */
export function entries(): fc.Arbitrary<LogEntry> {
  return fc.tuple(keys(), entryFields(), fc.option(attributes())).map(([identity, fields, attributes]) => ({
    timestamp: identity.publishTime,
    ...identity,
    ...fields,
    ...attributes === null ? {} : { attributes },
  }));
}

/** Messages that are wrong in a known way, with the reason that decoding them gives. */
export function malformedMessages(): fc.Arbitrary<{ readonly message: Message; readonly reason: InvalidReason }> {
  const kinds = Object.entries(MALFORMATIONS).flatMap(([reason, list]) =>
    list.map(({ spoil }) => ({ reason: reason as InvalidReason, spoil }))
  );
  return fc.tuple(keys(), entryFields(), fc.constantFrom(...kinds)).map(([identity, fields, { reason, spoil }]) => {
    const { serviceName, payload, severity } = fields;
    return { message: message(spoil({ service_name: serviceName, payload, severity }), identity), reason };
  });
}
