import { assertEquals } from "@std/assert";
import { lengthOf, rangeBefore, rangeOf, wholeRange } from "../../../../src/dashboard/text/range.ts";

const NOW = Date.parse("2026-11-24T10:03:07.123Z");
const since = (text: string) => ({ since: text, from: undefined, to: undefined });
const between = (from: string, to?: string) => ({ since: undefined, from, to });

Deno.test("rangeOf() is the last hour where an address says nothing", () => {
  assertEquals(rangeOf({}), since("-1h"));
  assertEquals(rangeOf({ since: "-7d" }), since("-7d"));
  assertEquals(rangeOf({ since: "-7d", from: "2026-11-24" }), between("2026-11-24"));
});

Deno.test("lengthOf() knows what the quick ranges are, and nothing else", () => {
  assertEquals(["-5m", "-1h", "-7d", "-1w"].map(lengthOf), [300_000, 3_600_000, 604_800_000, 604_800_000]);
  assertEquals(["-1d12h", "2026-11-24", "1h", "-1y", ""].map(lengthOf), Array(5).fill(undefined));
});

Deno.test("wholeRange() begins an hour or more with a whole minute, and leaves others as they are", () => {
  assertEquals(wholeRange(since("-1h"), NOW), between("2026-11-24T09:03:00.000Z"));
  assertEquals(wholeRange(since("-7d"), NOW), between("2026-11-17T10:03:00.000Z"));
  for (const range of [since("-15m"), since("-1d12h"), between("2026-11-24T09:03:07Z")]) {
    assertEquals(wholeRange(range, NOW), range);
  }
});

Deno.test("rangeBefore() is as long, and ends where the other begins", () => {
  assertEquals(rangeBefore(since("-1h"), NOW), between("2026-11-24T08:03:00.000Z", "2026-11-24T09:03:00.000Z"));
  assertEquals(
    rangeBefore(between("2026-11-24T09:00:00Z", "2026-11-24T09:30:00Z"), NOW),
    between("2026-11-24T08:30:00.000Z", "2026-11-24T09:00:00Z"),
  );
  assertEquals(rangeBefore(between("2026-11-24T10:03:00.123Z"), NOW)?.from, "2026-11-24T10:02:53.123Z");
  assertEquals(rangeBefore(since("-1d12h"), NOW), undefined);
  assertEquals(rangeBefore(between("yesterday"), NOW), undefined);
});
