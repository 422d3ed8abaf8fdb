/**
 * Text in lines of a width.
 *
 * @module
 */
import { displayWidth, padded } from "./width.ts";

/** The text in lines of at most so many cells, broken at blanks; a word that is longer is a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || displayWidth(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** Less than this beside a term is hard to read: then the text goes below it. In cells. */
const TEXT_WIDTH_MIN = 36;

/**
 * Terms with their texts beside them, or below where there is no room.
 *
 * @param options.termWidth Cells of the longest term, over all lists that are to stand alike.
 */
export function definitions(
  list: readonly (readonly [term: string, text: string])[],
  { width, termWidth = Math.max(...list.map(([term]) => displayWidth(term))) }: {
    readonly width: number;
    readonly termWidth?: number;
  },
): string[] {
  const room = width - termWidth - 4;
  return list.flatMap(([term, text]) => {
    if (room < TEXT_WIDTH_MIN) return [`  ${term}`, ...wrapped(text, width - 6).map((line) => `      ${line}`)];
    const [first, ...rest] = wrapped(text, room);
    return [
      `  ${padded(term, termWidth, "end")}  ${first}`,
      ...rest.map((line) => `${" ".repeat(termWidth + 4)}${line}`),
    ];
  });
}
