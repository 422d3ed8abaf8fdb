/**
 * The program that users run, and its own logs in its own dashboard: compiled where `LMS_BIN` names it, over a file of
 * SQLite.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { builtPage } from "../support/built_page.ts";
import { startChromium } from "../support/chromium.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { temporaryFolder } from "../support/run_lms.ts";
import { until } from "./visit.ts";

const TOKEN = "token-of-who-may-replay";

/** Numbers within a text: `1,234 entries`. */
const numberIn = async (place: Locator) => Number((await place.innerText()).replaceAll(/\D/g, ""));

/** What of a row is read: its severity and its service. */
const rowsOf = (page: Page) => page.locator(".list .row[data-key]");

Deno.test("lms demo", async (t) => {
  await builtPage();
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/token`, TOKEN, { mode: 0o600 });
  await using lms = new LmsProcess(["demo", "--duration=10m", "--malformed=0.05"], {
    DATABASE_URL: `sqlite:${folder.path}/logs.db`,
    // Any that is free, whoever else runs a demo.
    HTTPADDRESS: "127.0.0.1:0",
    HTTPADMINTOKENFILE: `${folder.path}/token`,
    LOG_LEVEL: "info",
  });
  const { url } = await lms.logged(({ msg }) => msg === "serving the HTTP API");
  await using browser = await startChromium();
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  const complaints: string[] = [];
  // Who has no token yet is told so.
  page.on("console", (message) => {
    if (message.type() === "error" && !/401/.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const total = page.locator(".histogram-total");
  const entry = page.getByRole("complementary", { name: "Entry" });

  await t.step("shows its logs, and a histogram that moves", async () => {
    await page.goto(String(url));
    await rowsOf(page).first().waitFor();
    await until("there are entries", async () => await numberIn(total) > 0);
    const before = await numberIn(total);
    await until("there are more", async () => await numberIn(total) > before);
  });

  await t.step("has something in every view", async () => {
    for (const view of ["Live", "Overview", "Dead letters", "Flushes", "Logs"]) {
      await page.getByRole("link", { name: view, exact: true }).click();
      await page.locator("main .list .row, main table tbody tr, main .empty").first().waitFor();
    }
  });

  await t.step("filters by severity and by service", async () => {
    const service = await rowsOf(page).first().locator(".cell-service").innerText();
    await page.keyboard.press("/");
    await page.keyboard.type(`service:${service} severity>=info`);
    await page.keyboard.press("Enter");
    await until("only such rows are shown", async () => {
      const texts = await rowsOf(page).allInnerTexts();
      return texts.length > 0 && texts.every((text) => !/^debug/.test(text) && text.includes(service)) || texts;
    });
    await until("the bars count no other", async () => {
      const debug = page.locator(".legend li", { hasText: "debug" });
      return await numberIn(debug) === 0 && await numberIn(total) > 0;
    });
  });

  await t.step("shows an entry in context, and copies it", async () => {
    const row = rowsOf(page).nth(4);
    await row.click();
    await entry.waitFor();
    const id = new URL(page.url()).searchParams.get("open");
    await entry.getByRole("button", { name: "JSON" }).click();
    await page.getByRole("status").getByText("JSON copied").waitFor();
    const copied = JSON.parse(String(await page.evaluate("navigator.clipboard.readText()")));
    assertEquals(copied.id, id);
    await entry.getByRole("link", { name: "View in context" }).click();
    await page.locator(`.row.is-marked[data-key="${id}"]`).waitFor();
    await until("there are others around", async () => {
      const services = await rowsOf(page).locator(".cell-service").allInnerTexts();
      return new Set(services).size > 1;
    });
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await entry.waitFor();
    await page.keyboard.press("Escape");
    await entry.waitFor({ state: "detached" });
  });

  await t.step("follows what lands, and waits while it is paused", async () => {
    await page.getByRole("button", { name: "Clear the query" }).click();
    await page.getByRole("link", { name: "Follow" }).click();
    const line = page.locator(".live-line");
    await line.getByText("Following").waitFor();
    await rowsOf(page).first().waitFor();
    const lines = page.locator(".list");
    const count = async () => Number(await lines.getAttribute("aria-rowcount"));
    const before = await count();
    await until("more landed", async () => await count() > before);
    await page.getByRole("button", { name: "Pause" }).click();
    const paused = await count();
    const news = page.getByRole("button", { name: /\d new/ });
    await news.waitFor();
    assertEquals(await count(), paused, "nothing moves what is read");
    await news.click();
    await until("what waited is shown", async () => await count() > paused);
  });

  await t.step("replays a dead letter with fields that are set", async () => {
    await page.getByRole("link", { name: "Dead letters", exact: true }).click();
    const reason = page.getByRole("button", { name: /missing field/ });
    // One in about 120 messages, of which 50 come in a second; the list is read again every 10 s.
    await until("there is such a letter", async () => await reason.count() === 1, 60_000);
    await reason.click();
    await page.locator("tbody tr", { hasText: "missing field" }).first().click();
    const letter = page.getByRole("complementary", { name: "Dead letter" });
    await letter.getByText("Set fields for the replay").click();
    await letter.getByLabel("Service").fill("by-hand");
    await letter.getByLabel("Severity").selectOption("fatal");
    await letter.getByLabel("Payload").fill("mended by hand");
    const dialog = page.getByRole("dialog");
    const replay = async () => {
      await letter.getByRole("button", { name: "Replay…" }).click();
      await dialog.getByRole("button", { name: "Replay it" }).click();
    };
    await replay();
    await dialog.getByLabel("Token").fill(TOKEN);
    await dialog.getByRole("button", { name: "Use it" }).click();
    await dialog.waitFor({ state: "detached" });
    await replay();
    await letter.getByText("It was replayed").waitFor();
    await letter.getByRole("link", { name: "The entry that it became" }).click();
    await page.locator(".row.is-marked", { hasText: "mended by hand" }).waitFor();
    await page.goto(new URL("/logs?query=service:by-hand", String(url)).href);
    await until("it is counted", async () => await numberIn(total) === 1);
  });

  await context.close();
  assert(complaints.length === 0, complaints.join("\n"));
});
