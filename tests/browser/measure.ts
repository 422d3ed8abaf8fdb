/**
 * How quick the page is, and what it takes: `measure.ts [--minutes=10] [--rate=500]`. Prints what it measured; it asserts
 * nothing, because machines differ.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { CDPSession, Page } from "playwright-core";
import { startChromium } from "../support/chromium.ts";
import { serveDashboard } from "../support/dashboard.ts";
import { dice, fillWorld, landWorld } from "../support/dashboard_world.ts";
import { MemoryLogQueries } from "../support/memory_log_queries.ts";

const flags = parseArgs(Deno.args, { string: ["minutes", "rate"], default: { minutes: "10", rate: "500" } });
const [minutes, rate] = [Number(flags.minutes), Number(flags.rate)];
const ROUNDS = 20;

const print = (line: string) => void Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

/** Of measurements, the middle one and the 95th of a hundred. */
function told(ms: readonly number[]): string {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)]!.toFixed(0);
  return `${at(0.5)} ms, p95 ${at(0.95)} ms`;
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

/** Of the page's memory, after what nobody holds has gone. */
async function heapMb(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / 1e6;
}

await using browser = await startChromium();
const queries = new MemoryLogQueries();
fillWorld(queries, { count: 12_000, endMs: Date.now(), spanMs: 50 * 60_000 });
await using served = await serveDashboard({ queries });

const loads: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(served.url, { waitUntil: "commit" });
  await page.locator(".row[data-key]").first().waitFor();
  loads.push(await page.evaluate("performance.now()"));
  await context.close();
}
print(`first rows after opening      ${told(loads)}`);

const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(`${served.url}logs`);
const list = page.locator(".list");
while (Number(await list.getAttribute("aria-rowcount")) < 10_000) {
  await list.evaluate((element) => void ((element as unknown as { scrollTop: number }).scrollTop = 1e9));
  await page.waitForTimeout(50);
}
await page.locator(".row[data-key]").nth(20).click();
const keys: number[] = [];
for (let round = 0; round < ROUNDS; round++) keys.push(await keyToPaint(page, round % 2 === 0 ? "j" : "k"));
print(`key to paint, 10,000 rows     ${told(keys)}`);
await page.close();

const live = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const session = await live.context().newCDPSession(live);
queries.entries.splice(0, Infinity);
await live.goto(`${served.url}live`);
const roll = dice(5);
const endMs = Date.now() + minutes * 60_000;
print(`memory while ${rate} lines a second are followed for ${minutes} minutes:`);
for (let n = 2_000_000, next = Date.now(), turn = 0; Date.now() < endMs; turn++, n += rate) {
  landWorld(queries, { count: rate, nowMs: Date.now(), n, roll });
  // The model holds no more than what the tail still looks at.
  if (queries.entries.length > rate * 10) queries.entries.splice(0, rate);
  if (queries.batches.length > 10) queries.batches.splice(0, 1);
  if (turn % 30 === 0) print(`  ${String(turn).padStart(4)} s  ${(await heapMb(session)).toFixed(1)} MB`);
  next += 1_000;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
}
print(`  ${(await live.locator(".live-line").innerText()).replaceAll(/\s+/g, " ")}`);
