/**
 * axe-core looks at every view, in light and dark, wide and narrow.
 *
 * @module
 */
import axe from "axe-core";
import { assertEquals } from "@std/assert";
import { parkLetters, seeMonitors } from "../support/dashboard_world.ts";
import { openVisitor, type Visit } from "./visit.ts";

/** How to come to each, after its address. */
const VIEWS: readonly (readonly [path: string, prepare?: (visit: Visit) => Promise<void>])[] = [
  ["logs"],
  ["logs?query=service:billing", (visit) => visit.rows.nth(1).click()],
  ["live"],
  ["overview"],
  ["dead-letters", (visit) => visit.page.locator("tbody .cell-button").first().click()],
  ["flushes"],
  ["logs?query=nothing"],
  ["logs", async (visit) => {
    await visit.page.keyboard.press("?");
    await visit.page.getByRole("dialog").waitFor();
  }],
];

for (const dark of [false, true]) {
  for (const width of [360, 1280]) {
    Deno.test(`axe finds nothing serious, ${dark ? "dark" : "light"}, ${width} px`, async (t) => {
      await using visitor = await openVisitor();
      await using visit = await visitor.visit({ count: 400, dark, width });
      parkLetters(visit.queries, { count: 6, endMs: Date.now() });
      seeMonitors(visit.queries, Date.now());
      for (const [i, [path, prepare]] of VIEWS.entries()) {
        await t.step(`${path}${prepare === undefined ? "" : ", opened"} (${i + 1})`, async () => {
          await visit.go(path);
          await prepare?.(visit);
          await visit.page.waitForTimeout(250);
          await visit.page.evaluate(axe.source);
          const { violations } = await visit.page.evaluate(() =>
            // deno-lint-ignore no-explicit-any
            (globalThis as any).axe.run() as Promise<axe.AxeResults>
          );
          const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
          assertEquals(
            serious.map(({ id, nodes }) =>
              `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`
            ),
            [],
          );
        });
      }
    });
  }
}
