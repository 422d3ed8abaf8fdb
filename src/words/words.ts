/**
 * What a word is: one definition for what is indexed, what is looked for, and what matches in the end.
 *
 * @module
 */
import { fold } from "./fold.ts";
import { finished, START, step } from "./word_hash.ts";

/**
 * The words of a text in order, folded. A word is a run of letters, digits and `_`, with the marks that follow them; a
 * mark on its own, and all else, only separates. Words have no longest: a run as long as the text is one word.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { wordsOf } from "./words.ts";
 *
 * assertEquals(wordsOf("GET /users/42: TIMEOUT (user_id=7)"), ["get", "users", "42", "timeout", "user_id", "7"]);
 * ```
 */
export function wordsOf(text: string): string[] {
  return wordsOfFolded(fold(text));
}

/** The same of a text that is folded already, which saves a reader that needs both the second folding. */
export function wordsOfFolded(folded: string): string[] {
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at < folded.length;) {
    const code = folded.charCodeAt(at);
    let units = 1;
    let kind = LETTER;
    if (code < 0x80) {
      if (ASCII[code] === 0) kind = SEPARATOR;
    } else {
      const point = folded.codePointAt(at)!;
      if (point > 0xffff) units = 2;
      kind = kindOf(point);
    }
    if (start < 0) {
      if (kind === LETTER) start = at;
    } else if (kind === SEPARATOR) {
      words.push(folded.slice(start, at));
      start = -1;
    }
    at += units;
  }
  if (start >= 0) words.push(folded.slice(start));
  return words;
}

/**
 * Calls `visit` with the hash of each word in turn, as `wordHash` makes it of each of {@linkcode wordsOf}, without making
 * the words: nearly every log line is ASCII, which is folded, cut and hashed in one walk.
 */
export function eachWordHash(text: string, visit: (hash: number) => void): void {
  let hash = START;
  let start = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) {
      // A separator of ASCII keeps what folding does on its two sides apart.
      eachFoldedWordHash(fold(text.slice(start < 0 ? at : start)), visit);
      return;
    }
    const folded = ASCII[code]!;
    if (folded !== 0) {
      if (start < 0) start = at;
      hash = step(hash, folded);
    } else if (start >= 0) {
      visit(finished(hash));
      hash = START;
      start = -1;
    }
  }
  if (start >= 0) visit(finished(hash));
}

function eachFoldedWordHash(folded: string, visit: (hash: number) => void): void {
  let hash = START;
  let within = false;
  for (let at = 0; at < folded.length; at++) {
    const code = folded.charCodeAt(at);
    let kind = LETTER;
    let low = 0;
    if (code < 0x80) {
      if (ASCII[code] === 0) kind = SEPARATOR;
    } else {
      const point = folded.codePointAt(at)!;
      kind = kindOf(point);
      if (point > 0xffff) low = folded.charCodeAt(++at);
    }
    if (kind === LETTER || (kind === MARK && within)) {
      within = true;
      hash = step(hash, code);
      if (low !== 0) hash = step(hash, low);
    } else if (within) {
      visit(finished(hash));
      hash = START;
      within = false;
    }
  }
  if (within) visit(finished(hash));
}

/** The folded code of each letter, digit and `_` of ASCII; 0 for what separates. */
const ASCII = Uint8Array.from({ length: 0x80 }, (_, code) => {
  const char = String.fromCharCode(code);
  return /\w/.test(char) ? char.toLowerCase().charCodeAt(0) : 0;
});

const SEPARATOR = 1;
/** Letters, and digits of any kind: what may begin a word. */
const LETTER = 2;
const MARK = 3;

/** The kind of each character up to U+FFFF, 0 until it was looked up. A memo and not a state. */
const KINDS = new Uint8Array(0x10000);

function kindOf(point: number): number {
  if (point > 0xffff) return lookUp(point);
  return KINDS[point] ||= lookUp(point);
}

function lookUp(point: number): number {
  const char = String.fromCodePoint(point);
  return /[\p{L}\p{N}]/u.test(char) ? LETTER : /\p{M}/u.test(char) ? MARK : SEPARATOR;
}
