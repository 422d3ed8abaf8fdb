import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { figure, type Result, row } from "../../bench/result.ts";
import { resultSvg } from "../../bench/svg.ts";

const RESULT: Result = {
  scenario: "pipeline",
  setting: { database: "<9.7>" },
  rows: [
    row("LMS & co", { unit: "messages/s", rounds: [{ value: 50 }, { value: 80 }, { value: 100 }] }),
    row("bare", { unit: "messages/s", rounds: [{ value: 90 }] }),
    row("p99", { unit: "ms", rounds: [{ value: 3 }] }),
  ],
  ratios: [figure("LMS over bare", { rounds: [0.95], target: { atLeast: 0.9 } })],
};

Deno.test("resultSvg() draws a bar with a whisker for each row and figure, in a panel for each unit", () => {
  const svg = resultSvg(RESULT);
  assertEquals(svg.match(/<path /g)?.length, 4);
  assertEquals(["messages/s", "ms", "ratio within a round"].filter((title) => svg.includes(`>${title}<`)).length, 3);
  // The longest whisker of a panel takes the width that there is, 370, and the others their share of it.
  assertStringIncludes(svg, 'width="296.0"');
  assertStringIncludes(svg, "M485.0 ");
  assertStringIncludes(svg, "M670.0 ");
});

Deno.test("resultSvg() tells by colour whether a target holds", () => {
  const failed = { ...RESULT, ratios: [figure("LMS over bare", { rounds: [0.5], target: { atLeast: 0.9 } })] };
  assert(resultSvg(RESULT).includes("#228833") && !resultSvg(RESULT).includes("#cc3311"));
  assert(resultSvg(failed).includes("#cc3311"));
});

Deno.test("resultSvg() escapes what it is given", () => {
  const svg = resultSvg(RESULT);
  assertStringIncludes(svg, "LMS &amp; co");
  assertStringIncludes(svg, "&lt;9.7&gt;");
  assertStringIncludes(svg, "&gt;= 0.9");
});

Deno.test("resultSvg() has a scale where everything is 0", () => {
  const zero = { ...RESULT, rows: [row("deadlocks", { unit: "", rounds: [{ value: 0 }] })], ratios: [] };
  assertEquals(/NaN|Infinity/.test(resultSvg(zero)), false);
});
