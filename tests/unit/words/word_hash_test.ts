import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { attributeHash, wordHash } from "../../../src/words/word_hash.ts";

// What is stored must be found by every later version, on every engine.
for (
  const [word, hash] of [
    ["", 2_872_998_923],
    ["a", 444_641_715],
    ["timeout", 2_475_762_824],
    ["e29b41d4a716446655440000", 1_322_435_232],
    ["gro\u0308sse", 2_045_106_362],
    ["日本語", 3_456_843_481],
    ["\u{10428}", 3_413_792_379],
  ] as const
) {
  Deno.test(`wordHash() of ${JSON.stringify(word)} is what it always was`, () => assertEquals(wordHash(word), hash));
}

Deno.test("attributeHash() is no plain word's, and tells name from value", () => {
  assertEquals(attributeHash("trace", "abc"), 3_719_842_673);
  assertNotEquals(attributeHash("trace", "abc"), attributeHash("abc", "trace"));
  assertNotEquals(attributeHash("trace", "abc"), wordHash("traceabc"));
});

Deno.test("wordHash() gives no two words one hash more often than chance", () => {
  const count = 100_000;
  const hashes = new Set<number>();
  for (let i = 0; i < count; i++) {
    hashes.add(wordHash(`${i}`));
    hashes.add(wordHash(`req_${i.toString(16)}`));
  }
  // 200,000 words make 2e10 pairs, of which chance gives one in 2^32 the same hash: 4.7.
  assert(2 * count - hashes.size <= 20, `${2 * count - hashes.size}`);
});

Deno.test("wordHash() spreads words that follow each other evenly over its lowest and its highest bits", () => {
  const low = new Uint32Array(512);
  const high = new Uint32Array(512);
  for (let i = 0; i < 51_200; i++) {
    low[wordHash(`${i}`) & 511]!++;
    high[wordHash(`${i}`) >>> 23]!++;
  }
  // 100 are expected of each, with a deviation of 10.
  for (const count of [...low, ...high]) assert(count > 50 && count < 150, `${count}`);
});
