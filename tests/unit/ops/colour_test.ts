import { assertEquals } from "@std/assert";
import { coloured, takesColour } from "../../../src/ops/colour.ts";

for (
  const [env, isTerminal, taken] of [
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "" }, true, true],
    [{ TERM: "dumb" }, true, false],
    [{ TERM: "xterm" }, false, false],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "0" }, true, false],
    [{ FORCE_COLOR: "" }, false, false],
  ] as const
) {
  Deno.test(`takesColour() ${isTerminal ? "on a terminal" : "elsewhere"} with ${JSON.stringify(env)} is ${taken}`, () => {
    const variables: Readonly<Record<string, string>> = env;
    assertEquals(takesColour((name) => variables[name], isTerminal), taken);
  });
}

Deno.test("coloured() leaves alone what is no severity", () => {
  assertEquals(coloured("x", "constructor"), "x");
  assertEquals(coloured("x", "info"), "x");
  assertEquals(coloured("x", "fatal"), "\x1b[1;31mx\x1b[0m");
});
