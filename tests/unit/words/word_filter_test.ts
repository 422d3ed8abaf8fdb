import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  CHUNK_BYTES,
  FILTER_WORDS_MAX,
  filterOf,
  isMergeable,
  LEVELS,
  mayHold,
  mergedFilters,
  probesOf,
} from "../../../src/words/word_filter.ts";
import { wordHash } from "../../../src/words/word_hash.ts";

/** The hashes of as many words, apart from those of another `kind`. */
function hashes(count: number, kind = "word"): Uint32Array {
  const found = new Set<number>();
  for (let i = 0; found.size < count; i++) found.add(wordHash(`${kind}${i}`));
  return Uint32Array.from(found);
}

for (
  const [words, level, rows] of [
    [1, -1, 1],
    [64, -1, 1],
    [65, -2, 4],
    [200, -2, 4],
    [257, -3, 16],
    [700, -3, 16],
    [1_025, 3, 8],
    [1_360, 3, 8],
    [1_361, 4, 16],
    [11_000, 7, 128],
    [FILTER_WORDS_MAX, 9, 512],
  ] as const
) {
  Deno.test(`filterOf() of ${words} words has ${rows} rows of level ${level}, and holds each of them`, () => {
    const all = hashes(words);
    const filter = filterOf(all);
    assertEquals(filter.length, rows);
    assertEquals(new Set(filter.map((row) => row.level)), new Set([level]));
    assert(filter.every(({ bits }) => bits.length > 0 && bits.length <= CHUNK_BYTES));
    const chunks = filter.map(({ chunk }) => chunk);
    assertEquals(chunks, chunks.toSorted((a, b) => a - b));
    for (const hash of all.subarray(0, 500)) {
      // Only the chunk that the question names is ever read.
      const probes = probesOf(hash);
      const { chunk } = probes.find((probe) => probe.level === level)!;
      assert(mayHold(filter.filter((row) => row.chunk === chunk), probes));
    }
  });
}

Deno.test("filterOf() is the same whatever order the words have, so that it can be checked against its rows", () => {
  for (const words of [60, 600, 6_000]) assertEquals(filterOf(hashes(words).reverse()), filterOf(hashes(words)));
});

Deno.test("filterOf() of no words is no row, and of too many none at all", () => {
  assertEquals(filterOf(new Uint32Array()), []);
  assertThrows(() => filterOf(new Uint32Array(FILTER_WORDS_MAX + 1)), RangeError, "more than 65536 words: 65537");
});

Deno.test("filterOf() turns to another level where one chunk's list is full", () => {
  const oneChunk = hashes(20_000).filter((hash) => hash % 4 === 0).subarray(0, 65);
  assertEquals(new Set(filterOf(oneChunk).map(({ level }) => level)), new Set([-3]));
  const oneOf16 = hashes(20_000).filter((hash) => hash % 16 === 0).subarray(0, 65);
  const filter = filterOf(oneOf16);
  assertEquals(filter.map(({ level }) => level), [3]);
  for (const hash of oneOf16) assert(mayHold(filter, probesOf(hash)));
});

Deno.test("filterOf() writes a list in order, most significant byte first", () => {
  const filter = filterOf(Uint32Array.of(0xfedcba98, 0x01020304));
  assertEquals(filter, [{ level: -1, chunk: 0, bits: Uint8Array.of(1, 2, 3, 4, 0xfe, 0xdc, 0xba, 0x98) }]);
});

Deno.test("probesOf() asks each level once, and about bits one by one", () => {
  const probes = probesOf(wordHash("timeout"));
  assertEquals(probes.map(({ level }) => level), [...LEVELS]);
  for (const probe of probes) {
    if (probe.form === "list") {
      assertEquals(probe.has.length, 4);
      continue;
    }
    assert(probe.set.length >= 1 && probe.set.length <= 5);
    for (const { byte, mask } of probe.set) assert(byte < CHUNK_BYTES && [1, 2, 4, 8, 16, 32, 64, 128].includes(mask));
  }
});

