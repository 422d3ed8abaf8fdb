import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { instantOfDate, instantOfProto, parseRfc3339, rfc3339Of } from "../../src/entry/instant.ts";
import { instants } from "../support/entries.ts";

/** Days since 1970-01-01, counted year by year and month by month: slow, and nothing that the code under test does. */
function daysSince1970(year: number, month: number, day: number): bigint {
  const leap = (y: number) => (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  const lengths = [31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  let days = lengths.slice(0, month - 1).reduce((sum, length) => sum + length, 0) + day - 1;
  for (let y = 1970; y < year; y++) days += leap(y) ? 366 : 365;
  for (let y = year; y < 1970; y++) days -= leap(y) ? 366 : 365;
  return BigInt(days);
}

/** Microseconds since 1970 of an instant's text. */
function microsOf(instant: string): bigint {
  const parts = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6})$/.exec(instant)!.slice(1).map(Number);
  const [year, month, day, hour, minute, second, micros] = parts as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const seconds = daysSince1970(year, month, day) * 86_400n + BigInt(hour * 3600 + minute * 60 + second);
  return seconds * 1_000_000n + BigInt(micros);
}

Deno.test("instantOfProto() agrees with counting days, at any second that databases hold", () => {
  fc.assert(fc.property(
    fc.oneof(fc.integer({ min: -30_610_224_000, max: 253_402_300_799 }), fc.integer({ min: -100_000, max: 100_000 })),
    fc.integer({ min: 0, max: 999_999_999 }),
    (seconds, nanos) => {
      const instant = instantOfProto({ seconds: String(seconds), nanos });
      assert(instant.ok);
      assertEquals(microsOf(instant.value), BigInt(seconds) * 1_000_000n + BigInt(Math.floor(nanos / 1000)));
    },
  ));
});

Deno.test("parseRfc3339() agrees with counting days, with any offset and any number of digits", () => {
  fc.assert(fc.property(
    instants(),
    fc.integer({ min: -1439, max: 1439 }),
    fc.integer({ min: 0, max: 12 }),
    (local, offset, digits) => {
      const zone = `${offset < 0 ? "-" : "+"}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
      const fraction = digits === 0 ? "" : `.${local.slice(20).padEnd(12, "9").slice(0, digits)}`;
      const text = `${local.slice(0, 10)}T${local.slice(11, 19)}${fraction}${zone}`;
      const cut = `${local.slice(0, 20)}${local.slice(20, 20 + digits).padEnd(6, "0")}`;
      const expected = microsOf(cut) - BigInt(offset) * 60_000_000n;
      const inRange = expected >= microsOf("1000-01-01 00:00:00.000000") &&
        expected <= microsOf("9999-12-31 23:59:59.999999");
      const parsed = parseRfc3339(text);
      assertEquals(parsed.ok ? microsOf(parsed.value) : undefined, inRange ? expected : undefined, text);
    },
  ));
});

Deno.test("parseRfc3339() reads a date exactly when the calendar has it", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1000, max: 9999 }),
    fc.integer({ min: 0, max: 99 }),
    fc.integer({ min: 0, max: 99 }),
    (year, month, day) => {
      // Date rolls over what does not exist: a date exists exactly when it comes back as it went in.
      const date = new Date(Date.UTC(year, month - 1, day));
      const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCFullYear() === year;
      assertEquals(parseRfc3339(`${year}-${two(month)}-${two(day)}T00:00:00Z`).ok, exists);
    },
  ));
});

Deno.test("parseRfc3339() reads back what rfc3339Of() writes", () => {
  fc.assert(
    fc.property(instants(), (instant) => assertEquals(parseRfc3339(rfc3339Of(instant)), { ok: true, value: instant })),
  );
});

Deno.test("parseRfc3339() never throws, and what it reads has 26 characters", () => {
  const pieces = fc.array(fc.constantFrom(..."0123456789-+:.TtZz ".split(""), "2026-01-02", "03:04:05"), {
    maxLength: 12,
  });
  fc.assert(fc.property(fc.oneof(fc.string(), pieces.map((list) => list.join(""))), (text) => {
    const parsed = parseRfc3339(text);
    assertEquals(parsed.ok ? parsed.value.length : 26, 26);
  }));
});

Deno.test("instants compare as strings the way their moments do", () => {
  fc.assert(fc.property(instants(), instants(), (a, b) => assertEquals(a < b, microsOf(a) < microsOf(b))));
});

Deno.test("instantOfDate() agrees with counting days", () => {
  const dates = fc.date({
    min: new Date("1000-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  });
  fc.assert(fc.property(dates, (date) => assertEquals(microsOf(instantOfDate(date)), BigInt(date.getTime()) * 1000n)));
});

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, "0");
}
