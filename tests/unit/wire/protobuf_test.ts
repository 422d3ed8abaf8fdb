import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { concat, field, fieldLength, text, varintLength, WireReader, WireWriter } from "../../../src/wire/protobuf.ts";

Deno.test("WireReader reads the numbers that WireWriter wrote, in as many bytes as varintLength() says", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 15 }), (value, number) => {
    const writer = new WireWriter(new Uint8Array(6));
    writer.number(number, value);
    assertEquals(writer.at, 1 + varintLength(value));
    const reader = new WireReader(writer.bytes, { end: writer.at });
    assertEquals(reader.next(), true);
    assertEquals([reader.field, reader.value], [number, value]);
    assertEquals(reader.next(), false);
  }));
});

Deno.test("WireReader finds where each value lies, whatever is between", () => {
  const before = new WireWriter(new Uint8Array(2));
  before.number(7, 5);
  const bytes = concat([before.bytes, text(1, "näme"), field(2, new Uint8Array(300))]);
  const reader = new WireReader(bytes);
  const found: unknown[] = [];
  while (reader.next()) found.push([reader.field, reader.end - reader.start]);
  assertEquals(found, [[7, 0], [1, 5], [2, 300]]);
  assertEquals(bytes.length, 2 + fieldLength(5) + fieldLength(300));
});

Deno.test("WireReader skips fixed numbers and reads long varints", () => {
  // Field 1 as 8 bytes, field 2 as 4 bytes, field 3 as a varint of 2^40.
  const bytes = Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0, 21, 0, 0, 0, 0, 24, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20);
  const reader = new WireReader(bytes);
  const found: number[][] = [];
  while (reader.next()) found.push([reader.field, reader.value]);
  assertEquals(found, [[1, 0], [2, 0], [3, 2 ** 40]]);
});

Deno.test("WireReader reads negative numbers, which take ten bytes, and the largest positive one", () => {
  // Field 1 as -1, -2 and 2^63 - 1.
  const head = (first: number) => [8, first, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
  const reader = new WireReader(
    Uint8Array.of(...head(0xff), 0x01, ...head(0xfe), 0x01, ...head(0xff).slice(0, 9), 0x7f),
  );
  const found: number[] = [];
  while (reader.next()) found.push(reader.value);
  assertEquals(found, [-1, -2, 2 ** 63]);
});

for (
  const [what, bytes] of [
    ["a value that is cut short", Uint8Array.of(10, 5, 1, 2)],
    ["a number that is cut short", Uint8Array.of(8, 0x80)],
    ["a number without end", new Uint8Array(12).fill(0xff)],
    ["a group, which nobody uses any more", Uint8Array.of(11)],
  ] as const
) {
  Deno.test(`WireReader refuses ${what}`, () => {
    const reader = new WireReader(bytes);
    assertThrows(() => {
      while (reader.next());
    }, RangeError);
  });
}
