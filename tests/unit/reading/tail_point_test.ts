import { assertEquals } from "@std/assert";
import { batchIdAt, msOfBatchId, tailPointAt } from "../../../src/reading/tail_point.ts";

const NOON = Date.UTC(2026, 10, 24, 12);

Deno.test("batchIdAt() and msOfBatchId() agree, whatever instance and sequence an id has", () => {
  assertEquals(msOfBatchId(batchIdAt(NOON)), NOON);
  assertEquals(msOfBatchId(batchIdAt(NOON) + 2n ** 21n - 1n), NOON);
  assertEquals(msOfBatchId(batchIdAt(NOON) + 2n ** 21n), NOON + 1);
});

Deno.test("tailPointAt() begins two minutes before its position, and never before the first id", () => {
  assertEquals(tailPointAt(batchIdAt(NOON)), {
    position: batchIdAt(NOON),
    since: batchIdAt(NOON - 120_000),
    seen: new Set<bigint>(),
  });
  assertEquals(tailPointAt(1n).since, 0n);
});
