/**
 * Text as roff reads it back: manual pages in the macros of man(7).
 *
 * @module
 */

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

/** A line of a table in a description: a term, two blanks or more, a text. */
const ROW = /^ {0,2}(\S.*?) {2,}(\S.*)$/;
/** A line that goes on with the text of the row before. */
const GOES_ON = /^ {4,}(\S.*)$/;

/** Lines of a description, as help texts have them: paragraphs are filled, tables become terms and texts. */
export function described(lines: readonly string[]): string[] {
  const written: string[] = [];
  let inTable = false;
  let fresh = false;
  for (const line of lines) {
    if (line.trim() === "") {
      fresh = true;
      continue;
    }
    const [, term, text] = ROW.exec(line) ?? [];
    const [, more] = inTable ? GOES_ON.exec(line) ?? [] : [];
    if (more !== undefined) {
      written.push(roffLine(more));
    } else if (term !== undefined) {
      written.push(...definition(bold(term), text!));
      inTable = true;
    } else {
      if (written.length > 0 && (fresh || inTable)) written.push(".PP");
      written.push(roffLine(line));
      inTable = false;
    }
    fresh = false;
  }
  return written;
}
