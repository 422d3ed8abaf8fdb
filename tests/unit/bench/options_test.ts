import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { amount, parseOptions, usage } from "../../bench/options.ts";

const KNOWN = ["pipeline", "naive", "rows"];

Deno.test("parseOptions() runs every scenario five times on MySQL when nobody says", () => {
  const { scenarios, rounds, databases, quick, messages, rows } = parseOptions([], KNOWN);
  assertEquals({ scenarios, rounds, databases, quick, messages, rows }, {
    scenarios: KNOWN,
    rounds: 5,
    databases: ["mysql"],
    quick: false,
    messages: undefined,
    rows: undefined,
  });
});

Deno.test("parseOptions() takes what it is told", () => {
  const args = [
    "--scenario=rows,pipeline",
    "--rounds=7",
    "--database=both",
    "--messages=10",
    "--rows=0,5",
    "--rate=30",
    "--keep=lms_10m",
    "--before=old",
  ];
  const options = parseOptions(args, KNOWN);
  assertEquals(options.scenarios, ["rows", "pipeline"]);
  assertEquals(options.databases, ["mysql", "mariadb"]);
  assertEquals([options.rounds, options.messages], [7, 10]);
  assertEquals([options.rows, options.rate], [[0, 5], 30]);
  assertEquals([options.keep, options.before], ["lms_10m", "old"]);
});

Deno.test("parseOptions() with --quick is one small round", () => {
  const options = parseOptions(["--quick"], KNOWN);
  assertEquals([options.rounds, options.seconds], [1, 1]);
  assertEquals(amount(options, { full: 200_000, quick: 5_000 }), 5_000);
});

Deno.test("amount() is what somebody said, else the scenario's own", () => {
  assertEquals(amount(parseOptions(["--messages=7", "--quick"], KNOWN), { full: 200_000, quick: 5_000 }), 7);
  assertEquals(amount(parseOptions([], KNOWN), { full: 200_000, quick: 5_000 }), 200_000);
});

for (
  const [arg, problem] of [
    ["--scenario=speed", "pipeline,naive,rows: speed"],
    ["--rounds=0", "from 1: 0"],
    ["--messages=many", "from 1: many"],
    ["--database=oracle", "oracle"],
    ["--keep=A B", "small letters, digits and _: A B"],
    ["--fast", "there is no --fast"],
    ["pipeline", "there is no pipeline"],
  ] as const
) {
  Deno.test(`parseOptions() refuses ${arg}`, () => {
    assertThrows(() => parseOptions([arg], KNOWN), RangeError, problem);
  });
}

Deno.test("usage() tells every option that there is, and every scenario", () => {
  const { message } = assertThrows(() => parseOptions(["--nothing"], KNOWN), RangeError);
  const there = message.slice(message.indexOf("there are: ")).match(/--[a-z]+/g)!;
  const told = usage(KNOWN.map((name) => ({ name, summary: `about ${name}` })));
  const lines = told.split("\n").flatMap((line) => /^ {2}(--[a-z]+)/.exec(line)?.[1] ?? []);
  assertEquals(lines.toSorted(), there.toSorted());
  for (const name of KNOWN) assertMatch(told, new RegExp(`^ {2}${name} +about ${name}$`, "m"));
});
