/**
 * Tables for people.
 *
 * @module
 */
import { oneLine } from "../ops/safe_text.ts";

/**
 * Rows with aligned columns; a column of numbers is aligned at its end. The first row is the heading. Each is a line that
 * is safe to show, whatever its cells hold.
 */
export function alignedRows(given: readonly (readonly (string | number)[])[]): string[] {
  const rows = given.map((row) => row.map((cell) => typeof cell === "string" ? oneLine(cell) : cell));
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from(
    { length: columns },
    (_, column) => rows.reduce((width, row) => Math.max(width, String(row[column] ?? "").length), 0),
  );
  const numeric = widths.map((_, column) => rows.slice(1).every((row) => typeof row[column] === "number"));
  return rows.map((row) =>
    row.map((cell, column) => {
      const [text, width] = [String(cell), widths[column]!];
      return numeric[column] ? text.padStart(width) : text.padEnd(width);
    }).join("  ").trimEnd()
  );
}
