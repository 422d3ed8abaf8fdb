/**
 * Texts as SQLite gives them.
 *
 * @module
 */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The text of a column that is read `CAST(... AS BLOB)`, as each is that may hold NUL: the runtime ends a text value at
 * its first NUL.
 */
export function textOf(value: unknown): string {
  return decoder.decode(value as Uint8Array);
}
