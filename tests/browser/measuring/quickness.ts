/**
 * How quick the page itself is, over logs in memory: first rows, and a key with 10,000 rows loaded.
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";
import { serveDashboard } from "../../support/dashboard.ts";
import { fillWorld } from "../../support/dashboard_world.ts";
import { MemoryLogQueries } from "../../support/memory_log_queries.ts";
import { sayMs } from "./told.ts";

const ROUNDS = 20;
const VIEWPORT = { width: 1280, height: 800 };

/** Measures and prints. */
export async function measureQuickness(browser: Browser): Promise<void> {
  const queries = new MemoryLogQueries();
  fillWorld(queries, { count: 12_000, endMs: Date.now(), spanMs: 50 * 60_000 });
  await using served = await serveDashboard({ queries });
  const loads: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const context = await browser.newContext({ viewport: VIEWPORT });
    const page = await context.newPage();
    await page.goto(served.url, { waitUntil: "commit" });
    await page.locator(".row[data-key]").first().waitFor();
    loads.push(await page.evaluate("performance.now()"));
    await context.close();
  }
  sayMs("first rows after opening", loads);

  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.goto(`${served.url}logs`);
  const list = page.locator(".list");
  while (Number(await list.getAttribute("aria-rowcount")) < 10_000) {
    await list.evaluate((element) => void ((element as unknown as { scrollTop: number }).scrollTop = 1e9));
    await page.waitForTimeout(50);
  }
  await page.locator(".row[data-key]").nth(20).click();
  const keys: number[] = [];
  for (let round = 0; round < ROUNDS; round++) keys.push(await keyToPaint(page, round % 2 === 0 ? "j" : "k"));
  sayMs("key to paint, 10,000 rows", keys);
  await page.close();
}

/** From a key to the picture after it, in the page's own clock. */
async function keyToPaint(page: Page, key: string): Promise<number> {
  const painted = page.evaluate(() =>
    new Promise<number>((resolve) => {
      // deno-lint-ignore no-explicit-any
      const { addEventListener, requestAnimationFrame } = globalThis as any;
      addEventListener("keydown", (event: { timeStamp: number }) => {
        const paint = () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - event.timeStamp)));
        setTimeout(paint);
      }, { once: true, capture: true });
    })
  );
  await page.waitForTimeout(20);
  await page.keyboard.press(key);
  return await painted;
}
