import { assert, assertEquals, assertThrows } from "@std/assert";
import { Backoff } from "../../../src/ops/backoff.ts";

function waits(backoff: Backoff, count: number): number[] {
  return Array.from({ length: count }, () => backoff.next());
}

Deno.test("Backoff doubles its bound until the longest wait, and stays there", () => {
  const longest = new Backoff({ firstMs: 100, maxMs: 1_000, random: () => 1 });
  assertEquals(waits(longest, 6), [100, 200, 400, 800, 1_000, 1_000]);
});

Deno.test("Backoff waits no less than half of its bound", () => {
  const shortest = new Backoff({ firstMs: 100, maxMs: 1_000, random: () => 0 });
  assertEquals(waits(shortest, 6), [50, 100, 200, 400, 500, 500]);
});

Deno.test("Backoff starts over after reset()", () => {
  const backoff = new Backoff({ firstMs: 100, maxMs: 1_000, random: () => 1 });
  waits(backoff, 5);
  backoff.reset();
  assertEquals(waits(backoff, 2), [100, 200]);
});

Deno.test("Backoff spreads its waits by default", () => {
  const firsts = Array.from({ length: 200 }, () => new Backoff({ firstMs: 100, maxMs: 100 }).next());
  assert(firsts.every((ms) => ms >= 50 && ms <= 100));
  assert(new Set(firsts).size > 100, "the waits are (nearly) all the same");
});

for (const [firstMs, maxMs] of [[0, 10], [-1, 10], [NaN, 10], [10, 9], [10, NaN]] as const) {
  Deno.test(`Backoff refuses ${firstMs} to ${maxMs} ms`, () => {
    assertThrows(() => new Backoff({ firstMs, maxMs }), RangeError, "Cannot back off");
  });
}
