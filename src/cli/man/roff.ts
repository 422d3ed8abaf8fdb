/**
 * Text as roff reads it back: manual pages in the macros of man(7).
 *
 * @module
 */
import { blocksOf } from "../description.ts";

/** What roff, or a copy of what it prints, would read as something else. */
const NAMES: Readonly<Record<string, string>> = {
  "\\": "\\(rs",
  // Else a hyphen or a minus of typography, which no shell takes.
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  '"': "\\(dq",
};

/** A text for within a line: with no meaning to roff but itself. */
export function roffEscaped(text: string): string {
  return text.replaceAll(/[\\\-'`^~"]/g, (character) => NAMES[character]!)
    .replaceAll(
      /[^\x20-\x7e]/gu,
      (character) => `\\[u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}

/** A line of text; one that begins with a dot is no request. */
export function roffLine(text: string): string {
  const escaped = roffEscaped(text.trimEnd());
  return escaped.startsWith(".") ? `\\&${escaped}` : escaped;
}

/** A text in bold, and what follows it in the plain font. */
export function bold(text: string, plain = ""): string {
  return `\\fB${roffEscaped(text)}\\fR${roffEscaped(plain)}`;
}

/** A request with its arguments, which are escaped already. */
export function request(name: string, ...args: readonly string[]): string {
  return [`.${name}`, ...args.map((arg) => `"${arg}"`)].join(" ");
}

/** A term and what it means. @param term Escaped already. */
export function definition(term: string, text: string): string[] {
  return [".TP", term, roffLine(text)];
}

/** Lines of a description: paragraphs are filled, tables become terms and texts. */
export function described(lines: readonly string[]): string[] {
  return blocksOf(lines).flatMap((block, at) =>
    block.kind === "table"
      ? block.rows.flatMap(([term, text]) => definition(bold(term), text))
      : [...(at === 0 ? [] : [".PP"]), roffLine(block.text)]
  );
}
