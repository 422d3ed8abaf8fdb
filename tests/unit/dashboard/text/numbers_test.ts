import { assertEquals } from "@std/assert";
import { bytes, change, count, rate, shortCount } from "../../../../src/dashboard/text/numbers.ts";

Deno.test("numbers are as people read them", () => {
  assertEquals(count(1_234_567), "1,234,567");
  assertEquals([9_999, 12_345, 123_456, 4_000_000, 2e9].map(shortCount), [
    "9,999",
    "12.3 k",
    "123 k",
    "4.0 M",
    "2.0 G",
  ]);
  assertEquals([512, 1_229, 3_565_158].map(bytes), ["512 B", "1.2 KiB", "3.4 MiB"]);
  assertEquals([0.44, 1234.4].map(rate), ["0.4 /s", "1,234 /s"]);
});

Deno.test("change() tells more, less, the same, and what was not there before", () => {
  assertEquals([change(112, 100), change(0, 5), change(7, 7), change(3, 0), change(10_001, 10_000)], [
    "+12 %",
    "−100 %",
    "=",
    "new",
    "±0 %",
  ]);
});
