import { assertEquals } from "@std/assert";
import { RowOffsets } from "../../../../src/dashboard/parts/row_offsets.ts";

function offsetsOf(keys: readonly string[]) {
  const offsets = new RowOffsets(10);
  offsets.setKeys(keys);
  return offsets;
}

Deno.test("RowOffsets sums heights, estimated where a row was not drawn", () => {
  const offsets = offsetsOf(["a", "b", "c"]);
  assertEquals([offsets.at(0), offsets.at(2), offsets.total], [0, 20, 30]);
  assertEquals([offsets.measure("b", 25), offsets.measure("b", 25), offsets.measure("c", 10)], [true, false, false]);
  assertEquals([offsets.at(2), offsets.total], [35, 45]);
});

Deno.test("RowOffsets finds the row at a height", () => {
  const offsets = offsetsOf(["a", "b", "c"]);
  offsets.measure("b", 25);
  assertEquals([-5, 0, 9, 10, 34, 35, 999].map((y) => offsets.indexAt(y)), [0, 0, 0, 1, 1, 2, 2]);
  assertEquals(offsetsOf([]).indexAt(5), 0);
});

Deno.test("RowOffsets keeps heights when rows come before others", () => {
  const offsets = offsetsOf(["a", "b"]);
  offsets.measure("b", 50);
  offsets.setKeys(["x", "a", "b"]);
  assertEquals([offsets.at(2), offsets.total], [20, 70]);
  offsets.reset(20);
  assertEquals(offsets.total, 60);
});

Deno.test("RowOffsets forgets the heights of rows that went, as those of a tail do", () => {
  const keys = Array.from({ length: 3_000 }, (_, i) => `row ${i}`);
  const offsets = offsetsOf(keys);
  for (const key of keys) offsets.measure(key, 25);
  assertEquals(offsets.total, 75_000);
  offsets.setKeys(keys.slice(-500));
  assertEquals(offsets.total, 12_500);
  offsets.setKeys(keys);
  assertEquals(offsets.total, 500 * 25 + 2_500 * 10);
});
