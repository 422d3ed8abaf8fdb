/**
 * Text from outside, so that it can be read and does nothing: to the page's order, height or direction.
 *
 * @module
 */

/** Controls, marks of direction, and what has no width: shown by a sign instead. */
const UNSEEN = new RegExp(
  "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff" +
    "\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}]",
  "gu",
);
/** More marks on one letter than any script writes. */
const MARKS = /(\p{M}{4})\p{M}+/gu;
const LONE = /\p{Cs}/gu;

/** A part of a text: as it is, or a sign for what cannot be seen. */
export interface Piece {
  readonly text: string;
  /** What the sign stands for. */
  readonly unseen?: string;
}

/** A text in pieces; tabs and line ends stay. */
export function pieces(text: string): Piece[] {
  const calm = text.replaceAll(MARKS, "$1…").replaceAll(LONE, "\ufffd");
  const all: Piece[] = [];
  let at = 0;
  for (const { 0: found, index } of calm.matchAll(UNSEEN)) {
    if (index > at) all.push({ text: calm.slice(at, index) });
    all.push({ text: signOf(found), unseen: codeOf(found) });
    at = index + found.length;
  }
  if (at < calm.length) all.push({ text: calm.slice(at) });
  return all;
}

/** The same as one text, for titles and names. */
export function visible(text: string): string {
  return pieces(text).map((piece) => piece.text).join("");
}

/** As one line of at most so many UTF-16 units. */
export function oneLine(text: string, most: number): string {
  const cut = text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…` : text;
  return cut.replaceAll(/\r\n|\n/g, " ⏎ ").replaceAll("\t", " ");
}

/** Unicode's own pictures of controls; of others the number. */
function signOf(char: string): string {
  const code = char.codePointAt(0)!;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? "␡" : `‹${codeOf(char).slice(2)}›`;
}

function codeOf(char: string): string {
  return `U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
