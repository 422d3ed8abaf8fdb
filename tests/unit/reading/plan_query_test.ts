import { assert, assertEquals } from "@std/assert";
import { formatQuery } from "../../../src/reading/format_query.ts";
import { parseQuery } from "../../../src/reading/parse_query.ts";
import { planQuery, type QueryPlan, widened, WORDS_MAX } from "../../../src/reading/plan_query.ts";
import type { Query } from "../../../src/reading/query.ts";
import type { TimeRange } from "../../../src/reading/moment.ts";
import { attributeHash, wordHash } from "../../../src/words/word_hash.ts";

function queryOf(text: string): Query {
  const parsed = parseQuery(text, 0);
  assert(parsed.state === "query", JSON.stringify(parsed));
  return parsed.query;
}

function planOf(text: string, within?: TimeRange): QueryPlan {
  return planQuery(queryOf(text), within);
}

Deno.test("planQuery() of nothing is everything, by the key", () => {
  assertEquals(planOf(""), {
    range: {},
    exceptServices: [],
    severities: ["debug", "info", "warn", "error", "fatal"],
    words: [],
    residual: [],
    by: "keys",
  });
});

Deno.test("planQuery() answers services, severities and publish times by keys, and leaves nothing to the rows", () => {
  const plan = planOf("service:a,b,c service:b,c,d -service:c,x severity>=info -severity:error after:2026-11-24");
  assertEquals(plan, {
    range: { from: "2026-11-24 00:00:00.000000" },
    services: ["b"],
    exceptServices: [],
    severities: ["info", "warn", "fatal"],
    words: [],
    residual: [],
    by: "keys",
  });
  assertEquals(planOf("-service:c,x -service:x,y").exceptServices, ["c", "x", "y"]);
});

Deno.test("planQuery() narrows the range that it is given, and never widens it", () => {
  const within = { from: "2026-11-24 10:00:00.000000", to: "2026-11-24 11:00:00.000000" };
  assertEquals(planOf("x", within).range, within);
  assertEquals(planOf("after:2026-11-24T10:30Z before:2026-11-25 before:2026-11-26", within).range, {
    from: "2026-11-24 10:30:00.000000",
    to: within.to,
  });
});

for (
  const [query, words, by] of [
    ["timeout", ["timeout"], "words"],
    ['Timeout "connection refused"', ["connection", "timeout", "refused"], "words"],
    ["users/42", ["users", "42"], "words"],
    ["a a A", ["a"], "words"],
    ["conn*", [], "rows"],
    ["*part*", [], "rows"],
    ['"connection ref"*', ["connection"], "words"],
    ['*"tion refused by pe"*', ["refused", "by"], "words"],
    ["-timeout", [], "rows"],
    ["timeout -healthz", ["timeout"], "words"],
    ["attr.Trace:AbC word", ["trace=abc", "word"], "words"],
    ["attr.trace:ab* -attr.zone:x attr.y:*", [], "rows"],
    ["attr.googclient_x:1", [], "rows"],
    ["timestamp>2026-11-24 service:a", [], "rows"],
  ] as const
) {
  Deno.test(`planQuery() looks for ${JSON.stringify(words)} of ${query}, by ${by}`, () => {
    const plan = planOf(query);
    assertEquals(plan.words.map(({ word }) => word), [...words]);
    assertEquals(plan.by, by);
  });
}

Deno.test("planQuery() leaves all texts, attributes and timestamps to the last word of the rows", () => {
  const query = queryOf("service:a timeout -healthz attr.x:1 timestamp>2026-11-24");
  assertEquals(planQuery(query).residual, query.terms.slice(1));
});

Deno.test("planQuery() hashes words as they are indexed", () => {
  assertEquals(planOf("TimeOut").words[0]?.hash, wordHash("timeout"));
  assertEquals(planOf("attr.A:B").words[0]?.hash, attributeHash("a", "b"));
});

Deno.test("planQuery() looks for so many words only, the longest first", () => {
  const text = Array.from({ length: 30 }, (_, i) => "w".repeat(i + 1)).join(" ");
  const { words } = planOf(`"${text}"`);
  assertEquals(words.map(({ word }) => word.length), Array.from({ length: WORDS_MAX }, (_, i) => 30 - i));
});

for (
  const [query, nothing] of [
    ["service:a service:b", "no service is all that is asked for"],
    ["service:a -service:a", "no service is all that is asked for"],
    ["severity:info severity>=warn", "no severity is all that is asked for"],
    ["-severity>=debug", "no severity is all that is asked for"],
    ["after:2026-11-24 before:2026-11-24", "the time ends before it begins"],
  ] as const
) {
  Deno.test(`planQuery() says of ${query} that ${nothing}`, () => assertEquals(planOf(query).nothing, nothing));
}

Deno.test("widened() opens every word that must be there", () => {
  const widen = (text: string) => {
    const query = widened(queryOf(text));
    return query === undefined ? undefined : formatQuery(query);
  };
  assertEquals(widen("service:a time* -x *y*"), "service:a *time* -x *y*");
  assertEquals(widen('"a b"'), '*"a b"*');
  assertEquals(widen("*a* -b service:c"), undefined);
});
