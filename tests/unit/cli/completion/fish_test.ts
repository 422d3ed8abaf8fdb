import { assertEquals } from "@std/assert";
import { fishQuoted } from "../../../../src/cli/completion/fish.ts";

Deno.test("fishQuoted() escapes quotes and backslashes, which are all that fish reads in quotes", () => {
  assertEquals(fishQuoted('a\'b\\c $(d) `e` "f"'), "'a\\'b\\\\c $(d) `e` \"f\"'");
});
