/**
 * The program that users run, and its own logs in its own dashboard: compiled where `LMS_BIN` names it.
 *
 * @module
 */
import { assert } from "@std/assert";
import { builtPage } from "../support/built_page.ts";
import { startChromium } from "../support/chromium.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { temporaryFolder } from "../support/run_lms.ts";
import { until } from "./visit.ts";

Deno.test("lms demo shows its logs, and a histogram that moves", async () => {
  await builtPage();
  await using folder = await temporaryFolder();
  await using lms = new LmsProcess(["demo", "--duration=60s"], {
    DATABASE_URL: `sqlite:${folder.path}/logs.db`,
    // Any that is free, whoever else runs a demo.
    HTTPADDRESS: "127.0.0.1:0",
    LOG_LEVEL: "info",
  });
  const { url } = await lms.logged(({ msg }) => msg === "serving the HTTP API");
  await using browser = await startChromium();
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(String(url));
  await page.locator(".list .row[data-key]").first().waitFor();
  const total = async () => Number((await page.locator(".histogram-total").innerText()).replaceAll(/\D/g, ""));
  await until("there are entries", async () => await total() > 0);
  const before = await total();
  await until("there are more", async () => await total() > before);
  for (const view of ["Live", "Overview", "Dead letters", "Flushes"]) {
    await page.getByRole("link", { name: view, exact: true }).click();
    await page.locator("main .list .row, main table tbody tr, main .empty").first().waitFor();
  }
  assert(complaints.length === 0, complaints.join("\n"));
});
