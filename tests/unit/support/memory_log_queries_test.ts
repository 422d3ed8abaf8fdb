import { assertEquals } from "@std/assert";
import type { Cursor } from "../../../src/reading/cursor.ts";
import { batchIdAt } from "../../../src/reading/tail_point.ts";
import { key } from "../../support/entries.ts";
import { ledgerBatch, MemoryLogQueries, readEntry } from "../../support/memory_log_queries.ts";

const ALL = { query: { terms: [] }, range: {} } as const;

function queriesWith(count: number): MemoryLogQueries {
  const queries = new MemoryLogQueries();
  for (let n = 0; n < count; n++) queries.entries.push(readEntry(key(n)));
  return queries;
}

Deno.test("MemoryLogQueries.page() walks to the end and back", async () => {
  const queries = queriesWith(7);
  const walk = async (cursor?: Cursor) => await queries.page({ ...ALL, order: "newest_first", limit: 3, cursor });
  const ids = (page: { readonly entries: readonly { readonly messageId: string }[] }) =>
    page.entries.map(({ messageId }) => Number(messageId) - 1_000_000);
  const first = await walk();
  assertEquals([ids(first), first.previous], [[6, 5, 4], undefined]);
  const second = await walk(first.next);
  assertEquals(ids(second), [3, 2, 1]);
  const third = await walk(second.next);
  assertEquals([ids(third), third.next], [[0], undefined]);
  const back = await walk(third.previous);
  assertEquals(ids(back), [3, 2, 1]);
  assertEquals(ids(await walk(back.previous)), [6, 5, 4]);
});

Deno.test("MemoryLogQueries.tail() tells each batch once, in whichever order ids come", async () => {
  const queries = queriesWith(0);
  const land = (n: number, id: bigint) => {
    queries.entries.push(readEntry({ ...key(n), batch: id }));
    queries.batches.push(ledgerBatch({ id }));
  };
  const base = batchIdAt(queries.nowMs);
  land(1, base + 2n);
  const point = await queries.tailPoint();
  land(2, base + 1n);
  land(3, base + 3n);
  const step = await queries.tail({ from: point });
  assertEquals(step.entries.map(({ messageId }) => messageId), [key(2).messageId, key(3).messageId]);
  assertEquals((await queries.tail({ from: step.point })).entries, []);
});
