/**
 * A hundred thousand rows, scrolled.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { MemoryLogQueries } from "../support/memory_log_queries.ts";
import { fillWorld } from "../support/dashboard_world.ts";
import { openVisitor, until } from "./visit.ts";

const COUNT = 100_000;

Deno.test("100,000 rows are scrolled to the end, each of them once, and back", async () => {
  await using visitor = await openVisitor();
  const queries = new MemoryLogQueries();
  fillWorld(queries, { count: COUNT, endMs: Date.now(), spanMs: 50 * 60_000 });
  await using visit = await visitor.visit({ queries, count: 0 });
  await visit.go("logs");
  await visit.rows.first().waitFor();
  const oldest = queries.entries[0]!;
  await until("the last row is there", async () => {
    const { rows, text } = await visit.page.locator(".list").evaluate((element) => {
      // deno-lint-ignore no-explicit-any
      const list = element as any;
      list.scrollTop = list.scrollHeight;
      return {
        rows: Number(list.getAttribute("aria-rowcount")) - 1,
        text: list.querySelector(".list-end").textContent as string,
      };
    });
    return /no more/.test(text) && rows === COUNT || rows;
  }, 120_000);
  await visit.page.locator(`[data-key$="-${oldest.messageId}"]`).waitFor();
  // Only what is seen is drawn.
  assert(await visit.rows.count() < 120);

  // What is read stays: the rows on the screen are neighbours in the logs.
  const keys = await visit.rows.evaluateAll((rows) => rows.map((row) => row.getAttribute("data-key")!));
  const ids = queries.entries.slice(0, keys.length).map(({ messageId }) => messageId).toReversed();
  assertEquals(keys.map((key) => key.replace(/^.*-/, "")), ids);

  await visit.page.locator(".list").evaluate((element) =>
    void ((element as unknown as { scrollTop: number }).scrollTop = 0)
  );
  await visit.page.locator(`[data-key$="-${queries.entries.at(-1)!.messageId}"]`).waitFor();
});
