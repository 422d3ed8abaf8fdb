import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { SEVERITIES } from "../../src/entry/entry.ts";
import { formatQuery } from "../../src/reading/format_query.ts";
import { matcherOf, type Searchable } from "../../src/reading/match_query.ts";
import { isWithin } from "../../src/reading/moment.ts";
import { parseQuery } from "../../src/reading/parse_query.ts";
import { planQuery } from "../../src/reading/plan_query.ts";
import { COMPARISONS, type Query, QUERY_MAX, type Term, TERMS_MAX } from "../../src/reading/query.ts";
import { BatchWords } from "../../src/words/batch_words.ts";
import { mayHold, probesOf } from "../../src/words/word_filter.ts";
import { wordsOf } from "../../src/words/words.ts";
import { instants } from "../support/entries.ts";

/** Few words, so that queries and entries meet; with what the language, folding and cutting find special. */
const texts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("up", "UP", "down", "timeout", "time", "out", "42", "größe", "GRÖSSE") },
    { weight: 2, arbitrary: fc.constantFrom(" ", "-", "/", ":", "=", "*", '"', "\\", "\n", "AND", ",", ">=", ".") },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 3 }) },
  ),
  { maxLength: 7 },
).map((parts) => parts.join(""));

const names = fc.constantFrom("alpha", "beta", "a b", "x,y", 'q"', "*", "AND", "-");
const place = fc.constant({ at: 0, length: 0 });
const negated = fc.boolean();
const open = { openStart: fc.boolean(), openEnd: fc.boolean() };
const moments = fc.oneof(instants(), fc.constantFrom("2026-11-24 10:00:00.000000", "2026-11-24 10:00:00.000001"));

const terms: fc.Arbitrary<Term> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("text" as const), negated, place, text: texts, ...open })
      .filter(({ text }) => wordsOf(text).length > 0),
  },
  fc.record({
    kind: fc.constant("service" as const),
    negated,
    place,
    names: fc.uniqueArray(names, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("severity" as const),
    negated,
    place,
    severities: fc.subarray([...SEVERITIES], { minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant("attribute" as const),
    negated,
    place,
    name: fc.oneof(fc.constantFrom("trace", "TRACE", "k8s.io/pod"), texts.filter((name) => name !== "")),
    text: texts,
    ...open,
  }).map((term) =>
    term.text === "" && term.openStart !== term.openEnd ? { ...term, openStart: true, openEnd: true } : term
  ),
  fc.record({
    kind: fc.constantFrom("after" as const, "before" as const),
    negated: fc.constant(false),
    place,
    moment: moments,
  }),
  fc.record({
    kind: fc.constant("timestamp" as const),
    negated,
    place,
    comparison: fc.constantFrom(...COMPARISONS),
    moment: moments,
  }),
);

const queries = fc.array(terms, { maxLength: 5 }).map((terms): Query => ({ terms }));

const entries: fc.Arbitrary<Searchable> = fc.record({
  publishTime: moments,
  timestamp: moments,
  serviceName: names,
  severity: fc.constantFrom(...SEVERITIES),
  payload: fc.array(texts, { maxLength: 4 }).map((parts) => parts.join(" ")),
  attributes: fc.option(fc.dictionary(fc.constantFrom("trace", "Trace", "k8s.io/pod", "x"), texts), { nil: undefined }),
});

function withoutPlaces({ terms }: Query): Query {
  return { terms: terms.map((term) => ({ ...term, place: { at: 0, length: 0 } })) };
}

const RUNS = { numRuns: 2_000 };

Deno.test("parseQuery() reads what formatQuery() writes as the same query", () => {
  fc.assert(
    fc.property(queries, (query) => {
      const text = formatQuery(query);
      const parsed = parseQuery(text, 0);
      assert(parsed.state === "query", `${text} ${JSON.stringify(parsed)}`);
      assertEquals(withoutPlaces(parsed.query), query);
      assertEquals(formatQuery(parsed.query), text);
    }),
    RUNS,
  );
});

Deno.test("parseQuery() makes of any text a query within its bounds, or mistakes that stand in the text", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.array(
      fc.constantFrom(
        ...'- * " \\ : = > < , \n a service: severity>= attr. attr."x after: timestamp< -1h warn AND --'.split(" "),
        " ",
        "\ud800",
      ),
      { maxLength: 20 },
    ).map((parts) => parts.join("")),
    fc.nat(QUERY_MAX + 10).map((length) => "a ".repeat(length)),
  );
  fc.assert(
    fc.property(anything, (text) => {
      const parsed = parseQuery(text, Date.UTC(2026, 10, 24));
      if (parsed.state === "query") {
        assert(parsed.query.terms.length <= TERMS_MAX);
        let end = 0;
        for (const { place } of parsed.query.terms) {
          assert(place.at >= end && place.length > 0);
          end = place.at + place.length;
        }
        assert(end <= text.length);
        return;
      }
      for (const { at, length, problem, remedy } of parsed.mistakes) {
        assert(at >= 0 && length >= 0 && at + length <= text.length);
        assert(problem !== "" && remedy !== "");
      }
    }),
    RUNS,
  );
});

