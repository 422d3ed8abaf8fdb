/**
 * Tables: their rows by keys, and where their numbers lead.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { dice, landWorld, parkLetters } from "../support/dashboard_world.ts";
import { openVisitor, until, type Visit } from "./visit.ts";

/** Some batches, a second apart. */
function flush(visit: Visit): void {
  const [nowMs, roll] = [Date.now(), dice(4)];
  for (let n = 6; n > 0; n--) {
    landWorld(visit.queries, { count: 9, nowMs: nowMs - n * 1_000, n: 900_000 - n * 10, roll });
  }
}

const opened = (visit: Visit) => new URL(visit.page.url()).searchParams.get("open");

Deno.test("tables", async (t) => {
  await using visitor = await openVisitor();

  for (const [view, name] of [["dead-letters", "Dead letter"], ["flushes", "Flush"]] as const) {
    await t.step(`walks ${view} with j and k, opens with enter, closes with escape`, async () => {
      await using visit = await visitor.visit({ count: 50 });
      parkLetters(visit.queries, { count: 8, endMs: Date.now() });
      flush(visit);
      await visit.go(view);
      const rows = visit.page.locator("tbody tr");
      await rows.nth(2).waitFor();
      const { keyboard } = visit.page;
      const focused = () => visit.page.evaluate("document.activeElement.closest('tr')?.rowIndex");
      await keyboard.press("j");
      await keyboard.press("j");
      assertEquals(await focused(), 2);
      await keyboard.press("k");
      assertEquals(await focused(), 1);
      await keyboard.press("Enter");
      const detail = visit.page.getByRole("complementary", { name });
      await detail.waitFor();
      const first = opened(visit);
      await keyboard.press("j");
      await until("the next is open", () => Promise.resolve(opened(visit) !== first));
      assertEquals(await rows.nth(1).getAttribute("class"), "can-open is-current");
      await keyboard.press("Escape");
      await detail.waitFor({ state: "detached" });
      assertEquals(opened(visit), null);
      assertEquals(await focused(), 2, "who closes it goes on from there");
    });
  }

  await t.step("a flush tells why it was written, and leads to its entries", async () => {
    await using visit = await visitor.visit({ count: 50 });
    flush(visit);
    await visit.go("flushes");
    await visit.page.locator("tbody .cell-button").first().click();
    const detail = visit.page.getByRole("complementary", { name: "Flush" });
    await detail.getByText(/^(It|Its|The) .+\.$/).waitFor();
    await detail.getByRole("link", { name: "Entries of then" }).click();
    await visit.rows.first().waitFor();
    assertMatch(visit.page.url(), /logs\?from=.+&to=/);
  });

  // Neither range loses an entry while it is looked at.
  const [from, to] = [-100, -10].map((minutes) => new Date(Date.now() + minutes * 60_000).toISOString());
  for (const [name, path] of [["six hours", "overview?since=-6h"], ["a part", `overview?from=${from}&to=${to}`]]) {
    await t.step(`a number of the overview of ${name} leads to as many entries`, async () => {
      await using visit = await visitor.visit();
      await visit.go(path!);
      const row = visit.page.locator("tbody tr", { hasText: "billing" });
      await row.waitFor();
      // The service, its severities, its errors.
      const last = await row.getByRole("link").count() - 1;
      for (const at of [1, 2, last]) {
        const link = row.getByRole("link").nth(at);
        const text = (await link.innerText()).replace(/\(.*/, "").trim();
        await link.click();
        const total = visit.page.locator(".histogram-total");
        await until(
          "the logs count as many",
          async () => (await total.innerText()).replace(/\D+$/, "") === text || text,
        );
        await visit.page.goBack();
        await row.waitFor();
      }
    });
  }
});
