/**
 * How long a person waits for the page over a real database that holds many rows, while more arrive: the programs are the
 * real ones, each a process of its own.
 *
 * @module
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { Broker } from "../../bench/broker.ts";
import { MessageSource } from "../../bench/messages.ts";
import { fill } from "../../bench/reading/fill.ts";
import { COMMON_PHRASE, ONCE_WORD, SERVICES } from "../../bench/reading/rows.ts";
import { failure, whereabouts } from "../../bench/subject.ts";
import { migratedDatabase } from "../../bench/tables.ts";
import { builtPage } from "../../support/built_page.ts";
import { startDatabase } from "../../support/database.ts";
import { LmsProcess } from "../../support/lms_process.ts";
import { Meter, type Painted, type Took } from "./meter.ts";
import { say, told } from "./told.ts";

/** How much. */
export interface StoredOptions {
  readonly rows: number;
  /** Messages that arrive in a second. */
  readonly rate: number;
  /** How often each is done. */
  readonly rounds: number;
}

/** Published so often: a hundredth of a second's messages each time. */
const PUBLISH_EVERY_MS = 10;
/** Messages arrive for so long before the first measurement. */
const WARM_UP_MS = 10_000;
/** Between two inputs, as of somebody who looks. */
const LOOK_MS = 400;
/** Followed for so long, each round. */
const FOLLOW_MS = 3_000;

/** What was done, with what it took each time. */
class Results {
  readonly #all = new Map<string, Took[]>();

  add(what: string, took: Took): void {
    const all = this.#all.get(what);
    if (all === undefined) this.#all.set(what, [took]);
    else all.push(took);
  }

  say(): void {
    for (const [what, all] of this.#all) {
      const api = all.map(({ apiMs }) => apiMs);
      const share = api.some((ms) => ms > 0) ? `; of it the API ${told(api)}` : "";
      say(`  ${what.padEnd(34)} ${told(all.map(({ ms }) => ms))}${share}`);
    }
  }
}

/** Fills a database, and measures and prints. */
export async function measureStored(browser: Browser, options: StoredOptions): Promise<void> {
  await builtPage();
  const signal = new AbortController().signal;
  await using server = await startDatabase("mysql");
  await using database = await migratedDatabase(server);
  say(`storing ${options.rows} rows in mysql ${server.version}`);
  await fill({ say, signal }, database, { rows: options.rows, endMs: Date.now() });
  await using broker = await Broker.start(new MessageSource({ payloadBytes: 100, services: SERVICES.length }));
  broker.release();
  await using monitor = new LmsProcess(["mon"], whereabouts(broker.server.address, database.url));
  await broker.server.waitFor(({ openStreams }) => openStreams >= 4, { signal });
  const feeding = feed(broker, options.rate);
  await using api = new LmsProcess(["api"], { DATABASE_URL: database.url, HTTPADDRESS: "127.0.0.1:0" });
  const { url } = await api.logged(({ msg }) => msg === "serving the HTTP API");
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  say(`over ${options.rows} rows, while ${options.rate} messages a second arrive, from input to picture:`);
  const results = new Results();
  try {
    const walked = async () => {
      for (let round = 0; round < options.rounds; round++) await walk(browser, { url: String(url), round, results });
    };
    await Promise.race([walked(), failure("lms mon", monitor), failure("lms api", api)]);
  } finally {
    clearInterval(feeding);
  }
  results.say();
  const stored = await database.query("SELECT SUM(`count`) AS counted FROM service_severity");
  say(`  stored meanwhile ${Number(stored[0]?.counted) - options.rows} of ${broker.account.count} that were published`);
}

function feed(broker: Broker, rate: number): ReturnType<typeof setInterval> {
  const startMs = performance.now();
  return setInterval(() => {
    const due = Math.floor((performance.now() - startMs) * rate / 1_000) - broker.account.count;
    if (due > 0) broker.publish(due);
  }, PUBLISH_EVERY_MS);
}

/** Opens the page, and does each once. */
async function walk(
  browser: Browser,
  { url, round, results }: { readonly url: string; readonly round: number; readonly results: Results },
): Promise<void> {
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const meter = await Meter.on(page);
  const took = (what: string, { rows, bars }: Painted) => {
    results.add(`${what}, rows`, rows);
    if (bars !== undefined) results.add(`${what}, bars`, bars);
  };
  await page.goto(url, { waitUntil: "commit" });
  took("open", await meter.painted());

  const service = SERVICES[round % SERVICES.length]!;
  const queries = [
    ["a service", `service:${service}`],
    ["a severity", "severity>=error"],
    ["a service's errors", `service:${service} severity>=error`],
    ["a common phrase", `"${COMMON_PHRASE}"`],
    ["a rare word", ONCE_WORD],
    ["no filter", ""],
  ] as const;
  for (const [what, query] of queries) {
    await page.waitForTimeout(LOOK_MS);
    await page.locator("#query").fill(query);
    await meter.from("keydown");
    await page.keyboard.press("Enter");
    took(`filter by ${what}`, await meter.painted());
  }
  const range = page.getByRole("combobox", { name: "Time range" });
  for (const [what, since] of [["a day", "-24h"], ["a week", "-7d"], ["an hour", "-1h"]] as const) {
    await page.waitForTimeout(LOOK_MS);
    await meter.from("change");
    await range.selectOption(since);
    took(`range of ${what}`, await meter.painted());
  }
  await page.waitForTimeout(LOOK_MS);
  await zoom(page, meter);
  took("zoom", await meter.painted());
  await page.waitForTimeout(LOOK_MS);
  await meter.from("click");
  await page.getByRole("button", { name: "Back", exact: true }).click();
  took("back from it", await meter.painted());

  await page.waitForTimeout(LOOK_MS);
  await meter.from("click");
  await page.getByRole("link", { name: "Follow" }).click();
  took("follow", await meter.painted({ bars: false }));
  await page.waitForTimeout(FOLLOW_MS);
  const { received, stored } = await meter.lines();
  for (const ms of received) results.add("lines, from received", { ms, apiMs: 0 });
  for (const ms of stored) results.add("lines, from stored", { ms, apiMs: 0 });
  await context.close();
}

/** Drags over a part in the middle. */
async function zoom(page: Page, meter: Meter): Promise<void> {
  const box = (await page.locator(".u-over").boundingBox())!;
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.5, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, y, { steps: 4 });
  await meter.from("mouseup");
  await page.mouse.up();
}
