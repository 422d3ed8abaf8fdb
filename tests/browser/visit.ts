/**
 * A visit to the dashboard with a browser, which fails for whatever the browser complains of.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { startChromium } from "../support/chromium.ts";
import { type DashboardOptions, memoryActions, serveDashboard, type ServedDashboard } from "../support/dashboard.ts";
import { fillWorld } from "../support/dashboard_world.ts";
import { MemoryLogQueries } from "../support/memory_log_queries.ts";

/** A page, and what it shows. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly served: ServedDashboard;
  readonly queries: MemoryLogQueries;
  /** Goes to an address below the dashboard's, and waits until something is shown. */
  go(path: string): Promise<void>;
  /** The rows of the list. */
  readonly rows: Locator;
  /** What the browser complained of, but for what is expected. */
  readonly complaints: string[];
}

/** What may be otherwise. */
export interface VisitOptions extends DashboardOptions {
  /** Entries of the last two hours. Default: 1,000. */
  readonly count?: number;
  readonly dark?: boolean;
  readonly width?: number;
  /** Complaints that belong to the test: of a server that is away, of a token that is not known. */
  readonly expected?: RegExp;
}

/** A browser for the tests of a file; its visits end with it. */
export interface Visitor extends AsyncDisposable {
  visit(options?: VisitOptions): Promise<Visit>;
}

const HOURS_MS = 2 * 3_600_000;

/** Starts a browser. */
export async function openVisitor(): Promise<Visitor> {
  const browser = await startChromium();
  return {
    visit: (options = {}) => visit(browser, options),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function visit(browser: Browser, options: VisitOptions): Promise<Visit> {
  const { count = 1_000, dark = false, width = 1280, expected, queries = new MemoryLogQueries(), ...rest } = options;
  if (count > 0) fillWorld(queries, { count, endMs: Date.now(), spanMs: HOURS_MS });
  const served = await serveDashboard({ actions: memoryActions(queries), ...rest, queries });
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: dark ? "dark" : "light",
    timezoneId: "UTC",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  const complain = (text: string) => {
    if (expected === undefined || !expected.test(text)) complaints.push(text);
  };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complain(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complain(`thrown: ${error.stack}`));
  page.on("dialog", (dialog) => {
    complain(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.addInitScript(() => {
    // deno-lint-ignore no-explicit-any
    const { document, console } = globalThis as any;
    document.addEventListener("securitypolicyviolation", (event: { violatedDirective: string; blockedURI: string }) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return {
    page,
    context,
    served,
    queries,
    complaints,
    rows: page.locator(".list .row[data-key]"),
    go: async (path) => {
      await page.goto(`${served.url}${path}`);
      await page.locator(".view").first().waitFor();
    },
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await served[Symbol.asyncDispose]();
      assertEquals(complaints, []);
    },
  };
}

/** Waits until it holds. @throws {Error} With what it was last, after a while. */
export async function until(what: string, holds: () => Promise<unknown>, patienceMs = 15_000): Promise<void> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const value = await holds();
    if (value === true) return;
    if (performance.now() > endMs) throw new Error(`Waited in vain until ${what}: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
