import { assertEquals, assertStrictEquals } from "@std/assert";
import { keySet, planWrite, publishTimeRange, without, writeResult } from "../../../src/store/write_plan.ts";
import { entry, key } from "../../support/entries.ts";

const parked = (n: number, detail = "") =>
  ({ ...key(n), reason: "not_json", detail, data: new Uint8Array(), attributes: {} }) as const;

Deno.test("planWrite() sorts by publish time, then by id in ASCII order", () => {
  const late = entry({ publishTime: "2026-01-02 00:00:00.000001", messageId: "1" });
  const ids = ["10", "2", "A", "a"].map((messageId) => entry({ publishTime: "2026-01-02 00:00:00.000000", messageId }));
  assertEquals(planWrite({ entries: [late, ...ids.toReversed()], deadLetters: [] }).entries, [...ids, late]);
});

Deno.test("planWrite() keeps the first of several items with one key", () => {
  const batch = {
    entries: [entry({ ...key(2), payload: "first" }), entry(key(1)), entry({ ...key(2), payload: "second" })],
    deadLetters: [parked(3, "first"), parked(3, "second")],
  };
  assertEquals(planWrite(batch), {
    entries: [entry(key(1)), entry({ ...key(2), payload: "first" })],
    deadLetters: [parked(3, "first")],
  });
});

Deno.test("planWrite() prefers an entry to a dead letter with its key", () => {
  const plan = planWrite({ entries: [entry(key(1))], deadLetters: [parked(2), parked(1)] });
  assertEquals(plan.deadLetters, [parked(2)]);
});

Deno.test("planWrite() leaves the batch as it is", () => {
  const entries = [entry(key(2)), entry(key(1))];
  planWrite({ entries, deadLetters: [] });
  assertEquals(entries, [entry(key(2)), entry(key(1))]);
});

Deno.test("without() gives back the same array when it takes nothing out", () => {
  const entries = [entry(key(1)), entry(key(2))];
  assertStrictEquals(without(entries, new Set()), entries);
  assertStrictEquals(without(entries, keySet([key(3)])), entries);
  assertEquals(without(entries, keySet([key(1), key(3)])), [entry(key(2))]);
});

Deno.test("publishTimeRange() spans entries and dead letters", () => {
  const time = (n: number) => key(n).publishTime;
  assertEquals(publishTimeRange({ entries: [entry(key(5))], deadLetters: [] }), [time(5), time(5)]);
  assertEquals(publishTimeRange({ entries: [], deadLetters: [parked(1), parked(2)] }), [time(1), time(2)]);
  const both = { entries: [entry(key(2)), entry(key(4))], deadLetters: [parked(1), parked(3)] };
  assertEquals(publishTimeRange(both), [time(1), time(4)]);
});

Deno.test("writeResult() accounts for every item of the batch", () => {
  const batch = { entries: [entry(key(1)), entry(key(1)), entry(key(2))], deadLetters: [parked(1), parked(3)] };
  assertEquals(writeResult(batch, { entries: [entry(key(2))], deadLetters: 1 }), {
    stored: 1,
    deadLettered: 1,
    duplicates: 3,
    landed: [entry(key(2))],
  });
});
