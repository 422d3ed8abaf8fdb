import { assert, assertEquals } from "@std/assert";
import { fold } from "../../../src/words/fold.ts";
import { BatchWords, type DayFilter } from "../../../src/words/batch_words.ts";
import { FILTER_WORDS_MAX, mayHold, probesOf } from "../../../src/words/word_filter.ts";
import { attributeHash, wordHash } from "../../../src/words/word_hash.ts";

const DAY = "2026-11-24";
const publishTime = `${DAY} 10:00:00.000000`;

function filtersOf(...payloads: readonly string[]): DayFilter[] | "scan" {
  const words = new BatchWords();
  for (const payload of payloads) words.add({ publishTime, payload });
  return words.filters();
}

function holds(filter: DayFilter | undefined, hash: number): boolean {
  return filter !== undefined && mayHold(filter.rows, probesOf(hash));
}

Deno.test("BatchWords has each word once, whatever its case, and no filter where there is none", () => {
  const [filter, ...others] = filtersOf("Up up UP", "user 42 is up") as DayFilter[];
  assertEquals(others, []);
  assertEquals([filter?.day, filter?.words], [DAY, 4]);
  for (const word of ["up", "user", "42", "is"]) assert(holds(filter, wordHash(word)));
  assertEquals(holds(filter, wordHash("down")), false);
  assertEquals(filtersOf("", " - "), []);
  assertEquals(new BatchWords().filters(), []);
});

Deno.test("BatchWords has an attribute as one word, folded, and none that a client library added", () => {
  const words = new BatchWords();
  words.add({ publishTime, payload: "x", attributes: { Trace: "AB c/1", googclient_trace: "1" } });
  words.add({ publishTime, payload: "x", attributes: null });
  const [filter] = words.filters() as DayFilter[];
  assertEquals(filter?.words, 2);
  assert(holds(filter, attributeHash(fold("TRACE"), fold("ab C/1"))));
  assertEquals(holds(filter, wordHash("ab")), false);
});

Deno.test("BatchWords makes a filter for each UTC day, in order, whatever order the entries have", () => {
  const words = new BatchWords();
  words.add({ publishTime: "2026-11-25 00:00:00.000000", payload: "late shared" });
  words.add({ publishTime: "2026-11-24 23:59:59.999999", payload: "early shared" });
  words.add({ publishTime: "2026-11-25 00:00:01.000000", payload: "later" });
  const filters = words.filters() as DayFilter[];
  assertEquals(filters.map(({ day, words }) => [day, words]), [["2026-11-24", 2], ["2026-11-25", 3]]);
  assert(filters.every((filter) => holds(filter, wordHash("shared"))));
  assertEquals(holds(filters[0], wordHash("late")), false);
  assert(holds(filters[1], wordHash("later")));
});

/** Payloads that hold so many words, each twice. */
function payloads(words: number): string[] {
  const all = Array.from({ length: words }, (_, i) => `w${i}`);
  const texts: string[] = [];
  for (let i = 0; i < words; i += 1_000) texts.push(all.slice(i, i + 1_000).join(" "));
  return [...texts, ...texts];
}

Deno.test("BatchWords finds words that come again after thousands of others", () => {
  const [filter] = filtersOf(...payloads(50_000), ...payloads(50_000), ...payloads(50_000)) as DayFilter[];
  // Of 50,000 words some share a hash: chance has it 0.3 times.
  assert(filter!.words >= 49_990 && filter!.words <= 50_000, `${filter!.words}`);
  assert(holds(filter, wordHash("w0")) && holds(filter, wordHash("w49999")));
});

Deno.test("BatchWords says scan for more words than a filter takes, on one day or all together", () => {
  assertEquals((filtersOf(...payloads(65_000)) as DayFilter[]).length, 1);
  assertEquals(filtersOf(...payloads(FILTER_WORDS_MAX + 100)), "scan");
  assertEquals(filtersOf(...payloads(300_000)), "scan");
  assertEquals(filtersOf(payloads(300_000).join(" ")), "scan");

  const words = new BatchWords();
  for (const [i, payload] of payloads(FILTER_WORDS_MAX + 100).entries()) {
    words.add({ publishTime: i % 2 ? "2026-11-25" : DAY, payload });
  }
  assertEquals(words.filters(), "scan");
});
