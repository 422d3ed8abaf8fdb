/**
 * What letters are the same letter: the one folding of searching.
 *
 * @module
 */

/**
 * Folds a text, so that words that differ in nothing a person would type compare as equal strings:
 *
 * - compatibility decomposition (NFKD): `é` in either form is `e` and its mark; `Ａ` is `a`, `ﬁ` is `fi`, `²` is `2`;
 * - letter case, whatever upper and lower case make of each other: `ß` and `ẞ` are `ss`, `ſ` is `s`, each sigma is `σ`;
 * - `İ`, `I`, `ı` and `i` are one letter: there is no locale by which to tell them apart.
 *
 * Marks stay: `é` is not `e`, `й` is not `и`, `が` is not `か`. Of text that is ASCII only the letter case changes.
 * Nothing depends on the machine's locale, and folding again changes nothing. What Unicode has assigned folds alike in
 * every later version; a letter that an engine does not know yet is no letter there.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fold } from "./fold.ts";
 *
 * assertEquals(fold("STRASSE"), fold("straße"));
 * assertEquals(fold("caf\u00e9"), fold("CAFE\u0301"));
 * ```
 */
export function fold(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text
    .normalize("NFKD")
    // What is decomposed stays so in either case. Down first: the upper case of `ẞ` is itself, and that of `ß` is `SS`.
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    // The lower case of a sigma depends on what stands around it.
    .replaceAll("\u03c2", "\u03c3")
    .replaceAll(DOTTED_I, "i");
}

/** The dot that `İ` has above it in lower case. */
const DOTTED_I = /i\u0307+/g;

// deno-lint-ignore no-control-regex -- all of ASCII is meant
const NOT_ASCII = /[^\x00-\x7f]/;

function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text);
}
