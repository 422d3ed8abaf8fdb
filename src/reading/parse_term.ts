/**
 * Reads each kind of term, from behind its `-` and its field.
 *
 * @module
 */
import { SERVICE_NAME_MAX } from "../entry/limits.ts";
import { SEVERITIES } from "../entry/entry.ts";
import { nearest } from "../ops/nearest.ts";
import { wordsOf } from "../words/words.ts";
import { parseMoment } from "./moment.ts";
import { COMPARISONS, type Pattern, type Place, type Term } from "./query.ts";
import { MistakeAt, type QueryText } from "./query_text.ts";

/** What a term has besides its kind and value; the length is known once it has ended. */
export interface Beginning {
  readonly source: QueryText;
  readonly at: number;
  readonly negated: boolean;
  readonly now: Date | number;
}

const KEYWORDS: Readonly<Record<string, string>> = {
  AND: "leave it out: all terms hold",
  OR: "ask for one after the other: there is no or, but service:a,b and severity:warn,fatal",
  NOT: "write - right before a term",
};

/** `timeout`, `"exact phrase"`, `pre*`. @throws {MistakeAt} */
export function textTerm({ source, at, negated }: Beginning): Term {
  const start = source.at;
  const pattern = takePattern(source);
  const place = source.since(at);
  const written = source.text.slice(start, source.at);
  if (Object.hasOwn(KEYWORDS, written)) {
    const remedy = `${KEYWORDS[written]}; to look for the word, write "${written}"`;
    throw new MistakeAt(place, { problem: `${written} is no operator`, remedy });
  }
  if (wordsOf(pattern.text).length === 0) {
    throw new MistakeAt(place, {
      problem: "there is no letter, digit or _ to look for",
      remedy: written === "*" ? "leave it out: without terms all is found" : "only words are looked for: leave it out",
    });
  }
  return { kind: "text", negated, place, ...pattern };
}

/** What follows `attr.NAME:`. @throws {MistakeAt} */
export function attributeTerm(
  { source, at, negated }: Beginning,
  { attribute, operator, place }: { readonly attribute: string; readonly operator: string; readonly place: Place },
): Term {
  if (operator !== ":" && operator !== "=") throw wrongOperator(place, { operator, remedy: "write attr.NAME:value" });
  if (attribute === "") {
    throw new MistakeAt(place, { problem: "the attribute has no name", remedy: "write attr.NAME:value" });
  }
  const start = source.at;
  const pattern = takePattern(source);
  if (source.at === start) {
    throw new MistakeAt(source.since(at), {
      problem: "the attribute's value is missing",
      remedy: `write a value, * for any, or "" for the empty one`,
    });
  }
  // `attr.trace:*` is read as its first star only.
  const any = pattern.text === "" && (pattern.openStart || pattern.openEnd);
  const open = any ? { openStart: true, openEnd: true } : {};
  return { kind: "attribute", negated, place: source.since(at), name: attribute, ...pattern, ...open };
}

/** What follows `service:`. @throws {MistakeAt} */
export function serviceTerm({ source, at, negated }: Beginning, operator: string): Term {
  const remedy = "write service:name, or service:a,b for several";
  if (operator !== ":" && operator !== "=") throw wrongOperator(source.since(at), { operator, remedy });
  const names = new Set<string>();
  for (const item of source.takeList()) {
    const name = item.text.trim();
    if (name === "") throw new MistakeAt(item.place, { problem: "a service's name is missing", remedy });
    if (!item.quoted && name.includes("*")) {
      throw new MistakeAt(item.place, {
        problem: "services are named whole, without *",
        remedy: "list several by commas; a name that has a * is written in quotes",
      });
    }
    if (Array.from(name).length > SERVICE_NAME_MAX) {
      throw new MistakeAt(item.place, {
        problem: `no service's name is over ${SERVICE_NAME_MAX} characters`,
        remedy: "shorten it",
      });
    }
    names.add(name);
  }
  return { kind: "service", negated, place: source.since(at), names: [...names] };
}

