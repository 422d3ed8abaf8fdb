import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { shareOut } from "../../../src/app/grace.ts";

Deno.test("shareOut() keeps five seconds of a grace period for settling, two of them for the last requests", () => {
  assertEquals(shareOut(30_000), { storingMs: 25_000, sendingMs: 28_000, lastRequestsMs: 2_000 });
});

Deno.test("shareOut() divides the whole and no more, but for half a second", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 86_400_000 }), (graceMs) => {
    const { storingMs, sendingMs, lastRequestsMs } = shareOut(graceMs);
    assert(storingMs >= 0 && storingMs <= graceMs);
    assert(sendingMs + lastRequestsMs <= Math.max(graceMs, 500));
    assert(graceMs < 2_000 || storingMs <= sendingMs);
  }));
});
