import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Instant } from "../../src/entry/entry.ts";
import { BUCKET_SECONDS, bucketOf, minuteOf, planHistogram } from "../../src/reading/histogram.ts";

const instants = fc.tuple(
  // A day and a little, in which all widths meet; often whole minutes and hours.
  fc.oneof(
    fc.integer({ min: 0, max: 100_000 }),
    fc.nat(1_600).map((n) => n * 60),
    fc.nat(27).map((n) => n * 3_600),
  ),
  fc.oneof(fc.constant(0), fc.nat(999_999)),
).map(([seconds, micros]): Instant => {
  const iso = new Date(Date.UTC(2026, 10, 23) + seconds * 1_000).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}.${String(micros).padStart(6, "0")}`;
});

const UNITS = { hours: ":00:00.000000", minutes: ":00.000000", minute_part: "", rows: "" };

Deno.test("planHistogram() cuts a range so that each moment of it is in one bucket and in one part", () => {
  fc.assert(fc.property(
    instants,
    instants,
    fc.array(instants, { maxLength: 20 }),
    fc.record({
      bucketSeconds: fc.option(fc.constantFrom(...BUCKET_SECONDS), { nil: undefined }),
      bucketsMax: fc.integer({ min: 1, max: 1_500 }),
      counted: fc.boolean(),
    }),
    (a, b, moments, options) => {
      fc.pre(a !== b);
      const [from, to] = a < b ? [a, b] : [b, a];
      const plan = planHistogram({ from, to }, options);
      if ("problem" in plan) return;
      const { buckets, parts } = plan;
      assert(buckets.length >= 1 && buckets.length <= options.bucketsMax);
      assert(buckets[0]!.from <= from && buckets[0]!.to > from && buckets.at(-1)!.to >= to);

      assertEquals([parts[0]!.from, parts.at(-1)!.to], [from, to]);
      for (const [i, part] of parts.entries()) {
        assert(part.from < part.to);
        if (i > 0) assertEquals(part.from, parts[i - 1]!.to);
        assert(part.from.endsWith(UNITS[part.source]) && part.to.endsWith(UNITS[part.source]));
        // A count of a unit must not belong to two buckets.
        if (part.source === "hours") assertEquals(plan.bucketSeconds % 3_600, 0);
        if (part.source === "minutes" || part.source === "minute_part") assertEquals(plan.bucketSeconds % 60, 0);
        if (part.source === "minute_part") {
          const minute = minuteOf(part.from);
          assert(
            minute.from <= part.from && part.to <= minute.to && (minute.from !== part.from || minute.to !== part.to),
          );
        }
        assert(options.counted || part.source === "rows");
      }

      for (const moment of [from, ...moments.filter((moment) => moment >= from && moment < to)]) {
        const within = buckets.map((bucket) => moment >= bucket.from && moment < bucket.to);
        assertEquals(within.filter(Boolean).length, 1);
        assertEquals(bucketOf(moment, plan), within.indexOf(true));
      }
    },
  ));
});
