/**
 * What can be asked of the entries, as data: what the query language is read into, and written from.
 *
 * @module
 */
import type { Instant, Severity } from "../entry/entry.ts";

/** The longest query, in UTF-16 units. */
export const QUERY_MAX = 4_096;
/** The most terms. */
export const TERMS_MAX = 50;
/** The longest term as written, in UTF-16 units: an attribute's longest name, 256, and value, 1,024, and their quotes. */
export const TERM_MAX = 1_500;

/** Terms that all hold, in the order they were written; none: everything. */
export interface Query {
  readonly terms: readonly Term[];
}

/** Where a term, or what is wrong with it, stands in the text, in UTF-16 units from 0. */
export interface Place {
  readonly at: number;
  readonly length: number;
}

/** One condition. */
export type Term = TextTerm | ServiceTerm | SeverityTerm | AttributeTerm | PublishTimeTerm | TimestampTerm;

interface Written {
  /** Written with `-`: the entries for which the rest does not hold. */
  readonly negated: boolean;
  readonly place: Place;
}

/** A text, and whether it may go on before and after what is written: `*text*`. */
export interface Pattern {
  readonly text: string;
  readonly openStart: boolean;
  readonly openEnd: boolean;
}

/** `timeout`, `"connection refused"`, `pre*`, `*part*`: words of the payload, one after the other. */
export interface TextTerm extends Written, Pattern {
  readonly kind: "text";
}

/** `service:alpha`, `service:alpha,beta`: exactly one of the names. */
export interface ServiceTerm extends Written {
  readonly kind: "service";
  /** At least one, each once. */
  readonly names: readonly string[];
}

/** `severity:warn`, `severity:info,error`, `severity>=warn`. */
export interface SeverityTerm extends Written {
  readonly kind: "severity";
  /** At least one, each once, by rank. */
  readonly severities: readonly Severity[];
}

/** `attr.trace:abc`, `attr.trace:ab*`, and `attr.trace:*`: has it at all, an empty text that is open on both sides. */
export interface AttributeTerm extends Written, Pattern {
  readonly kind: "attribute";
  readonly name: string;
}

/** `after:…` (then or later) and `before:…` (earlier), by publish time. Never negated: they are each other's opposite. */
export interface PublishTimeTerm extends Written {
  readonly kind: "after" | "before";
  readonly moment: Instant;
}

/** How a timestamp is compared. */
export const COMPARISONS = [">=", ">", "<=", "<"] as const;

/** `timestamp>=…`: what the service says when it happened. */
export interface TimestampTerm extends Written {
  readonly kind: "timestamp";
  readonly comparison: typeof COMPARISONS[number];
  readonly moment: Instant;
}

/** A text in quotes, as the language reads it back. */
export function quote(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, "\\$&")}"`;
}

/** What is wrong with a query, where, and what to write instead. */
export interface Mistake extends Place {
  /** A clause: `there is no field "servce"`. */
  readonly problem: string;
  /** A clause: `did you mean service?`. */
  readonly remedy: string;
}
