import { assertEquals } from "@std/assert";
import { definitions, wrapped } from "../../../src/ops/wrap.ts";

Deno.test("wrapped() breaks at blanks, by cells, and never within a word", () => {
  assertEquals(wrapped("one two three", 7), ["one two", "three"]);
  assertEquals(wrapped("日本 日本 日本", 9), ["日本 日本", "日本"]);
  assertEquals(wrapped("a incomprehensible b", 5), ["a", "incomprehensible", "b"]);
  assertEquals(wrapped("", 5), [""]);
});

Deno.test("definitions() sets texts beside their terms, and below where there is no room", () => {
  const list = [["--a N", "the first of them all, of which there are several"], ["--long NAME", "b"]] as const;
  assertEquals(definitions(list, { width: 52 }), [
    "  --a N        the first of them all, of which there",
    "               are several",
    "  --long NAME  b",
  ]);
  assertEquals(definitions(list, { width: 40 }), [
    "  --a N",
    "      the first of them all, of which",
    "      there are several",
    "  --long NAME",
    "      b",
  ]);
});
