import { assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { neverLoaded, parseLcov, percentage, table } from "../../support/cover.ts";

const root = "/repo";

function lcov(path: string, counts: readonly number[]): string {
  const lines = counts.map((count, index) => `DA:${index + 1},${count}`);
  return ["SF:" + path, "FNF:0", ...lines, `LF:${counts.length}`, "end_of_record", ""].join("\n");
}

Deno.test("parseLcov() counts a module's lines and those that ran", () => {
  const modules = parseLcov(lcov("/repo/src/a.ts", [3, 0, 1, 0]), { root });
  assertEquals(modules, [{ path: "src/a.ts", lines: 4, hit: 2 }]);
});

Deno.test("parseLcov() leaves out what is not in src", () => {
  const report = lcov("/repo/tests/support/x.ts", [1]) + lcov("/elsewhere/src/y.ts", [1]) + lcov("/repo/src/a.ts", [1]);
  assertEquals(parseLcov(report, { root }).map((module) => module.path), ["src/a.ts"]);
});

Deno.test("parseLcov() takes a line as hit when any mention of its module hit it", () => {
  const modules = parseLcov(lcov("/repo/src/a.ts", [1, 0, 0]) + lcov("/repo/src/a.ts", [0, 1, 0]), { root });
  assertEquals(modules, [{ path: "src/a.ts", lines: 3, hit: 2 }]);
});

Deno.test("parseLcov() finds nothing in an empty report", () => {
  assertEquals(parseLcov("", { root }), []);
});

Deno.test("neverLoaded() counts every line of code as missed, and no comment or blank line", () => {
  const source = "/**\n * Doc.\n */\n// why\n\nexport function f(): number {\n  return 1;\n}\n";
  assertEquals(neverLoaded("src/a.ts", source), { path: "src/a.ts", lines: 3, hit: 0 });
});

Deno.test("neverLoaded() counts nothing for a module of types alone", () => {
  const source = 'import type { A } from "./a.ts";\n/** Doc. */\nexport interface B {\n  readonly a: A;\n}\n';
  assertEquals(neverLoaded("src/b.ts", source).lines, 0);
});

Deno.test("percentage() weighs modules by their lines", () => {
  assertAlmostEquals(percentage([{ path: "a", lines: 9, hit: 9 }, { path: "b", lines: 1, hit: 0 }]), 90);
  assertEquals(percentage([]), 0);
});

Deno.test("table() shows the least covered module first and the total last", () => {
  const text = table([
    { path: "src/full.ts", lines: 2, hit: 2 },
    { path: "src/half.ts", lines: 2, hit: 1 },
    { path: "src/types.ts", lines: 0, hit: 0 },
  ]);
  const lines = text.split("\n");
  assertEquals(lines.length, 3);
  assertMatch(lines[0] ?? "", /^src\/half\.ts +50\.0 % {2}1 of 2 lines$/);
  assertMatch(lines[2] ?? "", /^total +75\.0 % {2}3 of 4 lines$/);
});
