import { assertEquals } from "@std/assert";
import { alignedRows } from "../../../src/ops/table.ts";

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

const rows = [["id", "severity", "detail"], ["日本語のサービス", "warn", "a"], ["👩‍🚀 e\u0301", "info", "b"]] as const;

Deno.test("alignedRows() counts the cells of a terminal: two of a CJK character or an emoji, none of what combines", () => {
  assertEquals(alignedRows(rows), [
    "id                severity  detail",
    "日本語のサービス  warn      a",
    "👩‍🚀 e\u0301              info      b",
  ]);
});

Deno.test("alignedRows() leaves out whole columns, the last ones first, and says which", () => {
  assertEquals(alignedRows(rows, { columns: 34 }), alignedRows(rows));
  assertEquals(alignedRows(rows, { columns: 33 }), [
    "id                severity",
    "日本語のサービス  warn",
    "👩‍🚀 e\u0301              info",
    "(too wide for this terminal: det…",
  ]);
  assertEquals(alignedRows(rows, { columns: 20 })[1], "日本語のサービス");
  assertEquals(alignedRows(rows, { columns: 10 }).slice(0, 3), ["id", "日本語の…", "👩‍🚀 e\u0301"]);
});

Deno.test("alignedRows() colours a severity by how serious it is, and numbers by the heading that they stand below", () => {
  assertEquals(alignedRows(rows, { colour: true })[1], "日本語のサービス  \x1b[33mwarn    \x1b[0m  a");
  assertEquals(alignedRows([["service", "info", "error"], ["a", 1, 2], ["b", 1, 0]], { colour: true }), [
    "service  info  \x1b[31merror\x1b[0m",
    "a           1  \x1b[31m    2\x1b[0m",
    "b           1      0",
  ]);
});

Deno.test("alignedRows() makes no colour of what a cell holds", () => {
  const [, row] = alignedRows([["detail", "x"], ["\x1b[31mred\u202e\n", ""]], { colour: true });
  assertEquals(row, "\\u001b[31mred\\u202e\\n");
});
