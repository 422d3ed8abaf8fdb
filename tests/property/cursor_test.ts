import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Cursor, decodeCursor, decodeTail, encodeCursor, encodeTail } from "../../src/reading/cursor.ts";
import { instants } from "../support/entries.ts";

const cursors = fc.record({
  times: fc.tuple(instants(), instants(), instants()).map((times) => times.toSorted()),
  open: fc.record({ from: fc.boolean(), to: fc.boolean() }),
  messageId: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 128 }).filter((id) => id.trim() === id),
  direction: fc.constantFrom("older" as const, "newer" as const),
}).filter(({ times, open }) => open.to || times[1] !== times[2]).map((
  { times, open, messageId, direction },
): Cursor => ({
  position: { publishTime: times[1]!, messageId },
  direction,
  range: { ...open.from ? {} : { from: times[0]! }, ...open.to ? {} : { to: times[2]! } },
}));

Deno.test("decodeCursor() reads back every cursor, for its own query only", () => {
  fc.assert(fc.property(cursors, fc.string({ unit: "grapheme" }), (cursor, query) => {
    const text = encodeCursor(cursor, query);
    assertEquals(decodeCursor(text, query), cursor);
    assertEquals("problem" in decodeCursor(text, `${query} `), true);
  }));
});

Deno.test("decodeCursor() and decodeTail() never throw, and say why a text is none", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(fc.constantFrom("c1.", "t1.", "c2."), fc.base64String()).map((parts) => parts.join("")),
  );
  fc.assert(fc.property(texts, (text) => {
    assertEquals("problem" in decodeCursor(text, ""), true);
    assertEquals(typeof decodeTail(text), "object");
  }));
});

Deno.test("decodeTail() reads back every position", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (position) => {
    assertEquals(decodeTail(encodeTail(position)), position);
  }));
});
