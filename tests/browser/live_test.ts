/**
 * Following what lands.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { serveDashboard } from "../support/dashboard.ts";
import { dice, landWorld } from "../support/dashboard_world.ts";
import { openVisitor, until, type Visit } from "./visit.ts";

/** Lands so many entries now, each of which names itself. */
function lander(visit: Visit) {
  const roll = dice(9);
  let n = 700_000;
  return (count: number) => {
    const landed = landWorld(visit.queries, { count, nowMs: Date.now(), n, roll });
    n += count;
    return landed.at(-1)!;
  };
}

const list = (visit: Visit) =>
  visit.page.locator(".list").evaluate((element) => {
    const { scrollTop, clientHeight, scrollHeight } = element as unknown as Record<string, number>;
    return { top: scrollTop!, atEnd: scrollTop! + clientHeight! >= scrollHeight! - 4, height: scrollHeight! };
  });

const firstSeen = (visit: Visit) =>
  visit.page.evaluate(() => {
    // deno-lint-ignore no-explicit-any
    const { document } = globalThis as any;
    const box = document.querySelector(".list").getBoundingClientRect();
    // Below the head of the list.
    const row = document.elementFromPoint(box.left + 200, box.top + 60).closest("[data-key]");
    return { key: row.dataset.key as string, y: row.getBoundingClientRect().top as number };
  });

Deno.test("the live view", async (t) => {
  await using visitor = await openVisitor();

  await t.step("begins with what landed last, and follows what lands", async () => {
    await using visit = await visitor.visit();
    await visit.go("live");
    await visit.rows.first().waitFor();
    const land = lander(visit);
    for (let turn = 0; turn < 3; turn++) {
      const last = land(40);
      await visit.page.locator(`[data-key$="-${last.messageId}"]`).waitFor();
      assert((await list(visit)).atEnd);
    }
    assertMatch(await visit.page.locator(".live-line").innerText(), /Following/);
  });

  await t.step("moves nothing while it is paused, and says how many wait", async () => {
    await using visit = await visitor.visit();
    await visit.go("live");
    await visit.rows.first().waitFor();
    const land = lander(visit);
    const first = land(60);
    await visit.page.locator(`[data-key$="-${first.messageId}"]`).waitFor();
    await visit.page.getByRole("button", { name: "Pause" }).click();
    const before = [await list(visit), await firstSeen(visit)];
    land(37);
    await visit.page.getByRole("button", { name: "37 new" }).waitFor();
    assertEquals([await list(visit), await firstSeen(visit)], before);
    const last = land(5);
    await visit.page.getByRole("button", { name: "42 new" }).click();
    await visit.page.locator(`[data-key$="-${last.messageId}"]`).waitFor();
  });

  await t.step("moves nothing for who has scrolled up, and goes on at the end", async () => {
    await using visit = await visitor.visit();
    await visit.go("live");
    await visit.rows.first().waitFor();
    const land = lander(visit);
    const first = land(80);
    await visit.page.locator(`[data-key$="-${first.messageId}"]`).waitFor();
    await visit.page.locator(".list").hover();
    await visit.page.mouse.wheel(0, -600);
    await until("it is not at the end", async () => !(await list(visit)).atEnd);
    await until("it is still", async () => {
      const { top } = await list(visit);
      await new Promise((resolve) => setTimeout(resolve, 150));
      return (await list(visit)).top === top;
    });
    const before = await firstSeen(visit);
    land(20);
    await visit.page.getByRole("button", { name: "20 new" }).waitFor();
    assertEquals(await firstSeen(visit), before);
    await visit.page.mouse.wheel(0, 5_000);
    await until("it follows again", async () => (await list(visit)).atEnd);
    await visit.page.getByRole("button", { name: "20 new" }).waitFor({ state: "detached" });
  });

  await t.step("keeps an entry that was opened where it is", async () => {
    await using visit = await visitor.visit();
    await visit.go("live");
    await visit.rows.first().waitFor();
    const land = lander(visit);
    await visit.rows.nth(4).click();
    await visit.page.getByRole("complementary", { name: "Entry" }).waitFor();
    const before = await firstSeen(visit);
    land(12);
    await visit.page.getByRole("button", { name: "12 new" }).waitFor();
    assertEquals(await firstSeen(visit), before);
  });

  await t.step("follows a query only", async () => {
    await using visit = await visitor.visit({ count: 0 });
    await visit.go("live?query=severity:info");
    await visit.page.getByText("Waiting for what lands").waitFor();
    await until("it follows", async () => /Following/.test(await visit.page.locator(".live-line").innerText()));
    await new Promise((resolve) => setTimeout(resolve, 700));
    lander(visit)(100);
    await visit.rows.first().waitFor();
    const texts = await visit.rows.locator(".cell-severity").allInnerTexts();
    assertEquals([...new Set(texts.map((text) => text.trim()))], ["info"]);
  });

  await t.step("goes on where it was when the server comes again", async () => {
    await using visit = await visitor.visit({ expected: /ERR_|net::|Failed to load/ });
    await visit.go("live");
    await visit.rows.first().waitFor();
    const land = lander(visit);
    const seen = land(3);
    await visit.page.locator(`[data-key$="-${seen.messageId}"]`).waitFor();
    // The id of what was sent comes after it.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await visit.served[Symbol.asyncDispose]();
    await visit.page.getByText(/not in reach|connection broke/i).first().waitFor();
    const missed = land(4);
    await using _again = await serveDashboard({ queries: visit.queries, port: visit.served.port });
    await visit.page.locator(`[data-key$="-${missed.messageId}"]`).waitFor();
    const keys = await visit.rows.evaluateAll((rows) => rows.map((row) => row.getAttribute("data-key")!));
    assertEquals(keys.length, new Set(keys).size, "each once");
    await until("it says so", async () => /Following/.test(await visit.page.locator(".live-line").innerText()));
  });
});
