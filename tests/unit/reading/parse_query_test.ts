import { assert, assertEquals } from "@std/assert";
import { MISTAKES_MAX, parseQuery } from "../../../src/reading/parse_query.ts";
import { QUERY_MAX, type Term, TERM_MAX, TERMS_MAX } from "../../../src/reading/query.ts";

const NOW = Date.UTC(2026, 10, 24, 10, 30);

type Placeless<T> = T extends Term ? Omit<T, "place" | "negated"> & { readonly negated?: true } : never;

/** The terms without their places; `negated` only where it is so. */
function termsOf(text: string): Placeless<Term>[] {
  const parsed = parseQuery(text, NOW);
  assert(parsed.state === "query", JSON.stringify(parsed));
  return parsed.query.terms.map(({ place: _, negated, ...term }) =>
    ({ ...term, ...negated ? { negated } : {} }) as Placeless<Term>
  );
}

function text(text: string, open: "" | "start" | "end" | "both" = ""): Placeless<Term> {
  const [openStart, openEnd] = [open === "start" || open === "both", open === "end" || open === "both"];
  return { kind: "text", text, openStart, openEnd };
}

function attribute(name: string, value: Placeless<Term>): Placeless<Term> {
  return { ...value, kind: "attribute", name } as Placeless<Term>;
}

for (
  const [query, terms] of [
    ["", []],
    ["  \t\n ", []],
    ["timeout", [text("timeout")]],
    ["  Timeout\u00a0user/42 ", [text("Timeout"), text("user/42")]],
    ["a=b user=42 -level=warn x-y->z", [
      text("a=b"),
      text("user=42"),
      { ...text("level=warn"), negated: true },
      text("x-y->z"),
    ]],
    ["10:00:01 1>0", [text("10:00:01"), text("1>0")]],
    ['"exact phrase"', [text("exact phrase")]],
    ['"service:alpha" "-x" "AND" "a*b"', [text("service:alpha"), text("-x"), text("AND"), text("a*b")]],
    [String.raw`"say \"hi\" C:\dir \\ end\\"`, [text(String.raw`say "hi" C:\dir \ end` + "\\")]],
    ["pre* *part* *end", [text("pre", "end"), text("part", "both"), text("end", "start")]],
    ['*"two words"*', [text("two words", "both")]],
    ["-healthz", [{ ...text("healthz"), negated: true }]],
    ['-"a b" -*c*', [{ ...text("a b"), negated: true }, { ...text("c", "both"), negated: true }]],
    ["and Or", [text("and"), text("Or")]],
    ["service:alpha", [{ kind: "service", names: ["alpha"] }]],
    ["SERVICE=alpha", [{ kind: "service", names: ["alpha"] }]],
    ['service:a,"b, c",a," d "', [{ kind: "service", names: ["a", "b, c", "d"] }]],
    ["service:a:b/c", [{ kind: "service", names: ["a:b/c"] }]],
    ['service:"*"', [{ kind: "service", names: ["*"] }]],
    ["-service:a,b", [{ kind: "service", names: ["a", "b"], negated: true }]],
    ["severity:warn", [{ kind: "severity", severities: ["warn"] }]],
    ["severity:Fatal,INFO,info", [{ kind: "severity", severities: ["info", "fatal"] }]],
    ["severity>=warn", [{ kind: "severity", severities: ["warn", "error", "fatal"] }]],
    ["severity>warning", [{ kind: "severity", severities: ["error", "fatal"] }]],
    ["severity<=info", [{ kind: "severity", severities: ["debug", "info"] }]],
    ['severity<"info"', [{ kind: "severity", severities: ["debug"] }]],
    ["-severity:debug", [{ kind: "severity", severities: ["debug"], negated: true }]],
    ["attr.trace:abc", [attribute("trace", text("abc"))]],
    ["attr.trace=a:b,c", [attribute("trace", text("a:b,c"))]],
    ["ATTR.k8s.io/pod:x", [attribute("k8s.io/pod", text("x"))]],
    ['attr."odd name:":"v w"*', [
      attribute("odd name:", text("v w", "end")),
    ]],
    ['attr.x:""', [attribute("x", text(""))]],
    ["attr.x:*", [attribute("x", text("", "both"))]],
    ["-attr.x:*b*", [{ ...attribute("x", text("b", "both")), negated: true }]],
    ["attr.trace", [text("attr.trace")]],
    ["after:2026-11-24T10:00Z", [{ kind: "after", moment: "2026-11-24 10:00:00.000000" }]],
    ["before:-15m", [{ kind: "before", moment: "2026-11-24 10:15:00.000000" }]],
    ['after:"2026-11-24"', [{ kind: "after", moment: "2026-11-24 00:00:00.000000" }]],
    ["timestamp>=-1h", [{ kind: "timestamp", comparison: ">=", moment: "2026-11-24 09:30:00.000000" }]],
    ["-timestamp<1h", [{ kind: "timestamp", comparison: "<", moment: "2026-11-24 09:30:00.000000", negated: true }]],
  ] as const satisfies readonly (readonly [string, readonly Placeless<Term>[]])[]
) {
  Deno.test(`parseQuery() reads ${JSON.stringify(query)}`, () => assertEquals(termsOf(query), [...terms]));
}

