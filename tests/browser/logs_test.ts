/**
 * Finding entries, as a person does it.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { entryIdOf } from "../../src/entry/entry_id.ts";
import { dice, landWorld } from "../support/dashboard_world.ts";
import { openVisitor, until } from "./visit.ts";

Deno.test("the logs view", async (t) => {
  await using visitor = await openVisitor();

  await t.step("shows the newest entries first, with what each row needs, and a histogram", async () => {
    await using visit = await visitor.visit();
    await visit.go("");
    await visit.rows.first().waitFor();
    const first = visit.queries.entries.at(-1)!;
    assertMatch(await visit.rows.first().innerText(), new RegExp(`${first.severity}[^]*${first.serviceName}`));
    await visit.page.locator(".chart canvas").waitFor();
    assertEquals(await visit.page.title(), "Logs · LMS");
  });

  await t.step("filters by a query that is written, and keeps it in the address", async () => {
    await using visit = await visitor.visit();
    await visit.go("logs");
    await visit.rows.first().waitFor();
    await visit.page.keyboard.press("/");
    await visit.page.keyboard.type("service:billing severity>=error");
    await visit.page.keyboard.press("Enter");
    await until("only such rows are shown", async () => {
      const texts = await visit.rows.allInnerTexts();
      return texts.length > 0 && texts.every((text) => /(error|fatal)[^]*billing/.test(text)) || texts;
    });
    assertEquals(new URL(visit.page.url()).searchParams.get("query"), "service:billing severity>=error");
  });

  await t.step("completes services and severities", async () => {
    await using visit = await visitor.visit();
    await visit.go("logs");
    const box = visit.page.getByRole("combobox", { name: "Query" });
    await box.pressSequentially("service:che");
    await visit.page.getByRole("option", { name: "service:checkout" }).click();
    await box.pressSequentially("severity>=er");
    await visit.page.getByRole("option", { name: "severity>=error" }).waitFor();
    await visit.page.keyboard.press("ArrowDown");
    await visit.page.keyboard.press("Enter");
    await until("both are written", async () => (await box.inputValue()) === "service:checkout severity>=error ");
  });

  await t.step("tells where a query is wrong and what to write", async () => {
    await using visit = await visitor.visit({ expected: /400/ });
    await visit.go("logs?query=servce:x");
    await visit.page.getByText(/did you mean service/).first().waitFor();
  });

  await t.step("zooms into what is dragged over, and comes back", async () => {
    await using visit = await visitor.visit();
    await visit.go("logs?since=-6h");
    await visit.rows.first().waitFor();
    const over = visit.page.locator(".u-over");
    await over.waitFor();
    const box = (await over.boundingBox())!;
    await visit.page.mouse.move(box.x + box.width * 0.7, box.y + 20);
    await visit.page.mouse.down();
    await visit.page.mouse.move(box.x + box.width * 0.8, box.y + 30, { steps: 5 });
    await visit.page.mouse.move(box.x + box.width * 0.9, box.y + 30, { steps: 5 });
    await visit.page.mouse.up();
    await until("the address has the range", () => Promise.resolve(visit.page.url().includes("from=")));
    const { searchParams } = new URL(visit.page.url());
    const [from, to] = [Date.parse(searchParams.get("from")!), Date.parse(searchParams.get("to")!)];
    // A fifth of six hours, as near as a pixel and a bar allow.
    assert(Math.abs(to - from - 72 * 60_000) < 15 * 60_000, `${to - from} ms`);
    await until("rows are of that range", async () => {
      const times = await visit.rows.locator("time").evaluateAll((all) =>
        all.map((one) => one.getAttribute("datetime")!)
      );
      return times.length > 0 && times.every((time) => Date.parse(time) >= from && Date.parse(time) < to) || times[0];
    });
    await visit.page.getByRole("button", { name: "Back", exact: true }).click();
    await until("the range is as before", () => Promise.resolve(visit.page.url().endsWith("since=-6h")));
  });

  await t.step("zooms into a bar that is clicked", async () => {
    await using visit = await visitor.visit();
    await visit.go("logs");
    await visit.rows.first().waitFor();
    const box = (await visit.page.locator(".u-over").boundingBox())!;
    await visit.page.mouse.click(box.x + box.width / 2, box.y + box.height - 4);
    await until("the address has the bar's range", () => Promise.resolve(visit.page.url().includes("from=")));
    const { searchParams } = new URL(visit.page.url());
    assertEquals(Date.parse(searchParams.get("to")!) - Date.parse(searchParams.get("from")!), 60_000);
  });

  await t.step("opens an entry, goes on with keys, and closes it", async () => {
    await using visit = await visitor.visit();
    await visit.go("logs");
    await visit.rows.nth(3).click();
    const detail = visit.page.getByRole("complementary", { name: "Entry" });
    await detail.getByText("Message", { exact: true }).waitFor();
    const opened = new URL(visit.page.url()).searchParams.get("open");
    await visit.page.keyboard.press("j");
    await until(
      "the next one is open",
      () => Promise.resolve(new URL(visit.page.url()).searchParams.get("open") !== opened),
    );
    await visit.page.keyboard.press("k");
    await until(
      "the first is open again",
      () => Promise.resolve(new URL(visit.page.url()).searchParams.get("open") === opened),
    );
    await visit.page.keyboard.press("Escape");
    await detail.waitFor({ state: "detached" });
    await visit.page.keyboard.press("j");
    await visit.page.keyboard.press("Enter");
    await detail.waitFor();
  });

  await t.step("includes and excludes a value that is clicked", async () => {
    await using visit = await visitor.visit();
    await visit.go("logs");
    await visit.rows.first().click();
    const { serviceName } = visit.queries.entries.at(-1)!;
    await visit.page.getByRole("button", { name: "Without service of this value" }).click();
    await until("no row is of it", async () => {
      const names = await visit.rows.locator(".cell-service").allInnerTexts();
      return names.length > 0 && names.every((name) => name !== serviceName) || names;
    });
    assertEquals(new URL(visit.page.url()).searchParams.get("query"), `-service:${serviceName}`);
  });

  await t.step("shows an entry in context, all services or its own, and the way back", async () => {
    await using visit = await visitor.visit();
    await visit.go("logs?query=severity:fatal");
    await visit.rows.first().click();
    await visit.page.getByRole("link", { name: "View in context" }).click();
    const marked = visit.page.locator(".row.is-marked");
    await marked.waitFor();
    assertMatch(await marked.innerText(), /fatal/);
    const services = () => visit.rows.locator(".cell-service").allInnerTexts();
    await until("there are others around", async () => new Set(await services()).size > 1);
    await visit.page.getByRole("button", { name: "This service" }).click();
    await until("only its own are around", async () => new Set(await services()).size === 1);
    assertEquals(await marked.count(), 1);
    await visit.page.getByRole("button", { name: "Back", exact: true }).click();
    await until("it is as before", () => Promise.resolve(visit.page.url().includes("logs?query=severity%3Afatal")));
    assertEquals(await visit.page.getByRole("complementary", { name: "Entry" }).count(), 1);
  });

  await t.step("reads on before and after an entry in context, and leaves what is read where it is", async () => {
    await using visit = await visitor.visit();
    const { publishTime, messageId } = visit.queries.entries[500]!;
    const id = entryIdOf({ publishTime, messageId });
    await visit.go(`context?id=${encodeURIComponent(id)}`);
    const marked = visit.page.locator(".row.is-marked");
    await marked.waitFor();
    const rows = async () => Number(await visit.page.locator(".list").getAttribute("aria-rowcount"));
    await until("more was read on both sides", async () => await rows() > 200 || await rows());
    // Asked in one go: a row that comes into sight again is another element.
    const y = () => visit.page.evaluate("document.querySelector('.row.is-marked')?.getBoundingClientRect().y");
    await until("it is in the middle", async () => {
      const at = Number(await y());
      return at > 250 && at < 600 || at;
    });
    await visit.page.locator(".list").hover();
    for (let turn = 0; turn < 12; turn++) {
      await visit.page.mouse.wheel(0, -400);
      await visit.page.waitForTimeout(60);
      const ids = await visit.rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-key")!));
      const known = visit.queries.entries.map((entry) => entryIdOf(entry));
      const at = known.indexOf(ids[0]!);
      assertEquals(ids, known.slice(at, at + ids.length), "neighbours, in order");
    }
    // 4,800 pixels are 200 rows, whatever was read meanwhile.
    const top = await visit.page.evaluate(() => {
      // deno-lint-ignore no-explicit-any
      const { document } = globalThis as any;
      const box = document.querySelector(".list").getBoundingClientRect();
      return document.elementFromPoint(box.left + 200, box.top + 60).closest("[data-key]").dataset.key as string;
    });
    const index = visit.queries.entries.findIndex((entry) => entryIdOf(entry) === top);
    assert(Math.abs(index - (500 - 200 - 13)) < 6, `row ${index}`);
  });

  await t.step("goes back and forward through what was asked", async () => {
    await using visit = await visitor.visit();
    await visit.go("logs");
    const box = visit.page.getByRole("combobox", { name: "Query" });
    for (const query of ["timeout", "service:billing"]) {
      await box.fill(query);
      await box.press("Enter");
      await until(
        "it is in the address",
        () => Promise.resolve(new URL(visit.page.url()).searchParams.get("query") === query),
      );
    }
    await visit.page.goBack();
    await until("the box has the query before", async () => (await box.inputValue()) === "timeout");
    await visit.page.goForward();
    await until("the box has the query after", async () => (await box.inputValue()) === "service:billing");
    await visit.rows.first().waitFor();
  });

  await t.step("shows to another person what a link says", async () => {
    await using visit = await visitor.visit();
    await visit.go("logs?query=service:billing&order=oldest_first");
    await visit.rows.nth(2).click();
    const detail = visit.page.getByRole("complementary", { name: "Entry" });
    const id = await detail.locator("code.breaks").innerText();
    const other = await visit.context.newPage();
    await other.goto(visit.page.url());
    await other.getByRole("complementary", { name: "Entry" }).getByText(id).waitFor();
    assertEquals(await other.getByRole("combobox", { name: "Query" }).inputValue(), "service:billing");
    assertEquals(await other.locator(".row.is-selected").count(), 1);
    await other.close();
  });

  await t.step("says how many have landed, and moves nothing before it is asked to", async () => {
    await using visit = await visitor.visit();
    await visit.go("logs");
    const before = await visit.rows.first().innerText();
    await new Promise((resolve) => setTimeout(resolve, 700));
    landWorld(visit.queries, { count: 37, nowMs: Date.now(), n: 500_000, roll: dice(3) });
    const news = visit.page.getByRole("button", { name: "37 new" });
    await news.waitFor();
    assertEquals(await visit.rows.first().innerText(), before);
    await news.click();
    await until("the list begins anew", async () => (await visit.rows.first().innerText()) !== before);
    await news.waitFor({ state: "detached" });
  });

  await t.step("shows what lands where there was nothing before", async () => {
    await using visit = await visitor.visit({ count: 0 });
    await visit.go("logs");
    await visit.page.getByText("No entries in this range").waitFor();
    await new Promise((resolve) => setTimeout(resolve, 700));
    landWorld(visit.queries, { count: 3, nowMs: Date.now(), n: 500_000, roll: dice(3) });
    await visit.rows.first().waitFor();
  });

  await t.step("says where there is nothing, and why that may be", async () => {
    await using visit = await visitor.visit({ count: 0 });
    await visit.go("logs?query=nothing");
    await visit.page.getByText("No entries in this range").waitFor();
    await visit.page.getByRole("main").getByRole("link", { name: "dead letters" }).click();
    await visit.page.getByText("No open dead letters").waitFor();
  });

  await t.step("keeps choices of colours and times", async () => {
    await using visit = await visitor.visit();
    await visit.go("logs");
    const paper = () => visit.page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await paper();
    await visit.page.getByRole("button", { name: "Colours: system" }).click();
    await visit.page.getByRole("button", { name: "Colours: light" }).click();
    assertNotEquals(await paper(), light);
    await visit.page.getByTitle(/how long ago/).click();
    await until("times are relative", async () => /ago|just now/.test(await visit.rows.first().innerText()));
    await visit.page.reload();
    await visit.rows.first().waitFor();
    assertNotEquals(await paper(), light);
    assertMatch(await visit.rows.first().innerText(), /ago|just now/);
  });

  await t.step("works below a base path", async () => {
    await using visit = await visitor.visit({ basePath: "/ops/lms" });
    await visit.go("logs");
    await visit.rows.first().waitFor();
    await visit.page.getByRole("link", { name: "Overview" }).click();
    await visit.page.getByRole("heading", { name: "Services" }).waitFor();
    assertEquals(new URL(visit.page.url()).pathname, "/ops/lms/overview");
    await visit.page.reload();
    await visit.page.getByRole("heading", { name: "Services" }).waitFor();
  });
});
