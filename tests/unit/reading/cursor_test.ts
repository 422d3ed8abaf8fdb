import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Cursor,
  CURSOR_MAX,
  decodeCursor,
  decodeTail,
  encodeCursor,
  encodeTail,
} from "../../../src/reading/cursor.ts";

const cursor: Cursor = {
  position: { publishTime: "2026-11-24 10:00:00.000007", messageId: "12 a|b~" },
  direction: "older",
  range: { from: "2026-11-24 09:45:00.000000", to: "2026-11-24 10:00:01.000000" },
};
const QUERY = 'service:alpha "connection refused"';

const CURSOR_REMEDY = "send a response's cursor as it is, or begin without one";
const TAIL_REMEDY = "send a response's tail or an event's id as it is, or begin without one";
const damaged = { problem: "is cut or changed", remedy: CURSOR_REMEDY };

/** A cursor's text with any body, and the right sum. */
function forged(body: string): string {
  // A tail's text is made in the same way; its letter is not summed.
  const sum = (text: string) => {
    let h = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    h ^= h >>> 16;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0).toString(16).padStart(8, "0");
  };
  return btoa(`${sum(body)} ${body}`).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

Deno.test("decodeCursor() reads what encodeCursor() wrote, which a URL takes as it is", () => {
  for (const range of [cursor.range, {}, { from: cursor.range.from! }, { to: cursor.range.to! }]) {
    for (const direction of ["older", "newer"] as const) {
      const text = encodeCursor({ ...cursor, direction, range }, QUERY);
      assertEquals(encodeURIComponent(text), text);
      assertEquals(decodeCursor(text, QUERY), { ...cursor, direction, range });
    }
  }
});

Deno.test("encodeCursor() fits the longest id", () => {
  const position = { ...cursor.position, messageId: "x".repeat(128) };
  const text = encodeCursor({ ...cursor, position }, QUERY);
  assert(text.length <= CURSOR_MAX, `${text.length}`);
  assertEquals(decodeCursor(text, QUERY), { ...cursor, position });
});

Deno.test("decodeCursor() goes on with the same query only", () => {
  assertEquals(decodeCursor(encodeCursor(cursor, QUERY), ""), {
    problem: "belongs to another query",
    remedy: "send the query that it came with, or begin without a cursor",
  });
});

for (
  const [what, text] of [
    ["nothing", ""],
    ["a word", "next"],
    ["a tail's position", encodeTail(7n)],
    ["what is far too long", encodeCursor(cursor, QUERY).padEnd(1_000_000, "A")],
    ["no base64url", "c1.a+b/"],
  ] as const
) {
  Deno.test(`decodeCursor() does not take ${what} for a cursor`, () => {
    assertEquals(decodeCursor(text, QUERY), { problem: "is not a cursor", remedy: CURSOR_REMEDY });
  });
}

Deno.test("decodeCursor() tells that a cursor is of another version", () => {
  assertEquals(decodeCursor(encodeCursor(cursor, QUERY).replace("c1.", "c2."), QUERY), {
    problem: "was made by another version of LMS",
    remedy: "begin without one",
  });
});

Deno.test("decodeCursor() finds each character that is changed, and each cut", () => {
  const text = encodeCursor(cursor, QUERY);
  for (let at = 3; at < text.length; at++) {
    const other = text[at] === "A" ? "B" : "A";
    assertEquals(decodeCursor(text.slice(0, at) + other + text.slice(at + 1), QUERY), damaged);
    if (at > 3) assertEquals(decodeCursor(text.slice(0, at), QUERY), damaged);
  }
});

Deno.test("decodeCursor() takes one text only for a cursor, whatever bits base64 leaves over", () => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const messageId of ["1", "12", "123"]) {
    const text = encodeCursor({ ...cursor, position: { ...cursor.position, messageId } }, QUERY);
    const taken = [...letters].filter((letter) => !("problem" in decodeCursor(text.slice(0, -1) + letter, QUERY)));
    assertEquals(taken, [text.at(-1)!]);
  }
});

for (
  const [what, body] of [
    ["another direction", "sideways 20261124100000000007 - - 00000000 1"],
    ["a day that is none", "older 20260230100000000007 - - 00000000 1"],
    ["an end that is none", "older 20261124100000000007 - 20261124250000000000 00000000 1"],
    ["a position before its range", "older 20261124100000000007 20261124100000000008 - 00000000 1"],
    ["a position after its range", "older 20261124100000000007 - 20261124100000000007 00000000 1"],
    ["an id that no message has", "older 20261124100000000007 - - 00000000 1\n"],
    ["a long id", `older 20261124100000000007 - - 00000000 ${"x".repeat(129)}`],
    ["no id", "older 20261124100000000007 - - 00000000 "],
    ["nothing", ""],
  ] as const
) {
  Deno.test(`decodeCursor() refuses ${what}, though the sum is right`, () => {
    assertEquals(decodeCursor(`c1.${forged(body)}`, QUERY), damaged);
  });
}

Deno.test("decodeCursor() would take a forged cursor whose values are possible: it is no secret", () => {
  const hash = atob(encodeCursor(cursor, QUERY).slice(3).replaceAll("-", "+").replaceAll("_", "/")).split(" ")[5];
  assertEquals(decodeCursor(`c1.${forged(`older 20261124100000000007 - - ${hash} 1`)}`, QUERY), {
    position: { publishTime: "2026-11-24 10:00:00.000007", messageId: "1" },
    direction: "older",
    range: {},
  });
});

Deno.test("decodeTail() reads what encodeTail() wrote", () => {
  for (const position of [0n, 1n, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
    const text = encodeTail(position);
    assertEquals(encodeURIComponent(text), text);
    assertEquals(decodeTail(text), position);
  }
  assertThrows(() => encodeTail(2n ** 63n), RangeError, "outside 63 bits");
  assertThrows(() => encodeTail(-1n), RangeError, "outside 63 bits");
});

Deno.test("decodeTail() refuses all else", () => {
  const notOne = { problem: "is not a tail's position", remedy: TAIL_REMEDY };
  assertEquals(decodeTail("7"), notOne);
  assertEquals(decodeTail(encodeCursor(cursor, QUERY)), notOne);
  const damaged = { problem: "is cut or changed", remedy: TAIL_REMEDY };
  assertEquals(decodeTail(encodeTail(7n).slice(0, -1)), damaged);
  for (const body of ["9223372036854775808", "-1", "007", "1e3", "7 ", "9".repeat(100)]) {
    assertEquals(decodeTail(`t1.${forged(body)}`), damaged);
  }
});