Deno.test("matcherOf() is true where each term alone is, and a term where its opposite is not", () => {
  fc.assert(
    fc.property(queries, entries, (query, entry) => {
      const alone = query.terms.map((term) => matcherOf({ terms: [term] })(entry));
      assertEquals(matcherOf(query)(entry), alone.every(Boolean));
      query.terms.forEach((term, i) => {
        const opposite = { ...term, negated: !term.negated } as Term;
        assertEquals(matcherOf({ terms: [opposite] })(entry), !alone[i]);
      });
    }),
    RUNS,
  );
});

Deno.test("matcherOf() finds any run of an entry's words, as a phrase and by its ends' parts", () => {
  fc.assert(
    fc.property(entries, fc.nat(), fc.nat(), (entry, a, b) => {
      const words = wordsOf(entry.payload);
      fc.pre(words.length > 0);
      const run = words.slice(a % words.length).slice(0, 1 + b % words.length);
      const finds = (text: string, open: { readonly openStart: boolean; readonly openEnd: boolean }) =>
        matcherOf({ terms: [{ kind: "text", negated: false, place: { at: 0, length: 0 }, text, ...open }] })(entry);
      assert(finds(run.join(" "), { openStart: false, openEnd: false }));
      assert(finds(run.join("--").toUpperCase(), { openStart: false, openEnd: false }));
      const shorter = Array.from(run.join(" ")).slice(0, -1).join("");
      if (wordsOf(shorter).length === run.length) assert(finds(shorter, { openStart: false, openEnd: true }));
    }),
    RUNS,
  );
});

Deno.test("planQuery() finds each entry that the query matches, by range, services, severities and the words' filters", () => {
  fc.assert(
    fc.property(queries, entries, (query, entry) => {
      // What is there can be asked for: the query gets words of the entry, so that it matches more often.
      const [word] = wordsOf(entry.payload);
      const sure: Term[] = word === undefined
        ? []
        : [{ kind: "text", negated: false, place: { at: 0, length: 0 }, text: word, openStart: false, openEnd: false }];
      for (const terms of [query.terms, sure, ...query.terms.map((term) => [...sure, term])]) {
        if (!matcherOf({ terms })(entry)) continue;
        const plan = planQuery({ terms });
        assertEquals(plan.nothing, undefined);
        assert(isWithin(entry.publishTime, plan.range));
        assert(plan.services?.includes(entry.serviceName) !== false);
        assert(!plan.exceptServices.includes(entry.serviceName));
        assert(plan.severities.includes(entry.severity));
        const words = new BatchWords();
        words.add(entry);
        const filters = words.filters();
        assert(filters !== "scan");
        for (const { hash } of plan.words) assert(mayHold(filters[0]!.rows, probesOf(hash)));
      }
    }),
    RUNS,
  );
});

Deno.test("planQuery() leaves to the rows all that it does not answer", () => {
  fc.assert(
    fc.property(queries, entries, (query, entry) => {
      const plan = planQuery(query);
      const found = isWithin(entry.publishTime, plan.range) && plan.services?.includes(entry.serviceName) !== false &&
        !plan.exceptServices.includes(entry.serviceName) && plan.severities.includes(entry.severity);
      assertEquals(found && matcherOf({ terms: plan.residual })(entry), matcherOf(query)(entry));
    }),
    RUNS,
  );
});
