import { assertEquals, assertThrows } from "@std/assert";
import { instantOfDate, instantOfProto, parseRfc3339, rfc3339Of } from "../../../src/entry/instant.ts";

const SECOND = 1_767_323_045; // 2026-01-02T03:04:05Z

Deno.test("instantOfProto() reads seconds as text, as a number and as a 64-bit pair alike", () => {
  const expected = "2026-01-02 03:04:05.123456";
  assertEquals(instantOfProto({ seconds: String(SECOND), nanos: 123_456_789 }), { ok: true, value: expected });
  assertEquals(instantOfProto({ seconds: SECOND, nanos: 123_456_789 }), { ok: true, value: expected });
  assertEquals(instantOfProto({ seconds: { low: SECOND, high: 0 }, nanos: 123_456_789 }), {
    ok: true,
    value: expected,
  });
});

Deno.test("instantOfProto() reads a pair whose low half has its sign bit set", () => {
  // 2^31 seconds, the first that 32 bits with a sign cannot count.
  assertEquals(instantOfProto({ seconds: { low: -(2 ** 31), high: 0 }, nanos: 0 }), {
    ok: true,
    value: "2038-01-19 03:14:08.000000",
  });
  assertEquals(instantOfProto({ seconds: { low: -1, high: -1 }, nanos: 0 }), {
    ok: true,
    value: "1969-12-31 23:59:59.000000",
  });
});

Deno.test("instantOfProto() takes an absent part for 0, as protobuf has it", () => {
  assertEquals(instantOfProto({}), { ok: true, value: "1970-01-01 00:00:00.000000" });
  assertEquals(instantOfProto({ seconds: null, nanos: null }), { ok: true, value: "1970-01-01 00:00:00.000000" });
});

Deno.test("instantOfProto() tells second from second, back and forth", () => {
  const texts = [0, 1, 0, 86_399, 86_400].map((offset) => {
    const instant = instantOfProto({ seconds: SECOND + offset, nanos: 7_000 });
    return instant.ok ? instant.value : instant.problem;
  });
  assertEquals(texts, [
    "2026-01-02 03:04:05.000007",
    "2026-01-02 03:04:06.000007",
    "2026-01-02 03:04:05.000007",
    "2026-01-03 03:04:04.000007",
    "2026-01-03 03:04:05.000007",
  ]);
});

Deno.test("instantOfProto() cuts nanoseconds and never rounds up into the next second", () => {
  assertEquals(instantOfProto({ seconds: SECOND, nanos: 999_999_999 }), {
    ok: true,
    value: "2026-01-02 03:04:05.999999",
  });
  assertEquals(instantOfProto({ seconds: SECOND, nanos: 999 }), { ok: true, value: "2026-01-02 03:04:05.000000" });
});

const YEAR = "is outside the years 1000 to 9999 in UTC";
const NANOS = "has nanoseconds outside 0 to 999,999,999";

for (
  const given of [
    { seconds: "soon", nanos: 0, problem: YEAR },
    { seconds: NaN, nanos: 0, problem: YEAR },
    { seconds: 1.5, nanos: 0, problem: YEAR },
    { seconds: -30_610_224_001, nanos: 0, problem: YEAR },
    { seconds: 253_402_300_800, nanos: 0, problem: YEAR },
    { seconds: 2 ** 63, nanos: 0, problem: YEAR },
    { seconds: SECOND, nanos: -1, problem: NANOS },
    { seconds: SECOND, nanos: 1_000_000_000, problem: NANOS },
    { seconds: SECOND, nanos: NaN, problem: NANOS },
  ]
) {
  const { problem, ...timestamp } = given;
  Deno.test(`instantOfProto() says what is wrong with ${JSON.stringify(timestamp)} each time it comes`, () => {
    assertEquals(instantOfProto(timestamp), { ok: false, problem });
    assertEquals(instantOfProto(timestamp), { ok: false, problem });
    assertEquals(instantOfProto({ seconds: SECOND, nanos: 0 }), { ok: true, value: "2026-01-02 03:04:05.000000" });
  });
}

Deno.test("instantOfProto() writes the ends of what databases hold", () => {
  assertEquals(instantOfProto({ seconds: -30_610_224_000, nanos: 0 }), {
    ok: true,
    value: "1000-01-01 00:00:00.000000",
  });
  assertEquals(instantOfProto({ seconds: 253_402_300_799, nanos: 999_999_999 }), {
    ok: true,
    value: "9999-12-31 23:59:59.999999",
  });
});

Deno.test("instantOfDate() keeps milliseconds", () => {
  assertEquals(instantOfDate(new Date(SECOND * 1000 + 678)), "2026-01-02 03:04:05.678000");
});

