import { assertEquals, assertThrows } from "@std/assert";
import { justAfter, momentOf, rangeOf } from "../../../../src/commands/reading/times.ts";
import { UsageError } from "../../../../src/config/usage_error.ts";

const NOW = Date.UTC(2026, 10, 24, 10);

for (
  const [text, moment] of [
    ["90", "2026-11-24 09:58:30.000000"],
    ["1.5", "2026-11-24 09:59:58.500000"],
    ["90m", "2026-11-24 08:30:00.000000"],
    ["-1d12h", "2026-11-22 22:00:00.000000"],
    ["2026-11-24", "2026-11-24 00:00:00.000000"],
    ["2026-11-24T11:00+01:00", "2026-11-24 10:00:00.000000"],
    ["now", "2026-11-24 10:00:00.000000"],
  ] as const
) {
  Deno.test(`momentOf() of ${text} is ${moment}`, () => assertEquals(momentOf(text, "since", NOW), moment));
}

Deno.test("momentOf() names the flag and the remedy", () => {
  assertThrows(
    () => momentOf("yesterday", "since", NOW),
    UsageError,
    'Cannot use --since "yesterday": it is no time; write',
  );
});

Deno.test("rangeOf() reads both ends, and leaves out what was not given", () => {
  const none = { since: undefined, from: undefined, to: undefined };
  assertEquals(rangeOf(none, NOW), {});
  assertEquals(rangeOf({ ...none, since: "60", to: "30s" }, NOW), {
    from: "2026-11-24 09:59:00.000000",
    to: "2026-11-24 09:59:30.000000",
  });
  assertThrows(() => rangeOf({ ...none, from: "30s", to: "1m" }, NOW), UsageError, "Cannot use --to");
});

Deno.test("justAfter() is a microsecond later, also in the next day", () => {
  assertEquals(justAfter("2026-01-02 03:04:05.000009"), "2026-01-02 03:04:05.000010");
  assertEquals(justAfter("2026-12-31 23:59:59.999999"), "2027-01-01 00:00:00.000000");
});