/** What follows `severity>=` and the like. @throws {MistakeAt} */
export function severityTerm({ source, at, negated }: Beginning, operator: string): Term {
  const before = source.at;
  const ranks = source.takeList().map(({ text, place }) => {
    const word = text.toLowerCase();
    const rank = (SEVERITIES as readonly string[]).indexOf(word === "warning" ? "warn" : word);
    if (rank >= 0) return rank;
    const close = nearest(word, SEVERITIES);
    throw new MistakeAt(place, {
      problem: text === "" ? "the severity is missing" : `"${text}" is no severity`,
      remedy: `${close === undefined ? "" : `did you mean ${close}? `}severities are ${SEVERITIES.join(", ")}`,
    });
  });
  const [rank, ...others] = ranks;
  if (operator !== ":" && operator !== "=" && others.length > 0) {
    const place = { at: before, length: source.at - before };
    throw new MistakeAt(place, { problem: `${operator} compares with one severity`, remedy: "write severity:a,b" });
  }
  const severities = SEVERITIES.filter((_, i) => holds(operator, { i, rank: rank!, ranks }));
  if (severities.length === 0) {
    throw new MistakeAt(source.since(at), {
      problem: `there is no severity ${operator === "<" ? "below" : "above"} ${SEVERITIES[rank!]}`,
      remedy: `severities are, from the least, ${SEVERITIES.join(", ")}`,
    });
  }
  return { kind: "severity", negated, place: source.since(at), severities };
}

function holds(
  operator: string,
  { i, rank, ranks }: { readonly i: number; readonly rank: number; readonly ranks: readonly number[] },
): boolean {
  switch (operator) {
    case ">=":
      return i >= rank;
    case ">":
      return i > rank;
    case "<=":
      return i <= rank;
    case "<":
      return i < rank;
    default:
      return ranks.includes(i);
  }
}

/** What follows `after:` and `before:`. @throws {MistakeAt} */
export function publishTimeTerm(
  { source, at, negated, now }: Beginning,
  { kind, operator }: { readonly kind: "after" | "before"; readonly operator: string },
): Term {
  if (operator !== ":" && operator !== "=") {
    throw wrongOperator(source.since(at), { operator, remedy: `write ${kind}:-15m or ${kind}:2026-11-24T10:00Z` });
  }
  const moment = takeMoment(source, now);
  if (negated) {
    const opposite = kind === "after" ? "before" : "after";
    const problem = `${kind} cannot be excluded`;
    throw new MistakeAt(source.since(at), { problem, remedy: `write ${opposite} instead, without -` });
  }
  return { kind, negated, place: source.since(at), moment };
}

/** What follows `timestamp>=` and the like. @throws {MistakeAt} */
export function timestampTerm({ source, at, negated, now }: Beginning, operator: string): Term {
  const comparison = COMPARISONS.find((known) => known === operator);
  if (comparison === undefined) {
    const remedy = "write timestamp>=…, >, <= or <; after: and before: go by publish time, and are quick";
    throw wrongOperator(source.since(at), { operator, remedy });
  }
  return { kind: "timestamp", negated, comparison, moment: takeMoment(source, now), place: source.since(at) };
}

function takeMoment(source: QueryText, now: Date | number): string {
  const { at } = source;
  const { text } = source.takeValue();
  source.expectTermEnd();
  const moment = parseMoment(text, now);
  if (typeof moment === "string") return moment;
  const { problem, remedy } = moment;
  throw new MistakeAt(source.since(at), {
    problem: text === "" ? "the time is missing" : `the time ${problem}`,
    remedy,
  });
}

function wrongOperator(place: Place, { operator, remedy }: { readonly operator: string; readonly remedy: string }) {
  return new MistakeAt(place, { problem: `${operator} is not for this field`, remedy });
}

/** A text with its stars. */
function takePattern(source: QueryText): Pattern {
  const openStart = source.take("*");
  const { text, quoted, place } = source.takeValue();
  if (quoted) {
    const openEnd = source.take("*");
    source.expectTermEnd();
    return { text, openStart, openEnd };
  }
  const openEnd = text.endsWith("*");
  const inner = openEnd ? text.slice(0, -1) : text;
  if (inner.includes("*")) {
    throw new MistakeAt({ at: place.at + inner.indexOf("*"), length: 1 }, {
      problem: "a * stands within a term",
      remedy: "write it before or after; several parts are several terms",
    });
  }
  return { text: inner, openStart, openEnd };
}
