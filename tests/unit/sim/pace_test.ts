import { assert, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../../src/ops/random.ts";
import { randomPace, steadyPace } from "../../../src/sim/pace.ts";

for (const perSecond of [0.5, 3, 100, 997, 200_000]) {
  Deno.test(`steadyPace() of ${perSecond} sends that many in every second, when asked each 10 ms`, () => {
    const pace = steadyPace(perSecond);
    let taken = 0;
    for (let elapsedMs = 0; elapsedMs <= 10_000; elapsedMs += 10) taken += pace.take(elapsedMs);
    assertEquals(taken, perSecond * 10);
  });
}

Deno.test("steadyPace() catches up a late timer, and not more of a stall than 100 ms", () => {
  const pace = steadyPace(1_000);
  assertEquals(pace.take(0), 0);
  assertEquals(pace.take(90), 90);
  assertEquals(pace.take(5_000), 100);
  assertEquals(pace.take(5_000), 0);
  assertEquals(pace.take(5_010), 10);
});

Deno.test("steadyPace() after a stall sends a slow rate's one message, and keeps its distance afterwards", () => {
  const pace = steadyPace(2);
  assertEquals(pace.take(499), 0);
  assertEquals(pace.take(500), 1);
  assertEquals(pace.take(60_000), 1);
  assertEquals(pace.take(60_499), 0);
  assertEquals(pace.take(60_500), 1);
});

Deno.test("steadyPace() waits for its next message, and at least a tick", () => {
  const slow = steadyPace(2);
  slow.take(0);
  assertEquals(slow.waitMs(100), 400);
  const fast = steadyPace(10_000);
  assertEquals(fast.waitMs(0), 10);
});

for (const rate of [0, -1, NaN, Infinity]) {
  Deno.test(`steadyPace() refuses a rate of ${rate}`, () => void assertThrows(() => steadyPace(rate), RangeError));
}

Deno.test("randomPace() leaves 50 to 2,000 ms between messages, by its random numbers", () => {
  const gaps: number[] = [];
  for (const run of [0, 1]) {
    const pace = randomPace(new Random(3));
    let elapsedMs = 0;
    for (let n = 0; n < 500; n++) {
      assertEquals(pace.take(elapsedMs), 1);
      assertEquals(pace.take(elapsedMs), 0);
      const gap = pace.waitMs(elapsedMs);
      if (run === 0) gaps.push(gap);
      else assertEquals(gap, gaps[n]);
      elapsedMs += gap;
    }
  }
  assert(Math.min(...gaps) >= 50 && Math.min(...gaps) < 150);
  assert(Math.max(...gaps) <= 2_000 && Math.max(...gaps) > 1_900);
});
