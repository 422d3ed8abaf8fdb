import { assertEquals, assertThrows } from "@std/assert";
import {
  BUCKET_SECONDS,
  bucketName,
  bucketOf,
  BUCKETS_MAX,
  type HistogramPlan,
  planHistogram,
} from "../../../src/reading/histogram.ts";

const range = (from: string, to: string) => ({ from: `2026-11-${from}`, to: `2026-11-${to}` });
const planned = (...args: Parameters<typeof planHistogram>) => planHistogram(...args) as HistogramPlan;

Deno.test("BUCKET_SECONDS goes from a second to a day, and each divides a day", () => {
  assertEquals([BUCKET_SECONDS[0], BUCKET_SECONDS.at(-1)], [1, 86_400]);
  for (const seconds of BUCKET_SECONDS) assertEquals(86_400 % seconds, 0);
  assertEquals(
    BUCKET_SECONDS.map(bucketName).join(" "),
    "1s 2s 5s 10s 15s 30s 1m 2m 5m 10m 15m 30m 1h 2h 3h 6h 12h 1d",
  );
});

for (
  const [from, to, bucketsMax, width] of [
    ["24 10:00:00.000000", "24 10:01:00.000000", 100, "1s"],
    ["24 10:00:00.000000", "24 10:01:40.000000", 100, "1s"],
    ["24 10:00:00.000000", "24 10:01:40.000001", 100, "2s"],
    ["24 10:00:00.000000", "24 11:00:00.000000", 100, "1m"],
    ["24 00:00:00.000000", "25 00:00:00.000000", 100, "15m"],
    ["24 00:00:00.000000", "25 00:00:00.000000", 24, "1h"],
    ["24 00:00:00.000001", "25 00:00:00.000000", 24, "1h"],
    ["24 00:00:00.000000", "25 00:00:00.000001", 24, "2h"],
    ["14 00:00:00.000000", "24 00:00:00.000000", 240, "1h"],
    ["14 00:00:00.000000", "24 00:00:00.000000", 10, "1d"],
  ] as const
) {
  Deno.test(`planHistogram() takes ${width} for ${from} to ${to} in at most ${bucketsMax}`, () => {
    assertEquals(bucketName(planned(range(from, to), { bucketsMax }).bucketSeconds), width);
  });
}

Deno.test("planHistogram() says which buckets the range does not cover", () => {
  const { buckets } = planned(range("24 10:15:00.000000", "24 12:00:00.000000"), { bucketSeconds: 3_600 });
  assertEquals(buckets, [
    { ...range("24 10:00:00.000000", "24 11:00:00.000000"), whole: false },
    { ...range("24 11:00:00.000000", "24 12:00:00.000000"), whole: true },
  ]);
});

for (
  const [name, from, to, bucketSeconds, parts] of [
    ["whole hours by the hours", "24 10:00:00.000000", "24 12:00:00.000000", 3_600, ["hours 10:00:00 12:00:00"]],
    ["minutes beside hours", "24 10:15:00.000000", "24 12:30:00.000000", 3_600, [
      "minutes 10:15:00 11:00:00",
      "hours 11:00:00 12:00:00",
      "minutes 12:00:00 12:30:00",
    ]],
    ["parts of minutes beside minutes beside hours", "24 10:58:30.000000", "24 12:01:30.000000", 3_600, [
      "minute_part 10:58:30 10:59:00",
      "minutes 10:59:00 11:00:00",
      "hours 11:00:00 12:00:00",
      "minutes 12:00:00 12:01:00",
      "minute_part 12:01:00 12:01:30",
    ]],
    ["no whole hour by the minutes", "24 10:15:00.000000", "24 11:45:00.000000", 3_600, ["minutes 10:15:00 11:45:00"]],
    ["buckets of minutes by the minutes", "24 10:00:00.000000", "24 12:00:00.000000", 300, [
      "minutes 10:00:00 12:00:00",
    ]],
    ["no whole minute by its parts", "24 10:00:10.000000", "24 10:01:50.000000", 300, [
      "minute_part 10:00:10 10:01:00",
      "minute_part 10:01:00 10:01:50",
    ]],
    ["less than a minute by a part of it", "24 10:00:10.000000", "24 10:00:50.000000", 300, [
      "minute_part 10:00:10 10:00:50",
    ]],
    ["buckets of seconds by the rows", "24 10:00:00.000000", "24 10:10:00.000000", 30, ["rows 10:00:00 10:10:00"]],
  ] as const
) {
  Deno.test(`planHistogram() counts ${name}`, () => {
    const plan = planned(range(from, to), { bucketSeconds });
    assertEquals(
      plan.parts.map(({ source, from, to }) => `${source} ${from.slice(11, 19)} ${to.slice(11, 19)}`),
      [...parts],
    );
  });
}

Deno.test("planHistogram() counts rows where the counts do not know what is asked", () => {
  const day = range("24 00:00:00.000000", "25 00:00:00.000000");
  assertEquals(planned(day, { counted: false }).parts, [{ source: "rows", ...day }]);
});

Deno.test("planHistogram() says what it cannot draw, and what it can", () => {
  const day = range("24 00:00:00.000000", "25 00:00:00.000000");
  assertEquals(planHistogram(day, { bucketSeconds: 1 }), {
    problem: "has 86400 buckets of 1s, over 100",
    remedy: "ask for 15m or wider, or a shorter range",
  });
  assertEquals(planHistogram(day, { bucketSeconds: 7 }), {
    problem: "has no buckets of 7 s",
    remedy: "ask for one of 1s, 2s, 5s, 10s, 15s, 30s, 1m, 2m, 5m, 10m, 15m, 30m, 1h, 2h, 3h, 6h, 12h, 1d",
  });
  assertEquals(planHistogram({ from: "2025-01-01 00:00:00.000000", to: day.to }), {
    problem: "has 693 days, over 100 buckets",
    remedy: "ask for a shorter range",
  });
  assertThrows(() => planHistogram({ from: day.to, to: day.to }), RangeError, "empty range");
  assertThrows(() => planHistogram(day, { bucketsMax: BUCKETS_MAX + 1 }), RangeError, "bucketsMax outside 1 to 1500");
});

Deno.test("planHistogram() ends with the last instant that there is", () => {
  const plan = planned({ from: "9999-12-31 23:00:00.000000", to: "9999-12-31 23:59:59.999999" });
  assertEquals(plan.buckets.at(-1)?.to, "9999-12-31 23:59:59.999999");
});

Deno.test("bucketOf() is -1 before the first bucket and after the last", () => {
  const plan = planned(range("24 10:15:00.000000", "24 12:00:00.000000"), { bucketSeconds: 3_600 });
  const moments = ["09:59:59.999999", "10:00:00.000000", "10:59:59.999999", "11:00:00.000000", "12:00:00.000000"];
  assertEquals(moments.map((time) => bucketOf(`2026-11-24 ${time}`, plan)), [-1, 0, 0, 1, -1]);
});
