import { assertEquals } from "@std/assert";
import { ASCII_FOLDING, hasAsciiFolding } from "../../../src/words/ascii_folding.ts";
import { fold } from "../../../src/words/fold.ts";

Deno.test("hasAsciiFolding() knows every character that folds to ASCII, or to nothing, or takes a dot away", () => {
  const missed: string[] = [];
  for (let code = 0x80; code < 0x11_0000; code++) {
    if (code === 0xd800) code = 0xe000;
    const text = String.fromCodePoint(code);
    const folded = fold(text);
    const changes = folded === "" || /[a-z0-9_]/.test(folded) || folded.startsWith("\u0307");
    if (changes && !hasAsciiFolding(text)) missed.push(code.toString(16));
  }
  assertEquals(missed, []);
});

Deno.test("hasAsciiFolding() leaves ASCII out, and what is common beside it", () => {
  assertEquals(hasAsciiFolding("12.50 € → “ok” – 日本語, привет, العربية 🚀 ✓ …"), false);
  for (const text of ["é", "ß", "İ", "ﬁ", "２", "\u212a", "i\u0307", "x²"]) {
    assertEquals(hasAsciiFolding(text), true, text);
  }
  assertEquals(
    ASCII_FOLDING.every(([first, last], i) => first <= last && first > (ASCII_FOLDING[i - 1]?.[1] ?? 0x7f)),
    true,
  );
});
