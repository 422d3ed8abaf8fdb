import { assert, assertEquals } from "@std/assert";
import { before, compareOn, farther, shifted } from "../../../src/reading/position.ts";

const NOON = "2026-11-24 12:00:00.000000";

Deno.test("before() has every key of its moment behind it, and none of the moment before, either way", () => {
  for (const messageId of ["!", "1", "~".repeat(128)]) {
    assert(compareOn("older", before("older", NOON), { publishTime: NOON, messageId }) < 0);
    assert(compareOn("newer", before("newer", NOON), { publishTime: NOON, messageId }) < 0);
    assert(compareOn("older", before("older", NOON), { publishTime: "2026-11-24 12:00:00.000001", messageId }) >= 0);
    assert(compareOn("newer", before("newer", NOON), { publishTime: "2026-11-24 11:59:59.999999", messageId }) >= 0);
  }
});

Deno.test("shifted() carries into seconds, days and years, and stays within those that there are", () => {
  assertEquals(shifted(NOON, 1), "2026-11-24 12:00:00.000001");
  assertEquals(shifted(NOON, -1), "2026-11-24 11:59:59.999999");
  assertEquals(shifted("2026-12-31 23:59:59.999999", 1), "2027-01-01 00:00:00.000000");
  assertEquals(shifted("9999-12-31 23:59:59.999999", 1), "9999-12-31 23:59:59.999999");
  assertEquals(shifted("1000-01-01 00:00:00.000000", -1), "1000-01-01 00:00:00.000000");
});

Deno.test("farther() is the later place on the way", () => {
  const [a, b] = [{ publishTime: NOON, messageId: "1" }, { publishTime: NOON, messageId: "2" }];
  assertEquals([farther("older", a, b), farther("newer", a, b), farther("newer", a, undefined)], [a, b, a]);
});
