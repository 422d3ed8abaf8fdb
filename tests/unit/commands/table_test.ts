import { assertEquals } from "@std/assert";
import { alignedRows } from "../../../src/commands/table.ts";

Deno.test("alignedRows() aligns texts at their start and numbers at their end", () => {
  assertEquals(alignedRows([["name", "count"], ["a", 7], ["long name", 12]]), [
    "name       count",
    "a              7",
    "long name     12",
  ]);
});

Deno.test("alignedRows() aligns as many rows as there are", () => {
  const rows = alignedRows(Array.from({ length: 130_000 }, (_, n) => [n === 129_999 ? "the longest" : "row", "x"]));
  assertEquals([rows.length, rows[0]], [130_000, "row          x"]);
});
