/**
 * Messages that are wrong on purpose, in every way that the message format knows.
 *
 * @module
 */
import type { InvalidReason } from "../entry/decode.ts";
import { PAYLOAD_BYTES_MAX, SERVICE_NAME_MAX } from "../entry/limits.ts";
import type { Random } from "../ops/random.ts";

/** The fields of a message as they are written; a well-formed message to begin with. */
export interface WireFields {
  readonly service_name: string;
  readonly payload: string;
  readonly severity: string;
  readonly timestamp?: string;
  /** A field that the message format does not know. */
  readonly host?: string;
}

/** One way to spoil a message. */
interface Malformation {
  /** What is done, in a few words. */
  readonly kind: string;
  readonly spoil: (fields: WireFields) => Uint8Array<ArrayBuffer>;
}

const UTF8 = new TextEncoder();

/** JSON whose payload begins with these raw bytes. */
function withBytes(...bytes: number[]): Malformation["spoil"] {
  return (fields) => {
    const text = JSON.stringify(fields);
    const at = text.indexOf('"payload":"') + '"payload":"'.length;
    return joined(UTF8.encode(text.slice(0, at)), new Uint8Array(bytes), UTF8.encode(text.slice(at)));
  };
}

/** JSON of something that is made from the fields. */
function withJson(change: (fields: WireFields) => unknown): Malformation["spoil"] {
  return (fields) => UTF8.encode(JSON.stringify(change(fields)));
}

/** A text that is no JSON. */
function withText(change: (json: string, fields: WireFields) => string): Malformation["spoil"] {
  return (fields) => UTF8.encode(change(JSON.stringify(fields), fields));
}

/** One field has a wrong value; `undefined` leaves it out. */
function withField(name: keyof WireFields, value: unknown): Malformation["spoil"] {
  return withJson((fields) => ({ ...fields, [name]: value }));
}

/** Every malformation by the reason that the decoder gives for it. */
export const MALFORMATIONS: Readonly<Record<InvalidReason, readonly Malformation[]>> = {
  not_utf8: [
    { kind: "a byte that UTF-8 never has", spoil: withBytes(0xff) },
    { kind: "an e with acute in Latin-1", spoil: withBytes(0xe9, 0x20) },
    { kind: "a character cut after its first byte", spoil: withBytes(0xf0, 0x9f) },
    { kind: "a slash written in two bytes", spoil: withBytes(0xc0, 0xaf) },
    { kind: "half a surrogate pair in three bytes", spoil: withBytes(0xed, 0xa0, 0x80) },
    { kind: "UTF-16 with a byte order mark", spoil: (fields) => utf16(JSON.stringify(fields)) },
  ],
  not_json: [
    { kind: "nothing at all", spoil: () => new Uint8Array() },
    { kind: "a plain line", spoil: withText((_, fields) => `${fields.severity}: ${fields.payload}`) },
    { kind: "JSON without its end", spoil: withText((json) => json.slice(0, -1)) },
    { kind: "a byte order mark before the JSON", spoil: withText((json) => `\ufeff${json}`) },
    { kind: "a comma after the last field", spoil: withText((json) => `${json.slice(0, -1)},}`) },
    { kind: "two objects", spoil: withText((json) => `${json}\n${json}`) },
    { kind: "a number that JSON lacks", spoil: withText((json) => `${json.slice(0, -1)},"load":NaN}`) },
  ],
  not_object: [
    { kind: "an array", spoil: withJson((fields) => [fields]) },
    { kind: "a string", spoil: withJson((fields) => fields.payload) },
    { kind: "a number", spoil: withJson(() => 42) },
    { kind: "true", spoil: withJson(() => true) },
    { kind: "null", spoil: withJson(() => null) },
  ],
  missing_field: [
    { kind: "no service_name", spoil: withField("service_name", undefined) },
    { kind: "no payload", spoil: withField("payload", undefined) },
    { kind: "no severity", spoil: withField("severity", undefined) },
    { kind: "none of them", spoil: withJson(() => ({})) },
  ],
  bad_field: [
    { kind: "a blank service_name", spoil: withField("service_name", " \t\u00a0") },
    { kind: "a number as service_name", spoil: withField("service_name", 7) },
    { kind: "half a surrogate pair in service_name", spoil: withField("service_name", "al\udc00pha") },
    { kind: "null as payload", spoil: withField("payload", null) },
    { kind: "an object as payload", spoil: withJson((fields) => ({ ...fields, payload: { text: fields.payload } })) },
    { kind: "half a surrogate pair in payload", spoil: withJson((f) => ({ ...f, payload: `${f.payload}\ud83d` })) },
    { kind: "a severity that does not exist", spoil: withField("severity", "critical") },
    { kind: "an empty severity", spoil: withField("severity", "") },
    { kind: "a number as severity", spoil: withField("severity", 3) },
    { kind: "seconds since 1970 as timestamp", spoil: withField("timestamp", 1_767_322_445) },
    { kind: "null as timestamp", spoil: withField("timestamp", null) },
    { kind: "a word as timestamp", spoil: withField("timestamp", "yesterday") },
    { kind: "a timestamp without an offset", spoil: withField("timestamp", "2026-01-02T03:04:05") },
    { kind: "a day that does not exist", spoil: withField("timestamp", "2026-02-29T00:00:00Z") },
    { kind: "a leap second", spoil: withField("timestamp", "2016-12-31T23:59:60Z") },
    { kind: "a year before 1000", spoil: withField("timestamp", "1000-01-01T00:00:00+00:01") },
    { kind: "an offset of a day", spoil: withField("timestamp", "2026-01-02T03:04:05+24:00") },
  ],
  too_large: [
    { kind: "a payload one byte too long", spoil: withField("payload", "x".repeat(PAYLOAD_BYTES_MAX + 1)) },
    {
      kind: "a payload too long in bytes alone",
      spoil: withField("payload", "→".repeat(Math.floor(PAYLOAD_BYTES_MAX / 3)) + "é"),
    },
    {
      kind: "a service_name one character too long",
      spoil: withField("service_name", "🚀".repeat(SERVICE_NAME_MAX + 1)),
    },
  ],
};

const REASONS = Object.keys(MALFORMATIONS) as InvalidReason[];

/** Spoils a well-formed message: each reason as often as any other, and each of its kinds. */
export function malformed(
  fields: WireFields,
  random: Random,
): { readonly reason: InvalidReason; readonly data: Uint8Array<ArrayBuffer> } {
  const reason = random.pick(REASONS);
  return { reason, data: random.pick(MALFORMATIONS[reason]).spoil(fields) };
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function utf16(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new DataView(new ArrayBuffer(2 + text.length * 2));
  bytes.setUint16(0, 0xfeff, true);
  for (let unit = 0; unit < text.length; unit++) bytes.setUint16(2 + unit * 2, text.charCodeAt(unit), true);
  return new Uint8Array(bytes.buffer);
}
