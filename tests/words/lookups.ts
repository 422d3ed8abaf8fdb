/**
 * Looks for everything that a database holds by its words, and finds out what is missed by reading every row.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { LogEntry } from "../../src/entry/entry.ts";
import type { Cursor } from "../../src/reading/cursor.ts";
import type { LogQueries } from "../../src/reading/log_queries.ts";
import { type Query, type Term, TERM_MAX } from "../../src/reading/query.ts";
import { CLIENT_ATTRIBUTE } from "../../src/words/batch_words.ts";
import { fold } from "../../src/words/fold.ts";
import { wordsOf } from "../../src/words/words.ts";
import { again, keyOf } from "./carry_out.ts";

/** How many of each were looked for, and found each time. */
export class Lookups {
  words = 0;
  phrases = 0;
  attributes = 0;
}

/** Of a payload of thousands of words, so many are looked for. */
const WORDS_OF_ONE_MAX = 10;

interface Row {
  readonly key: string;
  readonly words: readonly string[];
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

/** Where to look, and for what. */
export interface Search {
  readonly queries: LogQueries;
  readonly stored: readonly LogEntry[];
  /** Every so many of the words and phrases; 1: each. */
  readonly every?: number;
  readonly tally: Lookups;
}

/** Fails unless every word, phrase and attribute finds exactly the rows that have it. */
export async function assertFound({ queries, stored, every = 1, tally }: Search): Promise<void> {
  const rows = stored.map((entry): Row => ({
    key: keyOf(entry),
    words: wordsOf(entry.payload),
    attributes: Object.entries(entry.attributes ?? {}),
  }));
  const phrases = new Map<string, readonly string[]>();
  const attributes = new Map<string, readonly [string, string]>();
  for (const [i, { words, attributes: own }] of rows.entries()) {
    const step = Math.max(1, Math.ceil(words.length / WORDS_OF_ONE_MAX));
    for (let at = 0; at < words.length; at += step) {
      phrases.set(words[at]!, [words[at]!]);
      if (at + 1 < words.length && at % 2 === 0) phrases.set(`${words[at]} ${words[at + 1]}`, words.slice(at, at + 2));
    }
    // As it was written, with all that separates.
    const { payload } = stored[i]!;
    if (words.length > 0 && payload.length <= TERM_MAX) phrases.set(payload, words);
    for (const pair of own) if (!pair[0].startsWith(CLIENT_ATTRIBUTE)) attributes.set(JSON.stringify(pair), pair);
  }
  let number = 0;
  for (const [text, words] of phrases) {
    if (number++ % every !== 0) continue;
    const expected = rows.filter((row) => holds(row.words, words)).map(({ key }) => key);
    await assertFinds(queries, { term: textTerm(text), expected, newestFirst: number % 2 === 0 });
    if (words.length === 1) tally.words++;
    else tally.phrases++;
  }
  for (const [name, value] of attributes.values()) {
    if (number++ % every !== 0) continue;
    const [foldedName, foldedValue] = [fold(name), fold(value)];
    const expected = rows.filter(({ attributes }) =>
      attributes.some(([name, value]) => fold(name) === foldedName && fold(value) === foldedValue)
    ).map(({ key }) => key);
    const term = { ...textTerm(value), kind: "attribute", name } as const;
    await assertFinds(queries, { term, expected, newestFirst: number % 2 === 0 });
    tally.attributes++;
  }
}

/** Whether words stand in a row among others. */
function holds(words: readonly string[], row: readonly string[]): boolean {
  return words.some((_, at) => row.every((word, i) => words[at + i] === word));
}

function textTerm(text: string) {
  const place = { at: 0, length: 0 };
  return { kind: "text", text, openStart: false, openEnd: false, negated: false, place } as const;
}

async function assertFinds(
  queries: LogQueries,
  { term, expected, newestFirst }: {
    readonly term: Term;
    readonly expected: readonly string[];
    readonly newestFirst: boolean;
  },
): Promise<void> {
  const query: Query = { terms: [term] };
  const order = newestFirst ? "newest_first" : "oldest_first";
  const found: string[] = [];
  let cursor: Cursor | undefined;
  do {
    const page = await again(() => queries.page({ query, range: {}, order, limit: 1_000, cursor }));
    found.push(...page.entries.map(keyOf));
    assertEquals(page.unknownWords, [], JSON.stringify(term));
    cursor = page.next;
  } while (cursor !== undefined);
  assertEquals(found.toSorted(), expected.toSorted(), `what ${JSON.stringify(term)} finds`);
}