Deno.test("parseQuery() reads the query of the documents, and where each term stands", () => {
  const query = 'service:alpha severity>=warn timeout "exact phrase" -healthz attr.trace:abc after:2026-11-24T10:00Z';
  const parsed = parseQuery(query, NOW);
  assert(parsed.state === "query");
  assertEquals(parsed.query.terms.map(({ place }) => query.slice(place.at, place.at + place.length)), [
    "service:alpha",
    "severity>=warn",
    "timeout",
    '"exact phrase"',
    "-healthz",
    "attr.trace:abc",
    "after:2026-11-24T10:00Z",
  ]);
});

const MOMENT = "write RFC 3339, as 2026-11-24T10:00:00Z, 2026-11-24T10:00Z or 2026-11-24 (UTC), " +
  "or how long ago, as 15m, -2h or 1d12h";
const SEVERITIES = "severities are debug, info, warn, error, fatal";
const SERVICE = "write service:name, or service:a,b for several";

for (
  const [query, place, told] of [
    [
      "servce:a",
      "servce",
      `there is no field "servce"; did you mean service? Or, to look for the text, write "servce:a"`,
    ],
    [
      "x level>=warn",
      "level",
      `there is no field "level"; did you mean severity? Or, to look for the text, write ` +
      `"level>=warn"`,
    ],
    ["attr:x", "attr", `there is no field "attr"; did you mean attr.NAME? Or, to look for the text, write "attr:x"`],
    [
      'http://a/"b c"',
      "http",
      `there is no field "http"; fields are service, severity, attr.NAME, after, before, ` +
      String.raw`timestamp; to look for the text, write "http://a/\"b c\""`,
    ],
    [
      "constructor:x",
      "constructor",
      `there is no field "constructor"; fields are service, severity, attr.NAME, after, ` +
      `before, timestamp; to look for the text, write "constructor:x"`,
    ],
    [
      "a OR b",
      "OR",
      "OR is no operator; ask for one after the other: there is no or, but service:a,b and " +
      'severity:warn,fatal; to look for the word, write "OR"',
    ],
    ["a AND b", "AND", 'AND is no operator; leave it out: all terms hold; to look for the word, write "AND"'],
    ["NOT b", "NOT", 'NOT is no operator; write - right before a term; to look for the word, write "NOT"'],
    ["a - b", "-", "- excludes the term after it, and there is none; leave it out, or write -word"],
    ["--verbose", "--verbose", 'a term begins with --; to look for this, write "--verbose"'],
    ["a | b", "|", "there is no letter, digit or _ to look for; only words are looked for: leave it out"],
    ["*", "*", "there is no letter, digit or _ to look for; leave it out: without terms all is found"],
    ['""', '""', "there is no letter, digit or _ to look for; only words are looked for: leave it out"],
    ["a*b*", "*", "a * stands within a term; write it before or after; several parts are several terms"],
    ['x "open end', '"open end', `the quote has no end; write a second "`],
    ['{"a":1}', '"', `a quote stands within a term; put all of it in quotes, and write \\" for a quote in it`],
    ['"a"b', "b", "something stands right after a quote; put a space between"],
    ['after:"-1h"x', "x", "something stands right after a quote; put a space between"],
    ["service:", "", `a service's name is missing; ${SERVICE}`],
    ["service:a,", "", `a service's name is missing; ${SERVICE}`],
    ["service>a", "service>", `> is not for this field; ${SERVICE}`],
    [
      "service:al*",
      "al*",
      "services are named whole, without *; list several by commas; a name that has a * is written " +
      "in quotes",
    ],
    [`service:${"é".repeat(101)}`, "é".repeat(101), "no service's name is over 100 characters; shorten it"],
    ["severity:eror", "eror", `"eror" is no severity; did you mean error? ${SEVERITIES}`],
    ["severity:3", "3", `"3" is no severity; ${SEVERITIES}`],
    ["severity: warn", "", `the severity is missing; ${SEVERITIES}`],
    ["severity>=warn,info", "warn,info", ">= compares with one severity; write severity:a,b"],
    [
      "severity>fatal",
      "severity>fatal",
      "there is no severity above fatal; severities are, from the least, debug, info, " +
      "warn, error, fatal",
    ],
    [
      "severity<debug",
      "severity<debug",
      "there is no severity below debug; severities are, from the least, debug, info, " +
      "warn, error, fatal",
    ],
    ["attr.:x", "attr.:", "the attribute has no name; write attr.NAME:value"],
    ["attr.x>5", "attr.x>", "> is not for this field; write attr.NAME:value"],
    ["attr.x: y", "attr.x:", `the attribute's value is missing; write a value, * for any, or "" for the empty one`],
    ["after:", "", `the time is missing; ${MOMENT}`],
    ["after:noon", "noon", `the time is no time; ${MOMENT}`],
    [
      "after:2026-11-24T10:00",
      "2026-11-24T10:00",
      "the time does not say its offset from UTC; write " +
      "2026-11-24T10:00Z, if it is UTC",
    ],
    ["after>=-1h", "after>=", ">= is not for this field; write after:-15m or after:2026-11-24T10:00Z"],
    ["-before:-1h", "-before:-1h", "before cannot be excluded; write after instead, without -"],
    [
      "timestamp:-1h",
      "timestamp:",
      ": is not for this field; write timestamp>=…, >, <= or <; after: and before: go by " +
      "publish time, and are quick",
    ],
    [
      "x".repeat(TERM_MAX + 1),
      "x".repeat(TERM_MAX + 1),
      `the term has ${TERM_MAX + 1} characters, over ${TERM_MAX}; ` +
      "write a part of it, with * where it goes on",
    ],
    ["x ".repeat(TERMS_MAX) + "y z", "y z", `there are more than ${TERMS_MAX} terms; leave out some of them`],
    [
      "x ".repeat(QUERY_MAX / 2) + "y",
      "y",
      `the query has ${QUERY_MAX + 1} characters, over ${QUERY_MAX}; leave out some ` +
      "terms",
    ],
  ] as const
) {
  Deno.test(`parseQuery() says what is wrong with ${JSON.stringify(query.slice(0, 40))}`, () => {
    const parsed = parseQuery(query, NOW);
    assert(parsed.state === "mistaken");
    const [{ at, length, problem, remedy }, ...others] = parsed.mistakes;
    assertEquals(others, []);
    assertEquals(`${problem}; ${remedy}`, told);
    assertEquals(query.slice(at, at + length), place);
  });
}

Deno.test("parseQuery() tells all mistakes in order, up to a number, and goes on after each", () => {
  const query = 'x:1 ok severity:bad -- "a"b after:"c d"e';
  const parsed = parseQuery(query, NOW);
  assert(parsed.state === "mistaken");
  assertEquals(parsed.mistakes.map(({ at }) => at), [0, 16, 20, 26, 39]);
  const many = parseQuery("x:1 ".repeat(20), NOW);
  assert(many.state === "mistaken");
  assertEquals(many.mistakes.length, MISTAKES_MAX);
});

Deno.test("parseQuery() looks for what to offer as text is read as that text", () => {
  for (const query of ["servce:a", 'http://a/"b c"', "--verbose", String.raw`x:C:\dir\"`]) {
    const parsed = parseQuery(query, NOW);
    assert(parsed.state === "mistaken");
    const offered = /write (".*")$/s.exec(parsed.mistakes[0].remedy)?.[1];
    assertEquals(termsOf(offered!), [text(query)]);
  }
});
