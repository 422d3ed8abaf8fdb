import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { examplesIn, patternOf } from "../../support/document_examples.ts";

Deno.test("examplesIn() takes the command lines of a marked block apart, and no others", () => {
  const text = "```text\n$ lms mock\n```\n\n<!-- example -->\n\n```text\n$ A=b lms mon --c=d\nno\n\n$ lms\nyes\n```\n";
  assertEquals(examplesIn(text), [[
    { command: "A=b lms mon --c=d", env: { A: "b" }, args: ["mon", "--c=d"], shown: ["no"] },
    { command: "lms", env: {}, args: [], shown: ["yes"] },
  ]]);
});

Deno.test("patternOf() lets three dots stand for lines and for the rest of one, and a time for any other", () => {
  const pattern = patternOf(["a (b)", "...", "known: x, ...", "2026-01-01T00:00:00.000Z INFO"]);
  assertMatch("a (b)\nknown: x, y\n2027-02-03T04:05:06.789Z INFO\n", pattern);
  assertMatch("a (b)\n1\n\n2\nknown: x, y\n2027-02-03T04:05:06.789Z INFO\n", pattern);
  assertNotMatch("a (b)\nknown: z\n2027-02-03T04:05:06.789Z INFO\n", pattern);
  assertNotMatch("a (b)\nknown: x, y\n2027-02-03T04:05:06.789Z INFO\nmore\n", pattern);
});
