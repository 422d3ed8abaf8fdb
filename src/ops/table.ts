/**
 * Tables for people.
 *
 * @module
 */
import { coloured } from "./colour.ts";
import { oneLine } from "./safe_text.ts";
import { cutTo, displayWidth, padded } from "./width.ts";

/** What shows a table. */
export interface TableOptions {
  /** Cells in a row of the terminal; absent where it is none, and nothing is left out. */
  readonly columns?: number | undefined;
  /** Whether columns of severities are coloured by them. */
  readonly colour?: boolean;
}

/**
 * Rows with aligned columns; a column of numbers is aligned at its end. The first row is the heading. Each is a line that
 * is safe to show, whatever its cells hold. Where they are too wide columns are left out, the last one first, which a
 * last line says.
 */
export function alignedRows(
  given: readonly (readonly (string | number)[])[],
  { columns, colour = false }: TableOptions = {},
): string[] {
  const rows = given.map((row) => row.map((cell) => typeof cell === "string" ? oneLine(cell) : cell));
  const heading = rows[0] ?? [];
  const widths = heading.map((_, column) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(String(row[column] ?? ""))), 0)
  );
  const numeric = widths.map((_, column) => rows.slice(1).every((row) => typeof row[column] === "number"));
  const shown = columns === undefined ? widths.length : fitting(widths, columns);
  if (columns !== undefined && widths[0]! > columns) widths[0] = columns;
  const lines = rows.map((row) =>
    row.slice(0, shown).map((cell, column) => {
      const [text, width] = [cutTo(String(cell), widths[column]!), widths[column]!];
      const isLast = column === shown - 1;
      const filled = numeric[column] ? padded(text, width, "start") : isLast ? text : padded(text, width, "end");
      const severity = heading[column] === "severity" ? String(cell) : cell === 0 ? "" : String(heading[column]);
      return colour ? coloured(filled, severity) : filled;
    }).join("  ").trimEnd()
  );
  if (shown === widths.length) return lines;
  return [...lines, cutTo(`(too wide for this terminal: ${heading.slice(shown).join(", ")})`, columns!)];
}

/** How many columns fit, at least one. */
function fitting(widths: readonly number[], columns: number): number {
  let taken = 0;
  for (const [column, width] of widths.entries()) {
    taken += (column === 0 ? 0 : 2) + width;
    if (taken > columns && column > 0) return column;
  }
  return widths.length;
}
