import { assertEquals, assertThrows } from "@std/assert";
import { type BatchLimits, checkLimits, flushesBefore, reached } from "../../../src/batch/policy.ts";

const LIMITS: BatchLimits = { countMax: 3, bytesMax: 100, intervalMs: 1_000 };

Deno.test("flushesBefore() flushes when the item would take the batch over its bytes, not when it fills it", () => {
  assertEquals(flushesBefore({ count: 1, bytes: 60 }, 40, LIMITS), false);
  assertEquals(flushesBefore({ count: 1, bytes: 60 }, 41, LIMITS), true);
});

Deno.test("flushesBefore() never flushes an empty batch, however large the item", () => {
  assertEquals(flushesBefore({ count: 0, bytes: 0 }, 101, LIMITS), false);
});

Deno.test("reached() names the limit that is reached, count before bytes", () => {
  assertEquals(reached({ count: 2, bytes: 99 }, LIMITS), undefined);
  assertEquals(reached({ count: 2, bytes: 100 }, LIMITS), "bytes");
  assertEquals(reached({ count: 3, bytes: 99 }, LIMITS), "count");
  assertEquals(reached({ count: 3, bytes: 100 }, LIMITS), "count");
});

for (const name of ["countMax", "bytesMax", "intervalMs"] as const) {
  for (const value of [0, -1, NaN, 0.5]) {
    Deno.test(`checkLimits() refuses ${name} ${value} and says which`, () => {
      assertThrows(() => checkLimits({ ...LIMITS, [name]: value }), RangeError, `${name} must be at least 1: ${value}`);
    });
  }
}

Deno.test("checkLimits() takes 1 and Infinity", () => {
  checkLimits({ countMax: 1, bytesMax: 1, intervalMs: 1 });
  checkLimits({ countMax: Infinity, bytesMax: Infinity, intervalMs: Infinity });
});
