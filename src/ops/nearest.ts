/**
 * "Did you mean": the known word nearest to a mistyped one.
 *
 * @module
 */
import { distance } from "fastest-levenshtein";

/**
 * Tells that a word is none of the known ones, in a line.
 *
 * @param kind What it was to be: `command`, `flag`.
 */
export function unknownWord(kind: string, given: string, known: readonly string[]): string {
  const close = nearest(given, known);
  const all = known.join(", ");
  return `Unknown ${kind} "${given}"; ${
    close === undefined ? `known: ${all}` : `did you mean ${close}? Known: ${all}`
  }`;
}

/**
 * The known word that takes the fewest edits to reach.
 *
 * @returns `undefined` when none is close: more than two edits away, and more than a third of the word's length.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let edits = Infinity;
  for (const candidate of known) {
    const needed = distance(word.toLowerCase(), candidate.toLowerCase());
    if (needed < edits) [best, edits] = [candidate, needed];
  }
  return edits <= Math.max(2, word.length / 3) ? best : undefined;
}
