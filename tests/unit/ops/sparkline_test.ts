import { assertEquals } from "@std/assert";
import { sparkline } from "../../../src/ops/sparkline.ts";

for (
  const [numbers, line] of [
    [[], ""],
    [[0, 0], "··"],
    [[5], "█"],
    [[0, 1, 4, 8], "·▁▄█"],
    [[1, 1_000_000], "▁█"],
    [[1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█"],
  ] as const
) {
  Deno.test(`sparkline() of ${numbers.join(", ")} is ${line}`, () => assertEquals(sparkline(numbers), line));
}

Deno.test("sparkline() measures by the greatest of several lines where that is given", () => {
  assertEquals(sparkline([4, 8], 16), "▂▄");
});
