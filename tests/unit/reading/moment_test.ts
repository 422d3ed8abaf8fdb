import { assertEquals } from "@std/assert";
import {
  countingRange,
  intersection,
  isEmptyRange,
  isWithin,
  parseMoment,
  parseRange,
} from "../../../src/reading/moment.ts";

const NOW = Date.UTC(2026, 10, 24, 10, 30, 15, 250);

for (
  const [text, instant] of [
    ["2026-11-24T10:00:00Z", "2026-11-24 10:00:00.000000"],
    ["2026-11-24t10:00:00.123456789z", "2026-11-24 10:00:00.123456"],
    ["2026-11-24T10:00:00+05:30", "2026-11-24 04:30:00.000000"],
    ["2026-11-24T10:00Z", "2026-11-24 10:00:00.000000"],
    ["2026-11-24T00:30+01:00", "2026-11-23 23:30:00.000000"],
    ["2026-11-24", "2026-11-24 00:00:00.000000"],
    ["now", "2026-11-24 10:30:15.250000"],
    ["-15m", "2026-11-24 10:15:15.250000"],
    ["15m", "2026-11-24 10:15:15.250000"],
    ["-250ms", "2026-11-24 10:30:15.000000"],
    ["90s", "2026-11-24 10:28:45.250000"],
    ["2d", "2026-11-22 10:30:15.250000"],
    ["1w", "2026-11-17 10:30:15.250000"],
    ["1d12h", "2026-11-22 22:30:15.250000"],
    ["1.5h", "2026-11-24 09:00:15.250000"],
    ["0s", "2026-11-24 10:30:15.250000"],
  ] as const
) {
  Deno.test(`parseMoment() reads ${text}`, () => assertEquals(parseMoment(text, NOW), instant));
}

for (
  const [text, problem] of [
    ["", "is no time"],
    ["yesterday", "is no time"],
    ["15", "is no time"],
    ["+15m", "is no time"],
    ["15M", "is no time"],
    ["15m ago", "is no time"],
    ["--15m", "is no time"],
    ["2026-11-24T10", "is no time"],
    ["2026-02-30", "has a day that its month does not have"],
    ["2026-11-24T24:00Z", "has an hour outside 00 to 23"],
    ["2026-11-24T23:59:60Z", "has second 60, which databases cannot store"],
    ["0999-01-01", "is outside the years 1000 to 9999 in UTC"],
    ["999999999w", "is before the year 1000"],
  ] as const
) {
  Deno.test(`parseMoment() says of ${JSON.stringify(text)} that it ${problem}, and what to write`, () => {
    const moment = parseMoment(text, NOW);
    assertEquals(moment, {
      problem,
      remedy: "write RFC 3339, as 2026-11-24T10:00:00Z, 2026-11-24T10:00Z or 2026-11-24 (UTC), " +
        "or how long ago, as 15m, -2h or 1d12h",
    });
  });
}

for (const text of ["2026-11-24T10:00:00", "2026-11-24 10:00:00"]) {
  Deno.test(`parseMoment() does not guess the offset of ${text}`, () => {
    assertEquals(parseMoment(text, NOW), {
      problem: "does not say its offset from UTC",
      remedy: "write 2026-11-24T10:00:00Z, if it is UTC",
    });
  });
}

Deno.test("parseRange() reads both ends against one clock, and leaves open what is absent", () => {
  const from = "2026-11-24 09:30:15.250000";
  assertEquals(parseRange({}, NOW), {});
  assertEquals(parseRange({ since: "1h" }, NOW), { from });
  assertEquals(parseRange({ from: "-1h", to: "now" }, NOW), { from, to: "2026-11-24 10:30:15.250000" });
  assertEquals(parseRange({ to: "2026-11-24" }, new Date(NOW)), { to: "2026-11-24 00:00:00.000000" });
});

Deno.test("parseRange() names the field that is wrong", () => {
  const fieldOf = (texts: Parameters<typeof parseRange>[0]) => {
    const range = parseRange(texts, NOW);
    return "field" in range ? [range.field, range.problem] : range;
  };
  assertEquals(fieldOf({ from: "x" }), ["from", "is no time"]);
  assertEquals(fieldOf({ since: "x" }), ["since", "is no time"]);
  assertEquals(fieldOf({ from: "1h", to: "x" }), ["to", "is no time"]);
  assertEquals(fieldOf({ from: "1h", since: "1h" }), ["since", "says again where the range begins"]);
  assertEquals(fieldOf({ from: "1h", to: "2h" }), ["to", "is before the range begins"]);
  assertEquals(fieldOf({ from: "1h", to: "1h" }), ["to", "is also where the range begins"]);
});

Deno.test("intersection() is the later beginning and the earlier end", () => {
  assertEquals(intersection({}, {}), {});
  assertEquals(intersection({ from: "1" }, { from: "2", to: "5" }), { from: "2", to: "5" });
  assertEquals(intersection({ from: "2", to: "4" }, { from: "1", to: "5" }), { from: "2", to: "4" });
  assertEquals(isEmptyRange(intersection({ to: "2" }, { from: "2" })), true);
  assertEquals(isEmptyRange({ from: "1", to: "2" }), false);
  assertEquals(isEmptyRange({ from: "1" }), false);
});

Deno.test("isWithin() takes the first moment and not the last", () => {
  const range = { from: "2", to: "4" };
  assertEquals(["1", "2", "3", "4"].map((moment) => isWithin(moment, range)), [false, true, true, false]);
  assertEquals(isWithin("1", {}), true);
});

Deno.test("countingRange() begins with a whole minute where a begin some time ago leaves an hour or more", () => {
  const now = Date.UTC(2026, 10, 24, 10, 15, 30, 250);
  const counting = (texts: Parameters<typeof parseRange>[0]) => {
    const range = parseRange(texts, now);
    if ("problem" in range) throw new Error(range.problem);
    return countingRange(range, texts, now);
  };
  assertEquals(counting({ from: "-1h" }), { from: "2026-11-24 09:15:00.000000" });
  assertEquals(counting({ since: "1d", to: "now" }), {
    from: "2026-11-23 10:15:00.000000",
    to: "2026-11-24 10:15:30.250000",
  });
  // Less than an hour of it, a moment that somebody wrote, and no begin at all stay as they are.
  for (
    const texts of [
      { from: "-59m59s" },
      { from: "-2h", to: "-61m" },
      { from: "2026-11-23T10:15:30.25Z" },
      { to: "-1d" },
    ]
  ) assertEquals(counting(texts), parseRange(texts, now));
});
