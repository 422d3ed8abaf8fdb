/**
 * The descriptions of commands: paragraphs, and tables of terms with their meanings, as a catalogue has them in lines.
 *
 * @module
 */

/** A part of a description. */
export type Block =
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "table"; readonly rows: readonly (readonly [term: string, text: string])[] };

/** A line of a table: a term, two blanks or more, a text. */
const ROW = /^ {0,2}(\S.*?) {2,}(\S.*)$/;
/** A line that goes on with the text of the row before. */
const GOES_ON = /^ {4,}(\S.*)$/;

/** Takes lines apart: those that follow each other are a paragraph or a table, and an empty one ends either. */
export function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: ({ kind: "paragraph"; text: string } | { kind: "table"; rows: [string, string][] })[] = [];
  let fresh = true;
  for (const line of lines) {
    if (line.trim() === "") {
      fresh = true;
      continue;
    }
    const last = fresh ? undefined : blocks.at(-1);
    fresh = false;
    const [, term, text] = ROW.exec(line) ?? [];
    const [, more] = last?.kind === "table" ? GOES_ON.exec(line) ?? [] : [];
    if (more !== undefined && last?.kind === "table") last.rows.at(-1)![1] += ` ${more}`;
    else if (term === undefined) {
      if (last?.kind === "paragraph") last.text += ` ${line.trim()}`;
      else blocks.push({ kind: "paragraph", text: line.trim() });
    } else if (last?.kind === "table") last.rows.push([term, text!]);
    else blocks.push({ kind: "table", rows: [[term, text!]] });
  }
  return blocks;
}
