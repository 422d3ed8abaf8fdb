/**
 * Where in a query a mistake is, for a person to see.
 *
 * @module
 */
import { oneLine } from "../ops/safe_text.ts";
import { cutTo, displayWidth } from "../ops/width.ts";
import type { Mistake } from "./query.ts";

/** Cells before each line. */
const INDENT = 2;
/** Of the query before the mistake, where there is no room for all of it; and of the mistake itself. In cells. */
const BEFORE_MAX = 24;

/**
 * The query with a mistake underlined, and what is wrong: lines that are safe to show.
 *
 * @param columns Cells in a line, at least 40.
 */
export function mistakeLines(query: string, mistake: Mistake, columns = 80): string[] {
  const { at, length, problem, remedy } = mistake;
  const room = Math.max(columns, 40) - INDENT;
  const [whole, wrong] = [oneLine(query.slice(0, at)), oneLine(query.slice(at, at + length))];
  const fits = displayWidth(oneLine(query)) <= room;
  const before = fits ? whole : endOf(whole, BEFORE_MAX);
  const text = cutTo(before + wrong + oneLine(query.slice(at + length)), room);
  const width = Math.max(1, Math.min(displayWidth(wrong), room - displayWidth(before)));
  const indent = " ".repeat(INDENT);
  return [
    `${indent}${text}`,
    `${indent}${" ".repeat(displayWidth(before))}${"^".repeat(width)}`,
    oneLine(`${indent}${problem}; ${remedy}`),
  ];
}

/** The text, or as much of its end as takes so many cells, with `…` for the rest. */
function endOf(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const characters = Array.from(text).slice(-width);
  while (displayWidth(characters.join("")) > width - 1) characters.shift();
  return `…${characters.join("")}`;
}
