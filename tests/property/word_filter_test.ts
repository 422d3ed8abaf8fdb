import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BatchWords } from "../../src/words/batch_words.ts";
import { fold } from "../../src/words/fold.ts";
import { isMergeable, mayHold, mergedFilters, probesOf } from "../../src/words/word_filter.ts";
import { attributeHash, wordHash } from "../../src/words/word_hash.ts";
import { wordsOf } from "../../src/words/words.ts";

const entries = fc.array(
  fc.record({
    publishTime: fc.constantFrom("2026-11-23", "2026-11-24", "2026-11-25"),
    payload: fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 60 }),
      fc.lorem({ maxCount: 12 }),
      // Enough words for filters of every form.
      fc.tuple(fc.nat(5_000), fc.nat(800)).map(([from, count]) =>
        Array.from({ length: count }, (_, i) => `n${from + i}`).join(", ")
      ),
    ),
    attributes: fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ unit: "grapheme", maxLength: 12 }), {
      maxKeys: 3,
    }),
  }),
  { maxLength: 12 },
);

Deno.test("the filters of a batch, merged or not, hold each word and attribute of its entries", () => {
  fc.assert(
    fc.property(entries, entries, (first, second) => {
      const batches = [first, second].map((entries) => {
        const words = new BatchWords();
        for (const entry of entries) words.add(entry);
        const filters = words.filters();
        assert(filters !== "scan");
        return new Map(filters.map(({ day, rows }) => [day, rows]));
      });
      for (const [i, entries] of [first, second].entries()) {
        for (const { publishTime, payload, attributes } of entries) {
          const rows = batches[i]!.get(publishTime) ?? [];
          const both = batches.map((filters) => filters.get(publishTime) ?? []);
          const merged = both.every(isMergeable) ? mergedFilters(both) : undefined;
          const hashes = wordsOf(payload).slice(0, 20).map(wordHash);
          for (const [name, value] of Object.entries(attributes)) hashes.push(attributeHash(fold(name), fold(value)));
          for (const probes of hashes.map(probesOf)) {
            assertEquals(mayHold(rows, probes), true);
            if (merged !== undefined) assertEquals(mayHold(merged, probes), true);
          }
        }
      }
    }),
    { numRuns: 100 },
  );
});
