/**
 * Examples in documents: command lines and what they print, in a block of text below the mark `<!-- example -->`.
 *
 *     <!-- example -->
 *
 *     ```text
 *     $ BATCHSIZE=many lms mon
 *     lms mon: Cannot use BATCHSIZE "many": ...
 *     ```
 *
 * A line `...` stands for any lines, three dots at a line's end for the rest of it, and every time for any other.
 *
 * @module
 */

/** A command line and what it prints, on stdout and then on stderr. */
export interface DocumentExample {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  /** After the program's name. */
  readonly args: readonly string[];
  /** Lines. */
  readonly shown: readonly string[];
}

/** Every example of a document that is marked as one, those of a block together. */
export function examplesIn(markdown: string): readonly (readonly DocumentExample[])[] {
  const blocks = markdown.matchAll(/^<!-- example -->\n\n```text\n([^]*?)^```$/gm);
  return [...blocks].map(([, text]) => text!.split(/^\$ /m).slice(1).map(exampleOf));
}

function exampleOf(text: string): DocumentExample {
  const [command, ...shown] = text.trimEnd().split("\n");
  const words = command!.split(" ");
  const at = words.indexOf("lms");
  if (at < 0) throw new Error(`Cannot run what is no command of lms: ${command}`);
  const env = Object.fromEntries(words.slice(0, at).map((word) => word.split("=", 2)));
  return { command: command!, env, args: words.slice(at + 1), shown };
}

/** What fits the lines that an example shows. */
export function patternOf(shown: readonly string[]): RegExp {
  const lines = shown.map((line) => {
    if (line === "...") return "(?:.*\\n)*?";
    const [, start, more] = /^(.*?)(\.\.\.)?$/.exec(line)!;
    const text = start!.split(TIME).map(RegExp.escape).join(TIME.source);
    return `${text}${more === undefined ? "" : ".*"}\\n`;
  });
  return new RegExp(`^${lines.join("")}$`);
}

/** A time in a log line or a table. */
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/;
