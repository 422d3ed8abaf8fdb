import { assertEquals } from "@std/assert";
import { earliestOf } from "../../../src/pubsub/oldest.ts";

function earliest(...times: (readonly [seconds: string | number, nanos: number])[]) {
  const found = earliestOf(times.map(([seconds, nanos]) => ({ publishTime: { seconds, nanos } })));
  return found === undefined ? undefined : [found.seconds, found.nanos];
}

Deno.test("earliestOf() is the earliest time, to the nanosecond, however seconds are written", () => {
  assertEquals(earliest([20, 5], ["9", 7], [9, 6], ["20", 0]), [9, 6]);
});

Deno.test("earliestOf() passes over messages without a time, and is undefined of no others", () => {
  assertEquals(earliest(["0", 0], [7, 1]), [7, 1]);
  assertEquals(earliest([0, 0]), undefined);
  assertEquals(earliest(), undefined);
});
