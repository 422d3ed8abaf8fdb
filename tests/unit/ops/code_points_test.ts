import { assertEquals } from "@std/assert";
import { compareCodePoints } from "../../../src/ops/code_points.ts";

Deno.test("compareCodePoints() orders as databases do: beyond the basic plane comes last", () => {
  const sorted = ["", "A", "a", "ab", "é", "\uffee", "🚀", "🚀a", "🛸"];
  assertEquals(sorted.toReversed().sort(compareCodePoints), sorted);
  assertEquals(compareCodePoints("a", "a"), 0);
});
