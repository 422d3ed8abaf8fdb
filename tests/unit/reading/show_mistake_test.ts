import { assertEquals } from "@std/assert";
import { displayWidth } from "../../../src/ops/width.ts";
import { parseQuery } from "../../../src/reading/parse_query.ts";
import { mistakeLines } from "../../../src/reading/show_mistake.ts";

/** The first mistake of a query, shown. */
function shown(query: string, columns?: number): string[] {
  const parsed = parseQuery(query, 0);
  if (parsed.state === "query") throw new Error("no mistake");
  return mistakeLines(query, parsed.mistakes[0], columns);
}

for (
  const [query, marked, under] of [
    ["-", "  -", "  ^"],
    ["a servce:x", "  a servce:x", "    ^^^^^^"],
    ["支払い severity:重大", "  支払い severity:重大", "                  ^^^^"],
    ['\x1b "a', '  \\u001b "a', "  ^^^^^^"],
    ["a service:", "  a service:", "            ^"],
  ] as const
) {
  Deno.test(`mistakeLines() underlines what is wrong in ${JSON.stringify(query)}`, () => {
    assertEquals(shown(query).slice(0, 2), [marked, under]);
  });
}

Deno.test("mistakeLines() shows the part of a long query that holds the mistake", () => {
  const query = `${"支払い word ".repeat(20)}servce:${"x".repeat(300)} more`;
  for (const columns of [20, 40, 80, 200]) {
    const [text, under] = shown(query, columns);
    const from = under!.indexOf("^");
    // The characters before take two cells each, so the place is found by cells.
    assertEquals(text!.includes("servce:x"), true, text);
    assertEquals(displayWidth(text!.slice(0, text!.indexOf("servce"))), from);
    assertEquals(under!.trim(), "^^^^^^");
    assertEquals([text, under].every((line) => displayWidth(line!) <= Math.max(columns, 40)), true, text);
  }
});

Deno.test("mistakeLines() underlines no more than is shown", () => {
  const [text, under] = shown(`${"a ".repeat(60)}"${"x".repeat(300)}`, 80);
  assertEquals([displayWidth(text!), displayWidth(under!)], [80, 80]);
});
