import { assertEquals, assertThrows } from "@std/assert";
import { median, quantile, ratios, spreadOf, weightedQuantile } from "../../bench/statistics.ts";

Deno.test("median() is the middle value, or between the two in the middle", () => {
  assertEquals(median([9]), 9);
  assertEquals(median([30, 10, 20]), 20);
  assertEquals(median([4, 1, 3, 2]), 2.5);
});

Deno.test("median() sorts numbers as numbers, and leaves its argument alone", () => {
  const values = [100, 20, 3];
  assertEquals(median(values), 20);
  assertEquals(values, [100, 20, 3]);
});

Deno.test("spreadOf() tells the least and the most beside the middle", () => {
  assertEquals(spreadOf([5, 1, 3]), { median: 3, min: 1, max: 5 });
});

Deno.test("quantile() is a value that was measured, by nearest rank", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  assertEquals([0.5, 0.95, 0.99, 0.999, 1].map((share) => quantile(hundred, share)), [50, 95, 99, 100, 100]);
  assertEquals(quantile([7], 0.01), 7);
});

Deno.test("ratios() compares round by round", () => {
  assertEquals(ratios([90, 110], [100, 100]), [0.9, 1.1]);
  assertThrows(() => ratios([1, 2], [1]), RangeError);
});

Deno.test("no values have no median, spread or quantile", () => {
  for (const summarise of [median, spreadOf, (values: number[]) => quantile(values, 0.5)]) {
    assertThrows(() => summarise([]), RangeError, "no values");
  }
});

Deno.test("weightedQuantile() is what quantile() is of each value so many times", () => {
  const values = [{ value: 5, times: 3 }, { value: 1, times: 7 }, { value: 9, times: 1 }];
  const each = values.flatMap(({ value, times }) => Array<number>(times).fill(value));
  for (const share of [0.1, 0.5, 0.63, 0.64, 0.9, 0.91, 0.99, 1]) {
    assertEquals(weightedQuantile(values, share), quantile(each, share));
  }
  assertThrows(() => weightedQuantile([], 0.5), RangeError);
});
