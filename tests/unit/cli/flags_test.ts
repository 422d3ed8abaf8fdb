import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseFlags } from "../../../src/cli/flags.ts";
import { defineCommand } from "../../../src/commands/command.ts";

const look = defineCommand({
  name: "look",
  summary: "look for something",
  description: [],
  argument: { name: "QUERY", help: "what", most: 9, dashed: true },
  settings: ["limit", "follow", "json", "since", "batchSize"],
});

const cases: readonly (readonly [
  args: readonly string[],
  flags: Readonly<Record<string, string>>,
  words: readonly string[],
])[] = [
  [["-n", "5", "a"], { limit: "5" }, ["a"]],
  [["-n5", "a"], { limit: "5" }, ["a"]],
  [["-n=5"], { limit: "5" }, []],
  [["-f", "a", "--json"], { follow: "true", json: "true" }, ["a"]],
  [["-fn5"], { follow: "true", limit: "5" }, []],
  [["-fn", "5"], { follow: "true", limit: "5" }, []],
  [["-healthz", "a", "-b c"], {}, ["-healthz", "a", "-b c"]],
  [['-"a b"', "-service:x"], {}, ['-"a b"', "-service:x"]],
  [["--since", "-15m", "a"], { since: "-15m" }, ["a"]],
  [["--since=-15m", "-x"], { since: "-15m" }, ["-x"]],
  [["--since", "15m", "-x"], { since: "15m" }, ["-x"]],
  [["a", "--", "--json", "-n", "-x"], {}, ["a", "--json", "-n", "-x"]],
  [["-"], {}, ["-"]],
];

for (const [args, flags, words] of cases) {
  Deno.test(`parseFlags() of ${args.join(" ")} keeps flags and words apart`, () => {
    const parsed = parseFlags(look, args);
    assertEquals(parsed.problem, undefined);
    const given = Object.entries(parsed.flags).filter(([, value]) => value !== undefined);
    assertEquals([Object.fromEntries(given), parsed.args], [flags, words]);
  });
}

Deno.test("parseFlags() still knows the short flags that ask for help and version", () => {
  assertEquals([parseFlags(look, ["-h"]).help, parseFlags(look, ["-V"]).version, parseFlags(look, ["-v"]).version], [
    true,
    true,
    true,
  ]);
});

Deno.test("parseFlags() refuses an unknown letter where arguments do not begin with -", () => {
  const { argument: _, ...plain } = look;
  assertStringIncludes(parseFlags(plain, ["-x"]).problem!, 'Unknown flag "-x"');
  assertEquals(parseFlags(plain, ["-f"]).flags.follow, "true");
});