Deno.test("instantOfDate() refuses invalid dates and years of five digits", () => {
  assertThrows(() => instantOfDate(new Date(NaN)), RangeError);
  assertThrows(() => instantOfDate(new Date(Date.UTC(10_000, 0))), RangeError);
});

Deno.test("rfc3339Of() writes six digits and a Z", () => {
  assertEquals(rfc3339Of("2026-01-02 03:04:05.000006"), "2026-01-02T03:04:05.000006Z");
});

for (
  const [text, expected] of [
    ["2026-01-02T03:04:05Z", "2026-01-02 03:04:05.000000"],
    ["2026-01-02t03:04:05z", "2026-01-02 03:04:05.000000"],
    ["2026-01-02T03:04:05.6Z", "2026-01-02 03:04:05.600000"],
    ["2026-01-02T03:04:05.123456Z", "2026-01-02 03:04:05.123456"],
    ["2026-01-02T03:04:05.1234569Z", "2026-01-02 03:04:05.123456"],
    ["2026-01-02T03:04:05.999999999999999999+00:00", "2026-01-02 03:04:05.999999"],
    ["2026-01-02T03:04:05-00:00", "2026-01-02 03:04:05.000000"],
    ["2026-01-02T03:04:05.5+05:30", "2026-01-01 21:34:05.500000"],
    ["2026-12-31T23:30:00-01:00", "2027-01-01 00:30:00.000000"],
    ["2026-01-01T00:00:00+23:59", "2025-12-31 00:01:00.000000"],
    ["2024-02-29T12:00:00Z", "2024-02-29 12:00:00.000000"],
    ["2000-02-29T12:00:00Z", "2000-02-29 12:00:00.000000"],
    ["2024-03-01T00:00:00+00:01", "2024-02-29 23:59:00.000000"],
    ["1000-01-01T00:00:00Z", "1000-01-01 00:00:00.000000"],
    ["0999-12-31T23:59:00-00:01", "1000-01-01 00:00:00.000000"],
    ["9999-12-31T23:59:59.999999Z", "9999-12-31 23:59:59.999999"],
  ] as const
) {
  Deno.test(`parseRfc3339() reads ${text}`, () => assertEquals(parseRfc3339(text), { ok: true, value: expected }));
}

for (
  const [text, problem] of [
    ["", "RFC 3339"],
    ["yesterday", "RFC 3339"],
    ["2026-01-02", "RFC 3339"],
    ["2026-01-02T03:04:05", "RFC 3339"],
    ["2026-01-02 03:04:05Z", "RFC 3339"],
    ["2026-01-02T03:04:05.Z", "RFC 3339"],
    ["2026-01-02T03:04:05,5Z", "RFC 3339"],
    ["2026-01-02T03:04:05Z ", "RFC 3339"],
    [" 2026-01-02T03:04:05Z", "RFC 3339"],
    ["2026-01-02T03:04:05+0200", "RFC 3339"],
    ["2026-01-02T03:04:05+02", "RFC 3339"],
    ["2026-01-02T03:04:05+02:00Z", "RFC 3339"],
    ["2026-01-02T03:04:05\u221202:00", "RFC 3339"],
    ["+002026-01-02T03:04:05Z", "RFC 3339"],
    ["20٢6-01-02T03:04:05Z", "RFC 3339"],
    ["2026-1-02T03:04:05.00Z", "RFC 3339"],
    ["2026-13-02T03:04:05Z", "month"],
    ["2026-00-02T03:04:05Z", "month"],
    ["2026-01-32T03:04:05Z", "day"],
    ["2026-01-00T03:04:05Z", "day"],
    ["2026-04-31T03:04:05Z", "day"],
    ["2026-02-29T03:04:05Z", "day"],
    ["2100-02-29T03:04:05Z", "day"],
    ["2026-01-02T24:00:00Z", "hour"],
    ["2026-01-02T03:60:05Z", "minute"],
    ["2016-12-31T23:59:60Z", "second 60"],
    ["2026-01-02T03:04:61Z", "second"],
    ["2026-01-02T03:04:05+24:00", "offset"],
    ["2026-01-02T03:04:05-00:60", "offset"],
    ["0999-12-31T23:59:59.999999Z", "years 1000 to 9999"],
    ["0000-01-01T00:00:00Z", "years 1000 to 9999"],
    ["0050-06-01T00:00:00+01:00", "years 1000 to 9999"],
    ["1000-01-01T00:00:00+00:01", "years 1000 to 9999"],
    ["9999-12-31T23:59:00-00:01", "years 1000 to 9999"],
  ] as const
) {
  Deno.test(`parseRfc3339() refuses ${JSON.stringify(text)} for its ${problem}`, () => {
    const parsed = parseRfc3339(text);
    assertEquals(!parsed.ok && parsed.problem.includes(problem), true, JSON.stringify(parsed));
  });
}
