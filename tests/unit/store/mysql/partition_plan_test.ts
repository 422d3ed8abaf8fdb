import { assertEquals, assertMatch } from "@std/assert";
import {
  MINUTES_PARTITIONS,
  type Partition,
  partitionChanges as changesOf,
  partitionClause as clauseOf,
  SERVICE_LOGS_PARTITIONS,
  WORD_FILTERS_PARTITIONS,
} from "../../../../src/store/mysql/partition_plan.ts";

const partitionClause = (nowMs: number) => clauseOf(SERVICE_LOGS_PARTITIONS, nowMs);
const partitionChanges = (partitions: readonly Partition[], nowMs: number) =>
  changesOf(SERVICE_LOGS_PARTITIONS, { partitions, nowMs });

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

/** The partitions that a clause or a statement makes, as the server tells of them. */
const partitionsIn = (sql: string): Partition[] =>
  [...sql.matchAll(/PARTITION (p\w+) VALUES LESS THAN \(([^)]+)\)/g)].map(([, name, bound]) => ({
    name: name!,
    bound: bound!,
  }));

/** The partitions after the statements: what each of them reorganizes gives way to what it makes. */
const after = (partitions: readonly Partition[], nowMs: number) =>
  partitionChanges(partitions, nowMs).reduce((list, { sql }) => {
    const name = /REORGANIZE PARTITION (\w+)/.exec(sql)?.[1];
    return name === undefined
      ? [...list, ...partitionsIn(sql)]
      : list.flatMap((partition) => partition.name === name ? partitionsIn(sql) : [partition]);
  }, partitions);

const FRESH = partitionsIn(partitionClause(NOW));
const names = (partitions: readonly Partition[]) => partitions.map(({ name }) => name);

Deno.test("partitionChanges() asks for nothing while 8 days are ahead, and for 15 when fewer are", () => {
  assertEquals(partitionChanges(FRESH, NOW), []);
  assertEquals(partitionChanges(FRESH, NOW + 7 * DAY_MS), []);
  const [change, ...others] = partitionChanges(FRESH, NOW + 8 * DAY_MS);
  assertEquals([others, change?.hole], [[], undefined]);
  assertEquals(
    namesIn(change!.sql),
    ["12", "13", "14", "15", "16", "17", "18", "19"].map((day) => `p202603${day}`).concat("p_future"),
  );
});

Deno.test("partitionChanges() is content with what it asked for", () => {
  const later = NOW + 10 * DAY_MS;
  assertEquals(partitionChanges(after(FRESH, later), later), []);
});

Deno.test("partitionChanges() after a standstill begins 8 days back, and does not make up every day between", () => {
  const [change] = partitionChanges(FRESH, NOW + 400 * DAY_MS);
  // One for all the days that nobody made a partition for, one a day from 8 days back to 15 ahead, and the last.
  assertEquals(namesIn(change!.sql).length, 1 + 24 + 1);
});

Deno.test("partitionChanges() finds the days that a clock which was wrong for a moment left in one partition", () => {
  const wrong = after(FRESH, NOW + 400 * DAY_MS);
  const changes = partitionChanges(wrong, NOW + DAY_MS);
  assertEquals(changes, [], "the hole is further ahead than partitions are made for");
  const later = NOW + 10 * DAY_MS;
  const [hole] = partitionChanges(wrong, later);
  assertEquals(hole?.hole?.firstDay, "2026-03-12");
  assertEquals(names(partitionsIn(hole!.sql)).slice(0, 2), ["p20260312", "p20260313"]);
  assertEquals(partitionChanges(after(wrong, later), later), []);
});

Deno.test("partitionChanges() makes the last partition again when somebody dropped it", () => {
  const [change] = partitionChanges(FRESH.slice(0, -1), NOW);
  assertMatch(change!.sql, /^ALTER TABLE service_logs ADD PARTITION/);
  assertEquals(namesIn(change!.sql).at(-1), "p_future");
});

Deno.test("partitionChanges() leaves a table alone that is not partitioned, or in another way", () => {
  assertEquals(partitionChanges([], NOW), []);
  assertEquals(partitionChanges([{ name: "p0", bound: "10" }, { name: "p1", bound: "MAXVALUE" }], NOW), []);
});

for (
  const [table, bound] of [[MINUTES_PARTITIONS, "'2026-03-01 00:00:00'"], [
    WORD_FILTERS_PARTITIONS,
    "'2026-03-01'",
  ]] as const
) {
  Deno.test(`partitionChanges() knows the days of ${table.name} by bounds of its column's type`, () => {
    const clause = clauseOf(table, NOW);
    assertMatch(clause, new RegExp(`RANGE COLUMNS \\(${table.column}\\)`));
    assertMatch(clause, new RegExp(`PARTITION p20260228 VALUES LESS THAN \\(${bound}\\)`));
    const made = partitionsIn(clause);
    assertEquals(changesOf(table, { partitions: made, nowMs: NOW }), []);
    const [change] = changesOf(table, { partitions: made, nowMs: NOW + 10 * DAY_MS });
    assertMatch(change!.sql, new RegExp(`^ALTER TABLE ${table.name} REORGANIZE PARTITION p_future`));
  });
}
