/**
 * The number by which the word index knows a word. It is stored, so that it must never change: the tests have vectors.
 *
 * One hash of 32 bits says everything: filters of few words hold the hashes themselves, and are merged by them. Against
 * what a filter's bits mistake on purpose (up to 1 in 220), two words that share one hash are rare: a word meets one of
 * a batch's 65,536 once in 65,536 batches.
 *
 * @module
 */

/** The state before the first code unit: FNV-1a's offset. */
export const START = 0x811c9dc5 | 0;

/** The state after one more UTF-16 code unit of a folded word: FNV-1a, 32 bits. */
export function step(state: number, code: number): number {
  return Math.imul(state ^ code, 0x01000193);
}

/** The hash from the last state: 32 bits without a sign, each of which depends on all of the word, and never 0. */
export function finished(state: number): number {
  return mix(state) || 1;
}

/** Spreads 32 bits over 32 bits, one to one (MurmurHash3's finalizer). */
export function mix(bits: number): number {
  let h = bits ^ (bits >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The hash of a word. @param word Folded. */
export function wordHash(word: string): number {
  return finished(steps(START, word));
}

/**
 * The hash of an attribute, which is indexed as one word: `=` between name and value is in no word of a text.
 *
 * @param name Folded.
 * @param value Folded.
 */
export function attributeHash(name: string, value: string): number {
  return finished(steps(step(steps(START, name), EQUALS), value));
}

const EQUALS = 0x3d;

function steps(state: number, text: string): number {
  for (let at = 0; at < text.length; at++) state = step(state, text.charCodeAt(at));
  return state;
}
