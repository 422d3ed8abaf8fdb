import { assertEquals } from "@std/assert";
import { oneLine, safeJson, safeLines } from "../../../src/ops/safe_text.ts";

Deno.test("oneLine() escapes every control, line end, mark of direction, byte order mark and half of a pair", () => {
  const unsafe: [number, number][] = [
    [0x00, 0x1f],
    [0x7f, 0x9f],
    [0x61c, 0x61c],
    [0x200e, 0x200f],
    [0x2028, 0x202e],
    [0x2066, 0x206f],
    [0xd800, 0xdfff],
    [0xfeff, 0xfeff],
    [0xfff9, 0xfffb],
  ];
  for (let code = 0; code <= 0xffff; code++) {
    const char = String.fromCharCode(code);
    const shown = oneLine(`a${char}b`);
    if (unsafe.some(([from, to]) => from <= code && code <= to)) assertEquals(/^a\\[nrtu0-9a-f]+b$/.test(shown), true);
    else assertEquals(shown, `a${char}b`);
  }
});

Deno.test("oneLine() leaves what people write: accents, emoji that are joined and varied, writing from the right", () => {
  const text = "Grüße 👩‍👩‍👧 ❤️ שלום 𝔘 e\u0301";
  assertEquals(oneLine(text), text);
});

Deno.test("oneLine() shows a line end, a return and a tab as JSON does", () => {
  assertEquals(oneLine("a\nb\rc\td\x1b"), "a\\nb\\rc\\td\\u001b");
});

Deno.test("safeLines() keeps the line ends and escapes the rest", () => {
  assertEquals(safeLines("a\nb\x1b[2J\r\n"), "a\nb\\u001b[2J\\r\n");
});

Deno.test("safeJson() is read back as exactly what it was made of", () => {
  const value = { "k\u202e": '\x1b\u009b\u2028\ufeff\ud800 \\n "' };
  const json = safeJson(value);
  assertEquals(JSON.parse(json), value);
  assertEquals(oneLine(json), json);
});
