import { assert, assertEquals } from "@std/assert";
import { SEVERITIES } from "../../../../src/entry/entry.ts";
import {
  ABSENT_WORD,
  COMMON_PHRASE,
  ONCE_WORD,
  RARE_SEVERITY,
  readingRows,
  SERVICES,
} from "../../../bench/reading/rows.ts";

const ALL = { rows: 20_000, endMs: Date.UTC(2026, 10, 24, 10) };

Deno.test("readingRows() lie evenly in ten days, by publish time, and no id comes twice", () => {
  const rows = readingRows(ALL, { from: 0, count: ALL.rows });
  assertEquals(rows.length, ALL.rows);
  assertEquals(rows[0]!.publishTime, "2026-11-14 10:00:00.000000");
  assertEquals(rows[ALL.rows / 2]!.publishTime, "2026-11-19 10:00:00.000000");
  assert(rows.at(-1)!.publishTime < "2026-11-24 10:00:00.000000");
  const times = rows.map(({ publishTime }) => publishTime);
  assertEquals(times, times.toSorted());
  assertEquals(new Set(rows.map(({ messageId }) => messageId)).size, ALL.rows);
});

Deno.test("readingRows() are of all services and severities, one of them rare", () => {
  const rows = readingRows(ALL, { from: 0, count: ALL.rows });
  assertEquals(new Set(rows.map(({ serviceName }) => serviceName)), new Set(SERVICES));
  assertEquals(new Set(rows.map(({ severity }) => severity)), new Set(SEVERITIES));
  const rare = rows.filter(({ severity }) => severity === RARE_SEVERITY).length;
  assert(rare > 5 && rare < 50, `${rare} are rare`);
});

Deno.test("readingRows() say one word once, another never, and a phrase often", () => {
  const payloads = readingRows(ALL, { from: 0, count: ALL.rows }).map(({ payload }) => payload);
  const saying = (text: string) => payloads.filter((payload) => payload.includes(text)).length;
  assertEquals([saying(ONCE_WORD), saying(ABSENT_WORD)], [1, 0]);
  assert(saying(COMMON_PHRASE) > ALL.rows / 10);
});

Deno.test("readingRows() of a part are the same every time, and end where the rows end", () => {
  const part = { from: 15_000, count: 10_000 };
  const rows = readingRows(ALL, part);
  assertEquals(rows.length, 5_000);
  assertEquals(rows, readingRows(ALL, part));
});
