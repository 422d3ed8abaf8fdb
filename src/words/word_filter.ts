/**
 * The filter of a batch: which words its rows may hold, in a form that SQL can ask for one word at a time.
 *
 * A filter is rows of (`level`, `chunk`, `bits`). The level says the form and how many chunks there are; a word's hash
 * says in which chunk of a level it is. Clustered by level and chunk, the rows that a word needs of a day's batches lie
 * side by side. A chunk without words is no row.
 *
 * - Level 3 to 9: 2^level chunks, each with 2,048 bits, of which a word sets five.
 * - Level -1, -2, -3: 1, 4 or 16 chunks, each a list of up to 64 hashes of four bytes. A batch of few words costs four
 *   bytes a word instead of 256 bytes a chunk, mistakes next to nothing, and can be merged.
 *
 * @module
 */
import { mix } from "./word_hash.ts";

/** A row of a filter. */
export interface FilterRow {
  readonly level: number;
  readonly chunk: number;
  /** At most {@linkcode CHUNK_BYTES}. */
  readonly bits: Uint8Array;
}

/** A chunk's most bytes: 2,048 bits, or 64 hashes. */
export const CHUNK_BYTES = 256;

/** The most words of one filter. A batch with more is read without being asked. */
export const FILTER_WORDS_MAX = 65_536;

/** With their numbers of chunks: the levels of lists, from the one for the fewest words on. */
const LISTS: readonly (readonly [level: number, chunks: number])[] = [[-1, 1], [-2, 4], [-3, 16]];
const HASH_BYTES = 4;
const LIST_HASHES_MAX = CHUNK_BYTES / HASH_BYTES;

/** Below level 3 there are lists: eight chunks hold 1,360 words, sixteen lists up to about 800. */
const BITS_LEVEL_MIN = 3;
/** 512 chunks, for {@linkcode FILTER_WORDS_MAX} words with 128 in a chunk. */
const BITS_LEVEL_MAX = 9;
/** At least 12 bits a word: with five bits set for each, 1 chunk in 220 mistakes a word; at 24 bits, 1 in 4,300. */
const CHUNK_WORDS_MAX = 170;
const BITS_PER_WORD = 5;

/** All levels, and so all that a question about one word has to look at. */
export const LEVELS: readonly number[] = [
  ...LISTS.map(([level]) => level).toReversed(),
  ...Array.from({ length: BITS_LEVEL_MAX - BITS_LEVEL_MIN + 1 }, (_, i) => BITS_LEVEL_MIN + i),
];

/**
 * The filter of these words, by level and chunk.
 *
 * @param hashes Distinct, and at most {@linkcode FILTER_WORDS_MAX}, in any order.
 * @throws {RangeError} When they are more.
 */
export function filterOf(hashes: Uint32Array): FilterRow[] {
  if (hashes.length > FILTER_WORDS_MAX) {
    throw new RangeError(`Cannot make a filter: more than ${FILTER_WORDS_MAX} words: ${hashes.length}`);
  }
  for (const [level, chunks] of LISTS) {
    if (hashes.length > chunks * LIST_HASHES_MAX) continue;
    const rows = listRows(hashes, { level, chunks });
    if (rows.every(({ bits }) => bits.length <= CHUNK_BYTES)) return rows;
  }
  let level = BITS_LEVEL_MIN;
  while (level < BITS_LEVEL_MAX && hashes.length > CHUNK_WORDS_MAX * 2 ** level) level++;
  return bitRows(hashes, level);
}

function listRows(hashes: Uint32Array, { level, chunks }: { readonly level: number; readonly chunks: number }) {
  const lists = new Map<number, number[]>();
  for (const hash of hashes.toSorted()) {
    const chunk = hash & (chunks - 1);
    const list = lists.get(chunk);
    if (list === undefined) lists.set(chunk, [hash]);
    else list.push(hash);
  }
  return [...lists].sort(([a], [b]) => a - b).map(([chunk, list]): FilterRow => {
    const bits = new Uint8Array(list.length * HASH_BYTES);
    list.forEach((hash, i) => bits.set(bytesOf(hash), i * HASH_BYTES));
    return { level, chunk, bits };
  });
}

function bitRows(hashes: Uint32Array, level: number): FilterRow[] {
  const all = new Uint8Array(CHUNK_BYTES * 2 ** level);
  const used = new Uint8Array(2 ** level);
  const places = new Uint16Array(BITS_PER_WORD);
  for (const hash of hashes) {
    const chunk = hash & (2 ** level - 1);
    used[chunk] = 1;
    const offset = chunk * CHUNK_BYTES;
    placesOf(hash, places);
    for (let i = 0; i < BITS_PER_WORD; i++) {
      const place = places[i]!;
      all[offset + (place >>> 3)]! |= 1 << (place & 7);
    }
  }
  const rows: FilterRow[] = [];
  used.forEach((is, chunk) => {
    if (is === 1) rows.push({ level, chunk, bits: all.slice(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES) });
  });
  return rows;
}

