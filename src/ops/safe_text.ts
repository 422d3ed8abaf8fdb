/**
 * Text that came from outside, made safe to show: the one definition of what may reach a terminal, a log or a reader.
 *
 * @module
 */

/**
 * What could leave its line, begin a terminal's sequence, or make text read otherwise than it is stored: C0, DEL and C1
 * controls, line and paragraph separators, the marks that turn the direction of writing, annotations that hide, the
 * byte order mark, and halves of surrogate pairs. What joins or varies characters, as in emoji, is harmless.
 */
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The text as one line, with escapes like those of JSON, which within JSON change no meaning. */
export function oneLine(text: string): string {
  return text.replace(UNSAFE, (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same for a text of several lines that are meant. */
export function safeLines(text: string): string {
  return text.split("\n").map(oneLine).join("\n");
}

/** A value as JSON in one line that is safe to show, and is read back as exactly that value. */
export function safeJson(value: unknown): string {
  return oneLine(JSON.stringify(value));
}
