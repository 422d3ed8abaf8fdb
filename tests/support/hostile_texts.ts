/**
 * Texts that are harmless in UTF-8 and end their SQL literal for whoever takes their bytes, or their escaped form, for
 * another charset.
 *
 * @module
 */

/** Bytes that mean something to SQL: the quote and the backslash. */
const SPECIAL = [0x27, 0x5c];

/** What would follow a text that ended early. */
const TAILS: readonly string[] = [
  "'",
  "\\",
  "\\'",
  `"`,
  "',0x696e666f,'2026-01-02 03:04:05'),('2026-01-02 03:04:05.999999','forged','forged','forged','info",
  "' OR 1 -- ",
  "\0\x1a\n'",
];

/** Characters that a charset of two bytes per character ends with a special byte: the driver could encode to it. */
function endingSpecially(encoding: string): string[] {
  const decoder = new TextDecoder(encoding);
  const leads = Array.from({ length: 0xfe - 0x81 + 1 }, (_, i) => 0x81 + i);
  return leads
    .map((lead) => decoder.decode(new Uint8Array([lead, 0x5c])))
    .filter((text) => [...text].length === 1 && text !== "\ufffd");
}

/** One of each kind, in a fixed order. */
export const HOSTILE_TEXTS: readonly string[] = (() => {
  const starts = [0x80, 0x100, 0x3100, 0x4e00, 0x1f600];
  // Whatever byte UTF-8 ends with may be the first half of a character there, and a backslash the other.
  const lastBytes = starts.flatMap((start) => Array.from({ length: 64 }, (_, i) => String.fromCodePoint(start + i)));
  // What is cut to its low byte, as Node does for latin1, becomes a quote or backslash: ħ is U+0127.
  const lowBytes = [0x01, 0x02, 0x4e, 0x90, 0xff].flatMap((high) =>
    SPECIAL.map((low) => String.fromCodePoint(high * 0x100 + low))
  );
  const encoded = ["gbk", "shift_jis", "big5"].flatMap(endingSpecially);
  const characters = [...new Set([...lastBytes, ...lowBytes, ...encoded, "\u00bf\u0027", "\u{10ffff}"])];
  return characters.flatMap((character, i) => [
    `${character}${TAILS[i % TAILS.length]}`,
    `${character}${TAILS[(i + 1) % TAILS.length]}${character}`,
    `${character}${TAILS[4]}`,
  ]);
})();