/**
 * The bits of a word, into a list of {@linkcode BITS_PER_WORD}: independent of each other and of the chunk. Steps of one
 * width instead would give one word in a thousand two bits or three, which many chunks have by chance.
 */
function placesOf(hash: number, places: Uint16Array): void {
  const [a, b, c] = [mix(hash), mix(hash ^ 0x5bd1e995), mix(hash ^ 0x27d4eb2f)];
  places[0] = a >>> 21;
  places[1] = (a >>> 10) & 0x7ff;
  places[2] = b >>> 21;
  places[3] = (b >>> 10) & 0x7ff;
  places[4] = c >>> 21;
}

function bytesOf(hash: number): Uint8Array {
  return Uint8Array.of(hash >>> 24, hash >>> 16, hash >>> 8, hash);
}

/**
 * What to ask the rows of one level about a word: those of another `chunk` need not be read. Of a list, whether `bits`
 * contains the bytes `has` (`LOCATE`, `instr`; across two hashes they are found by mistake only, which does no harm);
 * of bits, whether for each of `set` the byte has the bit (`ORD(SUBSTR(bits, byte + 1, 1)) & mask`).
 */
export type LevelProbe =
  & { readonly level: number; readonly chunk: number }
  & (
    | { readonly form: "list"; readonly has: Uint8Array }
    | { readonly form: "bits"; readonly set: readonly { readonly byte: number; readonly mask: number }[] }
  );

/** What to ask about the word of this hash, a question for each of {@linkcode LEVELS}. */
export function probesOf(hash: number): LevelProbe[] {
  const has = bytesOf(hash);
  const masks = new Map<number, number>();
  const places = new Uint16Array(BITS_PER_WORD);
  placesOf(hash, places);
  for (const place of places) {
    const byte = place >>> 3;
    masks.set(byte, (masks.get(byte) ?? 0) | (1 << (place & 7)));
  }
  // Two bits of one byte stay two conditions: `&` with both would be true for either.
  const set = [...masks].flatMap(([byte, mask]) =>
    Array.from({ length: 8 }, (_, bit) => ({ byte, mask: mask & (1 << bit) })).filter(({ mask }) => mask !== 0)
  );
  return LEVELS.map((level) => {
    const chunks = LISTS.find(([list]) => list === level)?.[1];
    return chunks === undefined
      ? { level, chunk: hash & (2 ** level - 1), form: "bits", set }
      : { level, chunk: hash & (chunks - 1), form: "list", has };
  });
}

/** What SQL answers: whether the rows of a filter may hold the word. Never false where they do. */
export function mayHold(rows: readonly FilterRow[], probes: readonly LevelProbe[]): boolean {
  return rows.some(({ level, chunk, bits }) => {
    const probe = probes.find((probe) => probe.level === level);
    if (probe === undefined || probe.chunk !== chunk) return false;
    if (probe.form === "bits") return probe.set.every(({ byte, mask }) => (bits[byte]! & mask) !== 0);
    return bits.some((_, at) => probe.has.every((byte, i) => byte === bits[at + i]));
  });
}

function hashesIn(bits: Uint8Array): number[] {
  const view = new DataView(bits.buffer, bits.byteOffset, bits.byteLength);
  return Array.from({ length: bits.length / HASH_BYTES }, (_, i) => view.getUint32(i * HASH_BYTES));
}

/** Whether {@linkcode mergedFilters} can take these rows: bits have forgotten the words, lists have not. */
export function isMergeable(rows: readonly FilterRow[]): boolean {
  return rows.every(({ level }) => level < 0);
}

/**
 * One filter of the words of all: what the batches of an hour that was flushed every second are asked by, instead of
 * each of its own.
 *
 * @param filters Each {@linkcode isMergeable}, all of one day.
 * @returns `undefined` where the words are more than {@linkcode FILTER_WORDS_MAX}: merge fewer at once.
 * @throws {RangeError} When a filter is not mergeable.
 */
export function mergedFilters(filters: readonly (readonly FilterRow[])[]): FilterRow[] | undefined {
  if (!filters.every(isMergeable)) throw new RangeError("Cannot merge filters: one holds bits");
  const hashes = new Set<number>();
  for (const rows of filters) {
    for (const { bits } of rows) hashesIn(bits).forEach((hash) => hashes.add(hash));
    if (hashes.size > FILTER_WORDS_MAX) return undefined;
  }
  return filterOf(Uint32Array.from(hashes));
}
