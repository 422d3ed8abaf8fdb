import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Access, bearerOf, parseTokens, type Token, tokenIn } from "../../../../src/http/guard/tokens.ts";

const A = "a".repeat(16);
const B = "b-._~+/0123456789==";

function tokensOf(text: string, access: Access = "read"): readonly Token[] {
  const tokens = parseTokens(text, access);
  assert(tokens.ok, "no tokens");
  return tokens.value;
}

Deno.test("parseTokens() reads a token a line, with or without a name, between comments", () => {
  const tokens = tokensOf(`# for the page\n\n${A}\r\ngrafana: ${B} \n`);
  assertEquals(tokens.map(({ name, access }) => [name, access]), [["read", "read"], ["grafana", "read"]]);
  assertEquals(bearerOf(A, tokens), { name: "read", access: "read" });
  assertEquals(bearerOf(B, tokens), { name: "grafana", access: "read" });
  assertEquals(bearerOf(`${A}a`, tokens), undefined);
  assertEquals(bearerOf("", tokens), undefined);
});

for (
  const [what, text, problem] of [
    ["nothing but comments", "# none\n", /^has no token in it$/],
    ["a short token", "secret", /^has a token of 6 characters, and not 16 to 512, in line 1$/],
    ["a long token", "a".repeat(513), /of 513 characters/],
    ["a space in a token", `\n${A} ${A}`, /other than letters, digits and .* in line 2$/],
    ["an odd name", `a b:${A}`, /^has a name of other than/],
    ["an empty token", "name:", /^has a token with other/],
  ] as const
) {
  Deno.test(`parseTokens() refuses ${what}, and repeats no token`, () => {
    const tokens = parseTokens(text, "admin");
    assert(!tokens.ok);
    assertMatch(tokens.problem, problem);
    assert(!tokens.problem.includes(A));
  });
}

Deno.test("bearerOf() takes the one that allows more, where a token is in both files", () => {
  const [read, admin] = [tokensOf(`r:${A}`), tokensOf(`a:${A}`, "admin")];
  assertEquals(bearerOf(A, [...read, ...admin])?.access, "admin");
  assertEquals(bearerOf(A, [...admin, ...read])?.access, "admin");
});

Deno.test("tokenIn() takes a bearer token, and nothing else", () => {
  assertEquals(tokenIn(`Bearer ${A}`), A);
  assertEquals(tokenIn(`bearer  ${B} `), B);
  for (const other of ["", "Basic YTpi", "Bearer", "Bearer ", `Bearer ${A} ${A}`, `Bearer ${A},${A}`, A]) {
    assertEquals(tokenIn(other), undefined, other);
  }
});
