import { assert, assertEquals, assertGreater, assertGreaterOrEqual, assertNotEquals, assertThrows } from "@std/assert";
import { FAULT_KINDS, schedule } from "../../soak/schedule.ts";

Deno.test("schedule() is the same for the same seed, and another for another", () => {
  assertEquals(schedule(7, 5), schedule(7, 5));
  assertNotEquals(schedule(7, 5), schedule(8, 5));
});

for (const minutes of [1, 5, 30]) {
  Deno.test(`schedule() of ${minutes} minute(s) has every kind, in order, within the run`, () => {
    for (let seed = 0; seed < 50; seed++) {
      const faults = schedule(seed, minutes);
      assertEquals(new Set(faults.map(({ kind }) => kind)).size, FAULT_KINDS.length);
      for (const [i, { atMs, lastsMs, draw }] of faults.entries()) {
        assertGreaterOrEqual(atMs, faults[i - 1]?.atMs ?? 10_000);
        assertGreaterOrEqual(minutes * 60_000, atMs);
        assert(lastsMs >= 0 && lastsMs <= 15_000 && draw >= 0 && draw < 1);
      }
    }
  });
}

Deno.test("schedule() of half an hour kills LMS 20 times and more, and the database 5 times and more", () => {
  const kinds = schedule(1, 30).map(({ kind }) => kind);
  assertGreater(kinds.filter((kind) => kind.startsWith("kill LMS")).length, 20);
  assertGreater(kinds.filter((kind) => kind === "kill the database").length, 5);
});

Deno.test("schedule() refuses less than a minute", () => {
  assertThrows(() => schedule(1, 0.5), RangeError);
});
