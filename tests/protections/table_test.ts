import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { edited, markdown, type Protection } from "./protection.ts";
import { PROTECTIONS } from "./protections.ts";

const root = new URL("../../", import.meta.url);
const texts = new Map<string, string>();
for (const file of new Set(PROTECTIONS.map(({ file }) => file))) {
  texts.set(file, await Deno.readTextFile(new URL(file, root)));
}

const example: Protection = {
  name: "A | B",
  file: "src/a.ts",
  find: "if (a) b();",
  replace: "$&",
  test: "tests/a_test.ts",
  filter: "a() bs",
};

Deno.test("PROTECTIONS: every protection's text is in its file exactly once", () => {
  const problems = PROTECTIONS.flatMap((protection) => {
    const result = edited(protection, texts.get(protection.file)!);
    return "problem" in result ? [result.problem] : [];
  });
  assertEquals(problems, []);
});

Deno.test("PROTECTIONS: each protection has a name of its own and takes out something", () => {
  assertEquals(new Set(PROTECTIONS.map(({ name }) => name)).size, PROTECTIONS.length);
  for (const { find, replace, name } of PROTECTIONS) {
    assert(find !== replace, name);
    assert(!/[.|\n]$/.test(name), name);
  }
});

Deno.test("edited() replaces the one text, as it is written", () => {
  assertEquals(edited(example, "x(); if (a) b(); y();"), { text: "x(); $& y();" });
});

for (const [times, text] of [[0, "x();"], [2, "if (a) b(); if (a) b();"]] as const) {
  Deno.test(`edited() refuses a text that is there ${times} times, and says so`, () => {
    const result = edited(example, text);
    assert("problem" in result);
    assertStringIncludes(result.problem, `src/a.ts has it ${times} times instead of once`);
  });
}

Deno.test("markdown() is a table with a row for each protection", () => {
  assertEquals(markdown([example]).split("\n").slice(2), [
    '| A \\| B | `src/a.ts` | "a() bs" (`tests/a_test.ts`) |',
  ]);
});
