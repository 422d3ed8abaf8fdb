import { assertEquals } from "@std/assert";
import { wordHash } from "../../../src/words/word_hash.ts";
import { eachWordHash, wordsOf } from "../../../src/words/words.ts";

const LONG = "x".repeat(65_535);

for (
  const [text, words] of [
    ["", []],
    [" -/.:→ ", []],
    ["a", ["a"]],
    ["GET /users/42 -> 504", ["get", "users", "42", "504"]],
    ["user_id=7,__x__", ["user_id", "7", "__x__"]],
    ["e29b41d4-a716-4466", ["e29b41d4", "a716", "4466"]],
    ["don't", ["don", "t"]],
    ["Größe: 5²", ["gro\u0308sse", "52"]],
    ["día", ["di\u0301a"]],
    ["di\u0301a", ["di\u0301a"]],
    // A variation selector is a mark without a letter before it.
    ["❤\ufe0fabc \u0301 x", ["abc", "x"]],
    ["हिन्दी", ["हिन्दी"]],
    ["日本語のログ", ["日本語のロク\u3099"]],
    ["\u{10400}\u{1f600}b", ["\u{10428}", "b"]],
    ["½", ["1", "2"]],
    ["٣٤ Ⅷ", ["٣٤", "viii"]],
    ["a\ud800b", ["a", "b"]],
    ["a\u0000b\u00a0c\u200bd", ["a", "b", "c", "d"]],
    [LONG, [LONG]],
  ] as const
) {
  const name = JSON.stringify(text.slice(0, 30));
  Deno.test(`wordsOf() finds the words of ${name}`, () => assertEquals(wordsOf(text), [...words]));
  Deno.test(`eachWordHash() finds the same words of ${name}`, () => {
    const hashes: number[] = [];
    eachWordHash(text, (hash) => hashes.push(hash));
    assertEquals(hashes, words.map(wordHash));
  });
}
