import { assertEquals } from "@std/assert";
import { oneLine, pieces, visible } from "../../../../src/dashboard/text/safe.ts";

const cases: readonly (readonly [name: string, text: string, shown: string])[] = [
  ["NUL", "a\0b", "a␀b"],
  ["ANSI sequences", "\x1b[31mred\x1b[0m", "␛[31mred␛[0m"],
  ["marks of direction", "user\u202Egnp.exe", "user‹202E›gnp.exe"],
  ["letters without width", "pay\u200bpal", "pay‹200B›pal"],
  ["tags", "a\u{e0041}", "a‹E0041›"],
  ["heaps of marks", `a${"\u0301".repeat(10_000)}b`, `a${"\u0301".repeat(4)}…b`],
  ["half characters", "a\ud800b", "a\ufffdb"],
  ["tabs and line ends", "a\tb\nc", "a\tb\nc"],
  ["markup", "<script>alert(1)</script>", "<script>alert(1)</script>"],
  ["people's writing", "Größe, हिन्दी, 日本語, 👩‍👩‍👧", "Größe, हिन्दी, 日本語, 👩‍👩‍👧"],
];

for (const [name, text, shown] of cases) {
  Deno.test(`visible() of ${name}`, () => assertEquals(visible(text), shown));
}

Deno.test("pieces() says what a sign stands for", () => {
  assertEquals(pieces("a\x07"), [{ text: "a" }, { text: "␇", unseen: "U+0007" }]);
});

Deno.test("oneLine() cuts before a character's second half", () => {
  assertEquals(oneLine("ab😀", 3), "ab…");
  assertEquals(oneLine("a\r\nb\tc", 100), "a ⏎ b c");
});
