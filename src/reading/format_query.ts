/**
 * Writes a query as text: what `parseQuery()` reads back as the same query, whatever its clock says.
 *
 * @module
 */
import { SEVERITIES, type Severity } from "../entry/entry.ts";
import { rfc3339Of } from "../entry/instant.ts";
import { type Pattern, type Query, quote, type Term } from "./query.ts";

/** The terms in their order. Moments are absolute; quotes stand where they are needed. */
export function formatQuery(query: Query): string {
  return query.terms.map(formatTerm).join(" ");
}

/** One term. */
export function formatTerm(term: Term): string {
  return (term.negated ? "-" : "") + formatBody(term);
}

function formatBody(term: Term): string {
  switch (term.kind) {
    case "text":
      return formatPattern(term);
    case "service":
      return `service:${term.names.map(value).join(",")}`;
    case "severity":
      return formatSeverities(term.severities);
    case "attribute":
      return `attr.${value(term.name)}:${isAny(term) ? "*" : formatPattern(term)}`;
    case "after":
    case "before":
      return `${term.kind}:${rfc3339Of(term.moment)}`;
    case "timestamp":
      return `timestamp${term.comparison}${rfc3339Of(term.moment)}`;
    default:
      return term satisfies never;
  }
}

function isAny({ text, openStart, openEnd }: Pattern): boolean {
  return text === "" && openStart && openEnd;
}

function formatPattern({ text, openStart, openEnd }: Pattern): string {
  return `${openStart ? "*" : ""}${value(text)}${openEnd ? "*" : ""}`;
}

/** A list, or a comparison where it says the same of more than one. */
function formatSeverities(severities: readonly Severity[]): string {
  const [first, last] = [severities[0]!, severities.at(-1)!];
  const [from, to] = [SEVERITIES.indexOf(first), SEVERITIES.indexOf(last)];
  if (severities.length > 1 && to - from + 1 === severities.length) {
    if (to === SEVERITIES.length - 1) return `severity>=${first}`;
    if (from === 0) return `severity<=${last}`;
  }
  return `severity:${severities.join(",")}`;
}

/** What means nothing but itself wherever a value stands; all else goes into quotes. */
const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_./-]*$/u;
const KEYWORD = /^(?:AND|OR|NOT)$/;

function value(text: string): string {
  return PLAIN.test(text) && !KEYWORD.test(text) ? text : quote(text);
}
