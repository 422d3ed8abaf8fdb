/**
 * What answers a query: the key and the indexes where they can, else reading rows.
 *
 * @module
 */
import { SEVERITIES, type Severity } from "../entry/entry.ts";
import { CLIENT_ATTRIBUTE } from "../words/batch_words.ts";
import { fold } from "../words/fold.ts";
import { attributeHash, wordHash } from "../words/word_hash.ts";
import { WordRow } from "./match_query.ts";
import { intersection, isEmptyRange, type TimeRange } from "./moment.ts";
import type { AttributeTerm, Query, Term, TextTerm } from "./query.ts";

/** A word that every entry of the result has, for the word index. */
export interface IndexedWord {
  /** Folded; of an attribute `name=value`. For people: which of several words there is none of. */
  readonly word: string;
  readonly hash: number;
  readonly term: Term;
}

/** What finds the entries of a query. What it finds may be more; `matcherOf()` then decides. */
export interface QueryPlan {
  /** By the key: what the query and who asks leave of publish time. */
  readonly range: TimeRange;
  /** By the index of services: only these; absent: all but {@linkcode exceptServices}. */
  readonly services?: readonly string[];
  readonly exceptServices: readonly string[];
  /** By the same index; all five where nothing is said about it. */
  readonly severities: readonly Severity[];
  /** By the word index: an entry's batch has all of them. At most {@linkcode WORDS_MAX}, the rarest-looking first. */
  readonly words: readonly IndexedWord[];
  /** What only the rows can tell; empty: what the rest of the plan finds is the result. */
  readonly residual: readonly Term[];
  /**
   * What bounds the rows to read: `keys`: each row is a result; `words`: the batches that hold the words; `rows`: all
   * rows of range, services and severities.
   */
  readonly by: "keys" | "words" | "rows";
  /** Why there can be no entry, where two terms exclude each other: a clause for people. */
  readonly nothing?: string;
}

/** More words than these find no fewer batches, and each is a condition on every filter. */
export const WORDS_MAX = 16;

/** Plans a query within a range, such as a page's. */
export function planQuery(query: Query, within: TimeRange = {}): QueryPlan {
  let range = within;
  let services: readonly string[] | undefined;
  const except = new Set<string>();
  let severities: readonly Severity[] = SEVERITIES;
  const words: IndexedWord[] = [];
  const residual: Term[] = [];
  for (const term of query.terms) {
    switch (term.kind) {
      case "after":
        range = intersection(range, { from: term.moment });
        break;
      case "before":
        range = intersection(range, { to: term.moment });
        break;
      case "service":
        if (term.negated) term.names.forEach((name) => except.add(name));
        else services = services?.filter((name) => term.names.includes(name)) ?? term.names;
        break;
      case "severity":
        severities = severities.filter((severity) => term.severities.includes(severity) !== term.negated);
        break;
      case "text":
      case "attribute":
        residual.push(term);
        words.push(...indexedWords(term));
        break;
      case "timestamp":
        residual.push(term);
        break;
      default:
        term satisfies never;
    }
  }
  services = services?.filter((name) => !except.has(name));
  const nothing = isEmptyRange(range)
    ? "the time ends before it begins"
    : services?.length === 0
    ? "no service is all that is asked for"
    : severities.length === 0
    ? "no severity is all that is asked for"
    : undefined;
  const probed = rarest(words);
  return {
    range,
    ...services === undefined ? {} : { services },
    exceptServices: services === undefined ? [...except] : [],
    severities,
    words: probed,
    residual,
    by: residual.length === 0 ? "keys" : probed.length > 0 ? "words" : "rows",
    ...nothing === undefined ? {} : { nothing },
  };
}

/** The words by which the index answers a term; none: only rows do, as for all that is excluded. */
export function indexedWords(term: TextTerm | AttributeTerm): IndexedWord[] {
  if (term.negated) return [];
  if (term.kind === "text") {
    return new WordRow(term).wholeWords().map((word) => ({ word, hash: wordHash(word), term }));
  }
  if (term.openStart || term.openEnd) return [];
  const [name, value] = [fold(term.name), fold(term.text)];
  if (name.startsWith(CLIENT_ATTRIBUTE)) return [];
  return [{ word: `${name}=${value}`, hash: attributeHash(name, value), term }];
}

/** Each word once; attributes, which are ids more often than not, and long words first. */
function rarest(words: readonly IndexedWord[]): IndexedWord[] {
  const rank = ({ word, term }: IndexedWord) => (term.kind === "attribute" ? 10_000 : 0) + word.length;
  return [...new Map(words.map((word) => [word.hash, word])).values()]
    .sort((a, b) => rank(b) - rank(a))
    .slice(0, WORDS_MAX);
}

/**
 * The query that also finds its words within longer ones: what to offer where it found nothing.
 *
 * @returns `undefined` where it does that already, or has no words.
 */
export function widened(query: Query): Query | undefined {
  const widens = (term: Term) => term.kind === "text" && !term.negated && !(term.openStart && term.openEnd);
  if (!query.terms.some(widens)) return undefined;
  return { terms: query.terms.map((term) => widens(term) ? { ...term, openStart: true, openEnd: true } : term) };
}
