/**
 * Whether an entry is what a query asks for: the last word on it, whatever SQL let through before.
 *
 * @module
 */
import type { LogEntry } from "../entry/entry.ts";
import { fold } from "../words/fold.ts";
import { wordsOf, wordsOfFolded } from "../words/words.ts";
import type { AttributeTerm, Pattern, Query, Term, TimestampTerm } from "./query.ts";

/** What of an entry a query can ask for. */
export interface Searchable
  extends Pick<LogEntry, "publishTime" | "serviceName" | "severity" | "timestamp" | "payload"> {
  readonly attributes?: Readonly<Record<string, string>> | null | undefined;
}

/**
 * The test of a query, prepared once for many entries.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matcherOf } from "./match_query.ts";
 * import { parseQuery } from "./parse_query.ts";
 *
 * const parsed = parseQuery('"connection refused" -retry', 0);
 * const matches = matcherOf(parsed.state === "query" ? parsed.query : { terms: [] });
 * const entry = { publishTime: "", timestamp: "", serviceName: "alpha", severity: "warn" } as const;
 * assertEquals(matches({ ...entry, payload: "Connection: refused (db)" }), true);
 * assertEquals(matches({ ...entry, payload: "connection refused, retry in 5 s" }), false);
 * ```
 */
export function matcherOf(query: Query): (entry: Searchable) => boolean {
  // What compares a value comes before what folds a text.
  const tests = query.terms.toSorted((a, b) => COST[a.kind] - COST[b.kind]).map(testOf);
  return (entry) => {
    const payload = new Payload(entry.payload);
    return tests.every((test) => test(entry, payload));
  };
}

const COST: Readonly<Record<Term["kind"], number>> = {
  after: 0,
  before: 0,
  severity: 0,
  service: 0,
  timestamp: 0,
  attribute: 1,
  text: 2,
};

type Test = (entry: Searchable, payload: Payload) => boolean;

function testOf(term: Term): Test {
  const test = positiveTestOf(term);
  return term.negated ? (entry, payload) => !test(entry, payload) : test;
}

function positiveTestOf(term: Term): Test {
  switch (term.kind) {
    case "text": {
      const row = new WordRow(term);
      return (_entry, payload) => row.isIn(payload);
    }
    case "service": {
      const names = new Set(term.names);
      return ({ serviceName }) => names.has(serviceName);
    }
    case "severity":
      return ({ severity }) => term.severities.includes(severity);
    case "attribute":
      return attributeTest(term);
    case "after":
      return ({ publishTime }) => publishTime >= term.moment;
    case "before":
      return ({ publishTime }) => publishTime < term.moment;
    case "timestamp":
      return ({ timestamp }) => compares(timestamp, term);
    default:
      return term satisfies never;
  }
}

function compares(timestamp: string, { comparison, moment }: TimestampTerm): boolean {
  switch (comparison) {
    case ">=":
      return timestamp >= moment;
    case ">":
      return timestamp > moment;
    case "<=":
      return timestamp <= moment;
    case "<":
      return timestamp < moment;
    default:
      return comparison satisfies never;
  }
}

/** Name and value are folded; of several names that fold to one, any will do. */
function attributeTest(term: AttributeTerm): Test {
  const name = fold(term.name);
  const { openStart, openEnd } = term;
  const pattern = { text: fold(term.text), openStart, openEnd };
  return ({ attributes }) => {
    for (const key in attributes) {
      if (fold(key) === name && fits(fold(attributes[key]!), pattern)) return true;
    }
    return false;
  };
}

/** Whether a folded text is the pattern's, or goes on where that is open. */
function fits(folded: string, { text, openStart, openEnd }: Pattern): boolean {
  if (openStart) return openEnd ? folded.includes(text) : folded.endsWith(text);
  return openEnd ? folded.startsWith(text) : folded === text;
}

/** A payload that is folded, and cut into words, once at most. */
class Payload {
  readonly #text: string;
  #folded: string | undefined;
  #words: readonly string[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  get folded(): string {
    return this.#folded ??= fold(this.#text);
  }

  get words(): readonly string[] {
    return this.#words ??= wordsOfFolded(this.folded);
  }
}

/**
 * The words of a text term, which a payload must have one after the other, whatever is between them. The first may
 * be the end of a word, and the last a beginning, where the pattern is open and goes on with a letter there.
 */
export class WordRow {
  readonly words: readonly string[];
  readonly openStart: boolean;
  readonly openEnd: boolean;
  readonly #longest: string;
  readonly #first: Pattern;
  readonly #last: Pattern;

  /** @param pattern Of one word at least. */
  constructor({ text, openStart, openEnd }: Pattern) {
    const folded = fold(text);
    this.words = wordsOf(text);
    // In `*-id` the hyphen ends whatever stands before: `id` is a whole word.
    this.openStart = openStart && folded.startsWith(this.words[0] ?? "");
    this.openEnd = openEnd && folded.endsWith(this.words.at(-1) ?? "");
    this.#longest = this.words.reduce((longest, word) => word.length > longest.length ? word : longest, "");
    const one = this.words.length === 1;
    this.#first = { text: this.words[0]!, openStart: this.openStart, openEnd: one && this.openEnd };
    this.#last = { text: this.words.at(-1)!, openStart: one && this.openStart, openEnd: this.openEnd };
  }

  /** The words that a payload must have as whole ones, and so those by which the word index knows it. */
  wholeWords(): string[] {
    const last = this.words.length - 1;
    return this.words.filter((_, i) => !(i === 0 && this.openStart) && !(i === last && this.openEnd));
  }

  isIn(payload: { readonly folded: string; readonly words: readonly string[] }): boolean {
    // Most payloads end here, without being cut.
    if (!payload.folded.includes(this.#longest)) return false;
    const last = payload.words.length - this.words.length;
    for (let at = 0; at <= last; at++) {
      if (this.#isAt(payload.words, at)) return true;
    }
    return false;
  }

  #isAt(words: readonly string[], at: number): boolean {
    if (!fits(words[at]!, this.#first)) return false;
    const last = this.words.length - 1;
    for (let i = 1; i < last; i++) {
      if (words[at + i] !== this.words[i]) return false;
    }
    return fits(words[at + last]!, this.#last);
  }
}
