import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { fold } from "../../src/words/fold.ts";
import { wordHash } from "../../src/words/word_hash.ts";
import { eachWordHash, wordsOf } from "../../src/words/words.ts";

/** Texts in which letters that fold, marks, pairs and separators meet more often than chance has it. */
const texts = fc.array(
  fc.oneof(
    fc.constantFrom("i", "İ", "ı", "\u0307", "\u0323", "\u0345", "Σ", "ς", "ß", "ﬁ", "Å", " ", "-", "\u200d", "1"),
    fc.constantFrom("\ufe0f", "\u{1f600}", "\u{10400}", "が", "\u3099", "한", "ﷺ", "ΐ", "_", "\0", "ŉ", "K"),
    fc.string({ unit: "grapheme-ascii", maxLength: 5 }),
    fc.string({ unit: "binary", maxLength: 5 }),
  ),
  { maxLength: 12 },
).map((parts) => parts.join(""));

const RUNS = { numRuns: 3_000 };

Deno.test("fold() of what is folded changes nothing, and letter case and composition change nothing about it", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const folded = fold(text);
      assertEquals(fold(folded), folded);
      // Letter case makes a letter of the mark U+0345, and so wants the marks in order, as nearly all texts have them.
      const composed = text.normalize("NFC");
      const cased = text.normalize("NFKD").includes("\u0345") ? [] : [composed.toUpperCase(), composed.toLowerCase()];
      for (const form of [composed, text.normalize("NFD"), ...cased]) assertEquals(fold(form), folded);
    }),
    RUNS,
  );
});

Deno.test("eachWordHash() hashes exactly the words of wordsOf(), in their order", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const hashes: number[] = [];
      eachWordHash(text, (hash) => hashes.push(hash));
      assertEquals(hashes, wordsOf(text).map(wordHash));
    }),
    RUNS,
  );
});

Deno.test("wordsOf() finds in a text what it finds in each of its parts, and each word as itself", () => {
  fc.assert(
    fc.property(texts, texts, fc.constantFrom(" ", "/", "\n", "→", "。"), (a, b, separator) => {
      const words = wordsOf(a + separator + b);
      assertEquals(words, [...wordsOf(a), ...wordsOf(b)]);
      for (const word of words) assertEquals(wordsOf(word), [word]);
    }),
    RUNS,
  );
});
