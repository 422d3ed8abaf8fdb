/**
 * How many cells of a terminal a text takes: two for a character of Chinese or an emoji, none for one that combines.
 *
 * @module
 */
import stringWidth from "string-width";

const GRAPHEMES = new Intl.Segmenter();

/** The cells that a text takes, which is safe to show and has no colours. */
export function displayWidth(text: string): number {
  // The library takes texts apart to graphemes, which most need not.
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

/** The text, filled up with blanks at its start or its end to at least so many cells. */
export function padded(text: string, width: number, side: "start" | "end"): string {
  const blanks = " ".repeat(Math.max(0, width - displayWidth(text)));
  return side === "start" ? blanks + text : text + blanks;
}

/** The text, or as much of its beginning as takes so many cells, with `…` for the rest. */
export function cutTo(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let [kept, cells] = ["", 0];
  // A cell is at most a few hundred characters, of a cluster that combines without end.
  for (const { segment } of GRAPHEMES.segment(text)) {
    cells += displayWidth(segment);
    if (cells > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
