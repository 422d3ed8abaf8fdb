/**
 * What a person does who has never seen the page, from its start: each click and key is counted. Pictures of each step are
 * left in `output/newcomer/`.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Locator } from "playwright-core";
import { entryIdOf } from "../../src/entry/entry_id.ts";
import { parkLetters } from "../support/dashboard_world.ts";
import { openVisitor, until, type Visit, type Visitor } from "./visit.ts";

const OUTPUT = new URL("../../output/newcomer/", import.meta.url).pathname;

/** A hand on the mouse, whose moves are counted. */
class Hand {
  #clicks = 0;
  #keys = 0;
  readonly #visit: Visit;
  readonly #name: string;

  constructor(visit: Visit, name: string) {
    this.#visit = visit;
    this.#name = name;
  }

  async click(target: Locator): Promise<void> {
    await target.click();
    this.#clicks++;
  }

  async type(text: string): Promise<void> {
    await this.#visit.page.keyboard.type(text);
    this.#keys += text.length;
  }

  async press(key: string): Promise<void> {
    await this.#visit.page.keyboard.press(key);
    this.#keys++;
  }

  async look(): Promise<void> {
    await Deno.mkdir(OUTPUT, { recursive: true });
    await this.#visit.page.screenshot({ path: `${OUTPUT}${this.#name}-${this.#clicks}.png` });
  }

  /** Ends it. @throws {AssertionError} Where it took more. */
  took(most: { readonly clicks: number; readonly keys: number }): void {
    const [clicks, keys] = [this.#clicks, this.#keys];
    assert(clicks <= most.clicks && keys <= most.keys, `${this.#name}: ${clicks} clicks and ${keys} keys`);
  }
}

Deno.test("a newcomer", async (t) => {
  await using visitor = await openVisitor();

  await t.step("finds all errors of one service in the last hour", async () => {
    await using visit = await start(visitor);
    const hand = new Hand(visit, "errors");
    await hand.look();
    await hand.click(visit.page.getByRole("link", { name: "Overview" }));
    const row = visit.page.locator("tbody tr", { hasText: "billing" });
    await row.waitFor();
    await hand.look();
    await hand.click(row.getByRole("link", { name: /errors/ }));
    await until("only such rows are shown", async () => {
      const texts = await visit.rows.allInnerTexts();
      return texts.length > 0 && texts.every((text) => /(error|fatal)[^]*billing/.test(text)) || texts[0];
    });
    await hand.look();
    assertEquals(await visit.page.getByRole("combobox", { name: "Time range" }).inputValue(), "-1h");
    assertMatch(await visit.page.locator(".histogram-total").innerText(), /^\d+ (entry|entries)$/);
    hand.took({ clicks: 2, keys: 0 });
  });

  await t.step("sees the ten lines around one", async () => {
    await using visit = await start(visitor);
    const hand = new Hand(visit, "around");
    const row = visit.rows.nth(12);
    const id = await row.getAttribute("data-key");
    await hand.click(row);
    await hand.look();
    await hand.click(visit.page.getByRole("link", { name: "View in context" }));
    await visit.page.locator(".row.is-marked").waitFor();
    await hand.look();
    const seen = await visit.rows.evaluateAll((rows) => {
      // deno-lint-ignore no-explicit-any
      const { innerHeight } = globalThis as any;
      // deno-lint-ignore no-explicit-any
      const all = rows as any[];
      return all.filter((one) => one.getBoundingClientRect().bottom <= innerHeight).map((one) => one.dataset.key);
    });
    const all = visit.queries.entries.map((entry) => entryIdOf(entry));
    const at = all.indexOf(id!);
    for (let n = at - 5; n <= at + 5; n++) assert(seen.includes(all[n]), `the line ${n - at} from it`);
    hand.took({ clicks: 2, keys: 0 });
  });

  await t.step("sends a colleague the link", async () => {
    await using visit = await start(visitor);
    await visit.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const hand = new Hand(visit, "link");
    const row = visit.rows.nth(3);
    const id = await row.getAttribute("data-key");
    await hand.click(row);
    await hand.click(visit.page.getByRole("button", { name: "Link" }));
    await visit.page.getByRole("status").getByText("Link copied").waitFor();
    await hand.look();
    const link = String(await visit.page.evaluate("navigator.clipboard.readText()"));
    const colleague = await visit.context.newPage();
    await colleague.goto(link);
    await colleague.locator(`.row.is-marked[data-key="${id}"]`).waitFor();
    await colleague.getByRole("complementary", { name: "Entry" }).waitFor();
    await colleague.close();
    hand.took({ clicks: 2, keys: 0 });
  });

  await t.step("finds why a message is missing, which is a dead letter", async () => {
    await using visit = await start(visitor);
    const hand = new Hand(visit, "missing");
    await hand.press("/");
    await hand.type("nightly");
    await hand.press("Enter");
    await visit.page.getByText(/could not be read as entries/).waitFor();
    await hand.look();
    await hand.click(visit.page.getByRole("main").getByRole("link", { name: "dead letters" }));
    const row = visit.page.locator("tbody tr", { hasText: "missing field" }).first();
    await row.waitFor();
    await hand.look();
    await hand.click(row);
    const detail = visit.page.getByRole("complementary", { name: "Dead letter" });
    await detail.getByText(/severity is missing/).waitFor();
    assertMatch(await detail.getByLabel("Data as text").innerText(), /nightly export/);
    await hand.look();
    hand.took({ clicks: 2, keys: 9 });
  });
});

async function start(visitor: Visitor): Promise<Visit> {
  const visit = await visitor.visit({ count: 3_000 });
  parkLetters(visit.queries, { count: 8, endMs: Date.now() });
  await visit.go("");
  await visit.rows.first().waitFor();
  return visit;
}