// What is stored must be found by every later version.
Deno.test("probesOf() asks what it always asked", () => {
  assertEquals(probesOf(0xdeadbeef).map((probe) => [probe.level, probe.chunk]), [
    [-3, 15],
    [-2, 3],
    [-1, 0],
    [3, 7],
    [4, 15],
    [5, 15],
    [6, 47],
    [7, 111],
    [8, 239],
    [9, 239],
  ]);
  const [list, , , bits] = probesOf(0xdeadbeef);
  assertEquals(list, { level: -3, chunk: 15, form: "list", has: Uint8Array.of(0xde, 0xad, 0xbe, 0xef) });
  const set = [[13, 0x80], [46, 2], [234, 1], [11, 0x20], [226, 0x20]].map(([byte, mask]) => ({
    byte: byte!,
    mask: mask!,
  }));
  assertEquals(bits, { level: 3, chunk: 7, form: "bits", set });
});

/** How many of 20,000 other words a filter of so many words mistakes for its own, as a share. */
function mistaken(words: number): number {
  const filter = filterOf(hashes(words));
  const byChunk = new Map(filter.map((row) => [row.chunk, row]));
  const others = hashes(20_000, "other");
  const found = others.filter((hash) => {
    const probes = probesOf(hash);
    const { chunk } = probes.find(({ level }) => level === filter[0]!.level)!;
    const row = byChunk.get(chunk);
    return row !== undefined && mayHold([row], probes);
  });
  return found.length / others.length;
}

for (const words of [10, 64, 700]) {
  Deno.test(`a list of ${words} words mistakes no other`, () => assertEquals(mistaken(words), 0));
}

// Fullest levels: 12 bits a word, expected 0.45 %; half as full: 0.023 %. No chance is involved, the words are fixed.
for (const words of [1_360, 5_440, 43_520]) {
  Deno.test(`a filter of ${words} words mistakes at most 0.6 % of others`, () => {
    const share = mistaken(words);
    assert(share > 0.001 && share < 0.006, `${share}`);
  });
}
for (const words of [1_365, 5_445, 22_000]) {
  Deno.test(`a filter of ${words} words mistakes at most 0.1 % of others`, () => {
    const share = mistaken(words);
    assert(share < 0.001, `${share}`);
  });
}

Deno.test("mergedFilters() makes the filter of all the words", () => {
  const all = hashes(3_000);
  const parts = [filterOf(all.slice(0, 50)), filterOf(all.slice(40, 600)), [], filterOf(all.slice(600, 1_300))];
  assertEquals(mergedFilters(parts), filterOf(all.slice(0, 1_300)));
  assertEquals(mergedFilters([]), []);
});

Deno.test("mergedFilters() takes lists only, and no more words than a filter may have", () => {
  const many = Array.from({ length: 110 }, (_, i) => filterOf(hashes(600, `batch${i}_`)));
  assertEquals(mergedFilters(many), undefined);
  assertEquals(mergedFilters(many.slice(0, 100))?.length, 512);
  const bits = filterOf(hashes(2_000));
  assertEquals(isMergeable(bits), false);
  assertThrows(() => mergedFilters([bits]), RangeError, "one holds bits");
});

Deno.test("probesOf() gives nearly every word five bits, and none fewer than three", () => {
  const bits = (hash: number) => {
    const probe = probesOf(hash).find(({ form }) => form === "bits")!;
    return probe.form === "bits" ? probe.set.length : 0;
  };
  const counts = [0, 0, 0, 0, 0, 0];
  for (const hash of hashes(20_000)) counts[bits(hash)]!++;
  // Two of five places are the same for one word in 205 (10 pairs of 2,048 places): about 98 of 20,000.
  assertEquals([counts[0], counts[1], counts[2]], [0, 0, 0]);
  assert(counts[3]! <= 2 && counts[4]! < 140, counts.join(" "));
});
