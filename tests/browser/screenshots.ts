/**
 * Takes pictures of every view, to be looked at: at four widths, in light and dark, into `output/dashboard/`. Two of them
 * go into `.github/`, for the README.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { startChromium } from "../support/chromium.ts";
import { memoryActions, serveDashboard } from "../support/dashboard.ts";
import { dice, fillWorld, landWorld, parkLetters, seeMonitors } from "../support/dashboard_world.ts";
import { MemoryLogQueries } from "../support/memory_log_queries.ts";

const root = new URL("../../", import.meta.url).pathname;
const output = `${root}output/dashboard`;

const click = (selector: string) => (page: Page) => page.locator(selector).first().click();
const row = (n: number) => click(`.row[data-key]:nth-child(${n})`);

/** Name, address, and what is done there before the picture. */
const PICTURES: readonly (readonly [name: string, path: string, act?: (page: Page) => Promise<void>])[] = [
  ["logs", "logs"],
  ["entry", "logs?query=severity>=error", row(3)],
  ["wrapped", "logs?query=severity>=error", click('[title="Wrap long lines"]')],
  ["context", "logs?query=severity:fatal", async (page) => {
    await row(2)(page);
    await click("text=View in context")(page);
    await page.locator(".is-marked").waitFor();
  }],
  ["columns", "logs?columns=trace,pod"],
  ["live", "live"],
  ["overview", "overview"],
  ["dead-letters", "dead-letters", click("tbody .cell-button")],
  ["question", "dead-letters", async (page) => {
    await click("tbody .cell-button")(page);
    await click("text=Replay…")(page);
  }],
  ["flushes", "flushes"],
  ["flush", "flushes", click("tbody .cell-button")],
  ["nothing", "logs?query=nothing"],
  ["mistake", "logs?query=servce:x"],
  ["help", "logs", (page) => page.keyboard.press("?")],
];

const SIZES = [[360, 740], [768, 900], [1280, 800], [2560, 1300]] as const;
/** Those that the README shows, of the middle width. */
const SHOWN: Readonly<Record<string, string>> = {
  "entry-light": "dashboard_logs",
  "overview-dark": "dashboard_overview",
};

const queries = new MemoryLogQueries();
const nowMs = Date.now();
fillWorld(queries, { count: 6_000, endMs: nowMs - 60_000, spanMs: 2 * 3_600_000 });
parkLetters(queries, { count: 14, endMs: nowMs });
const roll = dice(7);
for (let i = 60; i > 0; i--) {
  landWorld(queries, { count: 1 + Math.floor(roll() * 1.3), nowMs: nowMs - i * 1_000, n: 1e6 + i * 100, roll });
}
seeMonitors(queries, nowMs);
await using served = await serveDashboard({ queries, actions: memoryActions(queries) });
await using browser = await startChromium();
await Deno.mkdir(output, { recursive: true });
for (const colorScheme of ["light", "dark"] as const) {
  for (const [width, height] of SIZES) {
    for (const [name, path, act] of PICTURES) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme, timezoneId: "UTC" });
      await page.goto(`${served.url}${path}`);
      await page.locator(".row[data-key], tbody tr, .empty, .note").first().waitFor();
      await act?.(page);
      await page.waitForTimeout(400);
      await page.screenshot({ path: `${output}/${name}-${width}-${colorScheme}.png` });
      const shown = SHOWN[`${name}-${colorScheme}`];
      if (shown !== undefined && width === 1280) await page.screenshot({ path: `${root}.github/${shown}.png` });
      await page.close();
    }
  }
}
