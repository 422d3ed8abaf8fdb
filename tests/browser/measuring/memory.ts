/**
 * What memory the page takes while it follows.
 *
 * @module
 */
import type { Browser, CDPSession } from "playwright-core";
import { serveDashboard } from "../../support/dashboard.ts";
import { dice, landWorld } from "../../support/dashboard_world.ts";
import { MemoryLogQueries } from "../../support/memory_log_queries.ts";
import { say } from "./told.ts";

const EVERY_SECONDS = 30;

/** How long, and how much lands. */
export interface MemoryOptions {
  readonly minutes: number;
  /** Lines a second. */
  readonly rate: number;
}

/** Measures and prints. */
export async function measureMemory(browser: Browser, { minutes, rate }: MemoryOptions): Promise<void> {
  const queries = new MemoryLogQueries();
  await using served = await serveDashboard({ queries });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const session = await page.context().newCDPSession(page);
  await page.goto(`${served.url}live`);
  const roll = dice(5);
  const seconds = minutes * 60;
  say(`while ${rate} lines a second are followed for ${minutes} minutes:`);
  for (let turn = 0, n = 2_000_000, next = Date.now(); turn <= seconds; turn++, n += rate) {
    landWorld(queries, { count: rate, nowMs: Date.now(), n, roll });
    // The model holds no more than what the tail still looks at.
    if (queries.entries.length > rate * 10) queries.entries.splice(0, rate);
    if (queries.batches.length > 10) queries.batches.splice(0, 1);
    if (turn % EVERY_SECONDS === 0) say(`  ${String(turn).padStart(4)} s  ${await heldBy(session)}`);
    next += 1_000;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
  }
  say(`  ${(await page.locator(".live-line").innerText()).replaceAll(/\s+/g, " ")}`);
  await page.close();
}

/** What the page holds, after what nobody holds has gone. */
async function heldBy(session: CDPSession): Promise<string> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  return `${(usedSize / 1e6).toFixed(1)} MB, ${nodes} nodes, ${jsEventListeners} listeners`;
}
