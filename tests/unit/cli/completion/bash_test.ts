import { assertEquals } from "@std/assert";
import { bashQuoted } from "../../../../src/cli/completion/bash.ts";

Deno.test("bashQuoted() puts a text in quotes that end for no character of it but are there again after it", () => {
  assertEquals(bashQuoted("plain"), "'plain'");
  assertEquals(bashQuoted("a'b"), "'a'\\''b'");
  assertEquals(bashQuoted('$(a) `b` "c" \\d'), "'$(a) `b` \"c\" \\d'");
});
