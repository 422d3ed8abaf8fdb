import { assert, assertEquals, assertMatch } from "@std/assert";
import { missingPartitions, partitionClause } from "../../../src/store/partitions.ts";

const NOW = Date.UTC(2026, 1, 24, 23, 59, 59, 999);
const DAY_MS = 86_400_000;
const namesIn = (sql: string) => [...sql.matchAll(/PARTITION (p\w+) VALUES/g)].map((match) => match[1]!);

Deno.test("partitionClause() covers all time: before, 8 days back to 15 ahead, and after", () => {
  const names = namesIn(partitionClause(NOW));
  assertEquals(names.length, 1 + 24 + 1);
  assertEquals([names[0], names[1], names.at(-2), names.at(-1)], ["p_past", "p20260216", "p20260311", "p_future"]);
});

Deno.test("partitionClause() ends a day's partition where the next day begins, over the end of a month", () => {
  const clause = partitionClause(NOW);
  assertMatch(clause, /PARTITION p_past VALUES LESS THAN \('2026-02-16 00:00:00\.000000'\)/);
  assertMatch(clause, /PARTITION p20260228 VALUES LESS THAN \('2026-03-01 00:00:00\.000000'\)/);
  assertMatch(clause, /PARTITION p_future VALUES LESS THAN \(MAXVALUE\)/);
});

Deno.test("missingPartitions() asks for nothing while 8 days are ahead, and for 15 when fewer are", () => {
  const names = namesIn(partitionClause(NOW));
  assertEquals(missingPartitions(names, NOW), undefined);
  assertEquals(missingPartitions(names, NOW + 7 * DAY_MS), undefined);
  const sql = missingPartitions(names, NOW + 8 * DAY_MS);
  assert(sql !== undefined);
  assertEquals(
    namesIn(sql),
    ["12", "13", "14", "15", "16", "17", "18", "19"].map((day) => `p202603${day}`).concat("p_future"),
  );
});

Deno.test("missingPartitions() is content with what it asked for", () => {
  const names = namesIn(partitionClause(NOW));
  const later = NOW + 10 * DAY_MS;
  assertEquals(missingPartitions([...names, ...namesIn(missingPartitions(names, later)!)], later), undefined);
});

Deno.test("missingPartitions() after a standstill begins 8 days back, and does not make up every day between", () => {
  const sql = missingPartitions(namesIn(partitionClause(NOW)), NOW + 400 * DAY_MS);
  assert(sql !== undefined);
  assertEquals(namesIn(sql).length, 24 + 1);
});

Deno.test("missingPartitions() leaves a table alone that is not partitioned, or in another way", () => {
  assertEquals(missingPartitions([], NOW), undefined);
  assertEquals(missingPartitions(["p0", "p1"], NOW), undefined);
  assertEquals(missingPartitions(["p20200101"], NOW), undefined);
});
