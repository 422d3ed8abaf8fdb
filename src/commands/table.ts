/**
 * Tables and texts for people, on a terminal.
 *
 * @module
 */

/** Rows with aligned columns; a column of numbers is aligned at its end. The first row is the heading. */
export function alignedRows(rows: readonly (readonly (string | number)[])[]): string[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from(
    { length: columns },
    (_, column) => Math.max(...rows.map((row) => String(row[column] ?? "").length)),
  );
  const numeric = widths.map((_, column) => rows.slice(1).every((row) => typeof row[column] === "number"));
  return rows.map((row) =>
    row.map((cell, column) => {
      const [text, width] = [String(cell), widths[column]!];
      return numeric[column] ? text.padStart(width) : text.padEnd(width);
    }).join("  ").trimEnd()
  );
}

/** Controls, format characters and line separators: what could leave the line, or turn the writing round. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A text as one line that cannot do anything to a terminal. */
export function printable(text: string): string {
  return text.toWellFormed().replace(UNSAFE, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}
