/**
 * Reads the query language: `service:alpha severity>=warn timeout "exact phrase" -healthz attr.trace:abc after:-15m`.
 *
 * @module
 */
import { nearest } from "../ops/nearest.ts";
import {
  attributeTerm,
  type Beginning,
  publishTimeTerm,
  serviceTerm,
  severityTerm,
  textTerm,
  timestampTerm,
} from "./parse_term.ts";
import { type Mistake, type Query, QUERY_MAX, quote, type Term, TERM_MAX, TERMS_MAX } from "./query.ts";
import { MistakeAt, QueryText } from "./query_text.ts";

/** A query, or all that is wrong with its text (the first {@linkcode MISTAKES_MAX} of it); never empty. */
export type ParsedQuery =
  | { readonly state: "query"; readonly query: Query }
  | { readonly state: "mistaken"; readonly mistakes: readonly [Mistake, ...Mistake[]] };

/** After as many, the text is probably no query at all. */
export const MISTAKES_MAX = 5;

/** The fields, as they are told. */
export const FIELDS = ["service", "severity", "attr.NAME", "after", "before", "timestamp"] as const;

/** What other systems call them, or what they are nearly. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  level: "severity",
  lvl: "severity",
  sev: "severity",
  service_name: "service",
  svc: "service",
  app: "service",
  from: "after",
  since: "after",
  start: "after",
  to: "before",
  until: "before",
  end: "before",
  time: "timestamp",
  ts: "timestamp",
  attr: "attr.NAME",
  attribute: "attr.NAME",
  attributes: "attr.NAME",
  label: "attr.NAME",
};

/**
 * Parses a query. Terms are parted by white space, and all hold; `-` before a term excludes. A term is
 *
 * - a word, or text with other characters between words (`user/42`): these words in a row, whatever their case;
 * - the same in quotes, which may hold spaces and `:`; within, `\"` is a quote and `\\` a backslash;
 * - either with `*` before or after, where its first or last word may be a part of one;
 * - `service:`, `severity:` with names in a list by commas; `severity>=`, `>`, `<=`, `<`; with `=`, as with `:`, these
 *   fields too, while `user=42` is text;
 * - `attr.NAME:` with a value, whatever its case, and `*` before or after; a name with odd characters in quotes;
 * - `after:`, `before:` by publish time, `timestamp>=`, `>`, `<=`, `<`, each with a moment, see `parseMoment()`.
 *
 * @param now The clock for moments that are relative, in milliseconds.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseQuery } from "./parse_query.ts";
 *
 * const parsed = parseQuery("-healthz", 0);
 * assertEquals(parsed.state === "query" && parsed.query.terms, [
 *   { kind: "text", negated: true, place: { at: 0, length: 8 }, text: "healthz", openStart: false, openEnd: false },
 * ]);
 * ```
 */
export function parseQuery(text: string, now: Date | number): ParsedQuery {
  if (text.length > QUERY_MAX) {
    return mistaken({
      at: QUERY_MAX,
      length: text.length - QUERY_MAX,
      problem: `the query has ${text.length} characters, over ${QUERY_MAX}`,
      remedy: "leave out some terms",
    });
  }
  const source = new QueryText(text);
  const terms: Term[] = [];
  const mistakes: Mistake[] = [];
  for (source.skipSpace(); !source.atEnd() && mistakes.length < MISTAKES_MAX; source.skipSpace()) {
    const { at } = source;
    try {
      terms.push(parseTerm(source, now));
      if (source.at - at > TERM_MAX) {
        throw new MistakeAt({ at, length: source.at - at }, {
          problem: `the term has ${source.at - at} characters, over ${TERM_MAX}`,
          remedy: "write a part of it, with * where it goes on",
        });
      }
      if (terms.length > TERMS_MAX) {
        throw new MistakeAt({ at, length: text.length - at }, {
          problem: `there are more than ${TERMS_MAX} terms`,
          remedy: "leave out some of them",
        });
      }
    } catch (error) {
      if (!(error instanceof MistakeAt)) throw error;
      mistakes.push(error.mistake);
      if (terms.length > TERMS_MAX) break;
      source.skipTerm();
    }
  }
  const [first, ...others] = mistakes;
  return first === undefined ? { state: "query", query: { terms } } : mistaken(first, ...others);
}

function mistaken(...mistakes: [Mistake, ...Mistake[]]): ParsedQuery {
  return { state: "mistaken", mistakes };
}

function parseTerm(source: QueryText, now: Date | number): Term {
  const { at } = source;
  const negated = source.take("-");
  if (negated && (source.atTermEnd() || source.text[source.at] === "-")) {
    source.skipTerm();
    throw new MistakeAt(source.since(at), {
      problem: source.at - at === 1 ? "- excludes the term after it, and there is none" : "a term begins with --",
      remedy: source.at - at === 1 ? "leave it out, or write -word" : `to look for this, write ${quoted(source, at)}`,
    });
  }
  const begun: Beginning = { source, at, negated, now };
  const field = source.takeField();
  if (field === undefined) return textTerm(begun);
  const { name, operator, attribute, place } = field;
  if (attribute !== undefined) return attributeTerm(begun, { attribute, operator, place });
  const known = name.toLowerCase();
  switch (known) {
    case "service":
      return serviceTerm(begun, operator);
    case "severity":
      return severityTerm(begun, operator);
    case "after":
    case "before":
      return publishTimeTerm(begun, { kind: known, operator });
    case "timestamp":
      return timestampTerm(begun, operator);
  }
  if (operator === "=") {
    // `user=42`, and `level=warn`, is in many a payload: a row of words.
    source.at = place.at;
    return textTerm(begun);
  }
  source.skipTerm();
  throw new MistakeAt(place, {
    problem: `there is no field "${name}"`,
    remedy: `${meant(known)}to look for the text, write ${quoted(source, place.at)}`,
  });
}

function meant(field: string): string {
  const names = ["service", "severity", "after", "before", "timestamp"];
  const other = Object.hasOwn(OTHER_NAMES, field) ? OTHER_NAMES[field] : nearest(field, names);
  return other === undefined ? `fields are ${FIELDS.join(", ")}; ` : `did you mean ${other}? Or, `;
}

/** What was written since `at` as a phrase. */
function quoted(source: QueryText, at: number): string {
  return quote(source.text.slice(at, source.at));
}
