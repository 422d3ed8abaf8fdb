/**
 * The attributes of a message, as they are kept with its entry.
 *
 * @module
 */

/** Names and values, as published. */
export type Attributes = Readonly<Record<string, string>>;

/** The most bytes of an entry's attributes, as one JSON object in UTF-8. */
export const ATTRIBUTES_BYTES_MAX = 64 * 1024;

/** A UTF-16 unit takes at most six bytes in JSON: `\u0001`. */
const JSON_BYTES_PER_UNIT_MAX = 6;
/** Two pairs of quotes, a colon and a comma. */
const JSON_BYTES_AROUND = 6;

const UTF8 = new TextEncoder();

/** One JSON object, its keys sorted: the same attributes are the same text. */
export function attributesText(attributes: Attributes): string {
  const names = Object.keys(attributes).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(attributes[name])}`).join(",")}}`;
}

/** Why these attributes cannot be kept with an entry; `undefined` where they can. */
export function attributesProblem(attributes: Attributes): "ill-formed" | { readonly bytes: number } | undefined {
  let bytesMax = 2;
  for (const name in attributes) {
    const value = attributes[name]!;
    if (!name.isWellFormed() || !value.isWellFormed()) return "ill-formed";
    bytesMax += JSON_BYTES_AROUND + JSON_BYTES_PER_UNIT_MAX * (name.length + value.length);
  }
  // Nearly all are so few that nothing has to be written to know it.
  if (bytesMax <= ATTRIBUTES_BYTES_MAX) return undefined;
  const bytes = UTF8.encode(attributesText(attributes)).length;
  return bytes <= ATTRIBUTES_BYTES_MAX ? undefined : { bytes };
}

/** Whether there is none. */
export function isEmpty(attributes: Attributes): boolean {
  for (const _ in attributes) return false;
  return true;
}
