import { assertEquals } from "@std/assert";
import {
  duration,
  fieldMoment,
  fieldValue,
  fullMoment,
  relativeMoment,
  shortMoment,
} from "../../../../src/dashboard/text/time.ts";

const MOMENT = "2026-11-24T10:03:07.123456Z";

Deno.test("moments in UTC are as wide whatever they are", () => {
  assertEquals(shortMoment(MOMENT, "utc"), "11-24 10:03:07.123");
  assertEquals(shortMoment("2026-01-02T03:04:05Z", "utc"), "01-02 03:04:05.000");
  assertEquals(fullMoment(MOMENT, "utc"), "2026-11-24 10:03:07.123456 UTC");
});

Deno.test("relativeMoment() looks both ways", () => {
  const at = Date.parse(MOMENT);
  assertEquals(relativeMoment(MOMENT, at + 400), "just now");
  assertEquals(relativeMoment(MOMENT, at + 180_000), "3 min ago");
  assertEquals(relativeMoment(MOMENT, at - 7_200_000), "in 2 h");
});

Deno.test("duration() names one unit", () => {
  assertEquals([999, 1_000, 59_999, 60_000, 3_600_000, 172_800_000].map(duration), [
    "999 ms",
    "1 s",
    "59 s",
    "1 min",
    "1 h",
    "2 d",
  ]);
});

Deno.test("fieldMoment() is what fieldValue() showed, to the second", () => {
  assertEquals(fieldValue(MOMENT, "utc"), "2026-11-24T10:03:07");
  assertEquals(fieldMoment("2026-11-24T10:03:07", "utc"), "2026-11-24T10:03:07.000Z");
  assertEquals([fieldMoment("", "utc"), fieldValue("-1h", "utc")], ["", ""]);
});
