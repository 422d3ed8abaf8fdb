import { assertEquals } from "@std/assert";
import { zshEscaped, zshQuoted } from "../../../../src/cli/completion/zsh.ts";

Deno.test("zshQuoted() puts a text in quotes that end for no character of it but are there again after it", () => {
  assertEquals(zshQuoted("plain"), "'plain'");
  assertEquals(zshQuoted("a'b"), "'a'\\''b'");
  assertEquals(zshQuoted('$(a) `b` "c" \\d'), "'$(a) `b` \"c\" \\d'");
});

Deno.test("zshEscaped() keeps brackets, colons and backslashes from meaning anything", () => {
  assertEquals(zshEscaped("sqlite::memory: [N] \\"), "sqlite\\:\\:memory\\: \\[N\\] \\\\");
});
