import { assert, assertEquals } from "@std/assert";
import { matcherOf, type Searchable, WordRow } from "../../../src/reading/match_query.ts";
import { parseQuery } from "../../../src/reading/parse_query.ts";

const entry: Searchable = {
  publishTime: "2026-11-24 10:00:00.000000",
  timestamp: "2026-11-24 09:59:58.500000",
  serviceName: "alpha",
  severity: "warn",
  payload: "GET /users/42: Connection refused (connect timeout_ms=500) Größe",
  attributes: { Trace: "AbC-1", region: "" },
};

function matches(text: string, changed: Partial<Searchable> = {}): boolean {
  const parsed = parseQuery(text, 0);
  assert(parsed.state === "query", JSON.stringify(parsed));
  return matcherOf(parsed.query)({ ...entry, ...changed });
}

for (
  const query of [
    "",
    "connection",
    "CONNECTION refused",
    '"connection refused"',
    '"42 connection"',
    "users/42",
    "timeout_ms=500",
    "GRÖSSE",
    "gro\u0308ße",
    "conn*",
    "*fused",
    "*nnect*",
    '*"ction refu"*',
    '"users 42 conn"*',
    '*"sers 42"',
    '*"/users"',
    "-healthz",
    "-timeout",
    '-"refused connection"',
    "service:alpha",
    "service:beta,alpha",
    "-service:beta",
    "severity:warn",
    "severity>=info",
    "-severity>warn",
    "attr.trace:abc-1",
    "attr.TRACE:ab*",
    "attr.trace:*C-*",
    "attr.trace:*-1",
    "attr.trace:*",
    'attr.region:""',
    "attr.region:*",
    "-attr.zone:*",
    "-attr.trace:abc",
    "after:2026-11-24T10:00Z",
    "before:2026-11-24T10:00:00.000001Z",
    "timestamp>=2026-11-24T09:59:58.5Z timestamp<=2026-11-24T09:59:58.5Z",
    "timestamp<2026-11-24T10:00Z timestamp>2026-11-24T09:59Z",
    "-timestamp>2026-11-24T10:00Z",
    "service:alpha severity>=warn refused -healthz attr.trace:abc-1 after:2026-11-24 before:2026-11-25",
  ]
) {
  Deno.test(`matcherOf() takes the entry for ${query}`, () => assert(matches(query)));
}

for (
  const query of [
    "connectio",
    "onnection",
    "timeout",
    "ms",
    "grosse",
    '"connection connect"',
    '"refused connection"',
    '"connection refused" healthz',
    "fused*",
    "*conne",
    '*"/sers"',
    '"users 42-"*  "users 4-"*',
    "-connection",
    "-conn*",
    "service:Alpha",
    "-service:alpha,beta",
    "severity:error",
    "-severity>=warn",
    "attr.trace:abc",
    "attr.trace:c*",
    "attr.trace:*b",
    'attr.trace:""',
    "attr.zone:*",
    "-attr.trace:*",
    "after:2026-11-24T10:00:00.000001Z",
    "before:2026-11-24T10:00Z",
    "timestamp>2026-11-24T09:59:58.5Z",
    "timestamp<2026-11-24T09:59:58.5Z",
    "-timestamp<=2026-11-24T10:00Z",
  ]
) {
  Deno.test(`matcherOf() does not take the entry for ${query}`, () => assertEquals(matches(query), false));
}

Deno.test("matcherOf() takes no entry without attributes for one, and each for what excludes one", () => {
  for (const attributes of [undefined, null, {}]) {
    assertEquals(matches("attr.trace:*", { attributes }), false);
    assertEquals(matches("-attr.trace:*", { attributes }), true);
  }
});

Deno.test("matcherOf() takes any of several attributes whose names fold to one", () => {
  const attributes = { id: "1", ID: "2" };
  assert(matches("attr.id:1", { attributes }) && matches("attr.Id:2", { attributes }));
});

Deno.test("WordRow.wholeWords() are those that do not end open", () => {
  const wholeOf = (text: string, openStart: boolean, openEnd: boolean) =>
    new WordRow({ text, openStart, openEnd }).wholeWords();
  assertEquals(wholeOf("A b C", false, false), ["a", "b", "c"]);
  assertEquals(wholeOf("a b c", true, false), ["b", "c"]);
  assertEquals(wholeOf("a b c", false, true), ["a", "b"]);
  assertEquals(wholeOf("a b c", true, true), ["b"]);
  assertEquals(wholeOf("a b", true, true), []);
  assertEquals(wholeOf("a", true, true), []);
  assertEquals(wholeOf("/a.b.", true, true), ["a", "b"]);
});
