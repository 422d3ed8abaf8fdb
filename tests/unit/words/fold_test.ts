import { assertEquals } from "@std/assert";
import { fold } from "../../../src/words/fold.ts";

for (
  const [a, b] of [
    ["Timeout", "tIMEOUT"],
    ["STRASSE", "straße"],
    ["ẞ", "ß"],
    ["ſ", "S"],
    ["ΟΔΟΣ", "οδος"],
    ["σ", "ς"],
    ["İ", "i"],
    ["ı", "I"],
    ["i\u0307", "I"],
    ["Ｆｕｌｌ１", "full1"],
    ["ﬁle", "FILE"],
    ["\u00e9", "E\u0301"],
    ["\u212a", "k"],
    ["ǅ", "ǆ"],
    ["ᾳ", "ΑΙ"],
    ["Ꭰ", "ꭰ"],
    ["\u{10400}", "\u{10428}"],
    ["²", "2"],
  ] as const
) {
  Deno.test(`fold() takes ${a} and ${b} for the same`, () => assertEquals(fold(a), fold(b)));
}

for (const [a, b] of [["é", "e"], ["й", "и"], ["が", "か"], ["ż", "z"], ["_", "-"]] as const) {
  Deno.test(`fold() keeps ${a} and ${b} apart`, () => assertEquals(fold(a) === fold(b), false));
}

Deno.test("fold() of every character is that of its upper, lower, composed, decomposed and folded form", () => {
  const wrong: string[] = [];
  for (let point = 0; point <= 0x10ffff; point++) {
    // Halves of pairs are no text; the planes between the assigned ones hold nothing.
    if ((point >= 0xd800 && point < 0xe000) || (point >= 0x40000 && point < 0xe0000)) continue;
    const char = String.fromCodePoint(point);
    const folded = fold(char);
    const forms = [
      char.toUpperCase(),
      char.toLowerCase(),
      char.normalize("NFC"),
      char.normalize("NFD"),
      char.normalize("NFKC"),
      folded,
    ];
    if (forms.some((form) => form !== char && fold(form) !== folded)) wrong.push(point.toString(16));
  }
  assertEquals(wrong, []);
});
