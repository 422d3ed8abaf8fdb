import { assertEquals } from "@std/assert";
import { cutTo, displayWidth, padded } from "../../../src/ops/width.ts";

for (
  const [text, cells] of [
    ["", 0],
    ["plain", 5],
    ["日本語", 6],
    ["ｱｲｳ", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["👍🏽", 2],
    ["👩‍👩‍👧‍👦", 2],
    ["🇩🇪", 2],
    ["\u200b", 0],
  ] as const
) {
  Deno.test(`displayWidth() of ${JSON.stringify(text)} is ${cells}`, () => assertEquals(displayWidth(text), cells));
}

Deno.test("padded() fills up to cells, and leaves alone what is wider", () => {
  assertEquals(padded("日本", 6, "start"), "  日本");
  assertEquals(padded("日本", 6, "end"), "日本  ");
  assertEquals(padded("日本", 3, "end"), "日本");
});

Deno.test("cutTo() cuts between what a reader sees as characters", () => {
  assertEquals(cutTo("日本語", 6), "日本語");
  assertEquals(cutTo("日本語", 5), "日本…");
  assertEquals(cutTo("日本語", 4), "日…");
  assertEquals(cutTo("ae\u0301e\u0301", 2), "a…");
  assertEquals(cutTo("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3), "👩‍👩‍👧‍👦…");
  assertEquals(cutTo("abc", 0), "…");
});
