/**
 * Decodes a dead letter once more, perhaps with fields that an operator sets.
 *
 * @module
 */
import { failure } from "../ops/result.ts";
import { decode, type Decoded } from "./decode.ts";
import type { DeadLetter } from "./entry.ts";
import { MESSAGE_BYTES_MAX } from "./limits.ts";

/** Fields to set, in their order; the last of a name counts. */
export type Overrides = readonly (readonly [field: string, value: string])[];

/** Stands for the message's data, as text. */
const DATA = "@data";

const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * What a dead letter decodes to now. Overrides replace fields of the JSON object that its data is; where it is none, or
 * too large to be looked into, they are the whole object.
 */
export function redecode(letter: DeadLetter, overrides: Overrides): Decoded {
  const { publishTime, messageId, data, attributes } = letter;
  if (overrides.length === 0) return decode({ publishTime, messageId, data, attributes });
  const text = textOf(data);
  const fields = text === undefined || data.length > MESSAGE_BYTES_MAX ? {} : objectOf(text);
  for (const [field, value] of overrides) {
    if (value !== DATA) fields[field] = value;
    else if (text === undefined) return failure({ reason: "not_utf8", detail: `${field}: data is no text` });
    else fields[field] = text;
  }
  return decode({ publishTime, messageId, attributes, data: new TextEncoder().encode(JSON.stringify(fields)) });
}

/** Data as text; `undefined` where it is none. */
export function textOf(data: Uint8Array): string | undefined {
  try {
    return STRICT_UTF8.decode(data);
  } catch {
    return undefined;
  }
}

/** The JSON object that a text is, else an empty one. */
export function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // No JSON: the overrides are all there is.
  }
  return {};
}
