/**
 * What services write is data: none of it runs, none of it breaks the page.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { instantOfDate } from "../../src/entry/instant.ts";
import { readEntry } from "../support/memory_log_queries.ts";
import { openVisitor, until } from "./visit.ts";

const HOSTILE: Readonly<Record<string, string>> = {
  script: "<script>alert(1)</script>",
  image: '<img src=x onerror="alert(1)"><svg onload=alert(1)>',
  link: "javascript:alert(1) data:text/html,<script>alert(1)</script>",
  template: "{{constructor.constructor('alert(1)')()}} ${alert(1)}",
  json:
    '{"__proto__":{"polluted":1},"<b>k</b>":"</pre><script>alert(1)</script>","dangerouslySetInnerHTML":{"__html":"x"}}',
  bidi: "user\u202Egnp.exe\u2066 isolated \u202Eand more",
  ansi: "\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b[0m",
  nul: "before\0after",
  long: "x".repeat(64 * 1024),
  words: "lorem ipsum ".repeat(5_400),
  marks: `Z${"\u0301".repeat(10_000)}algo`,
  lines: "line\n".repeat(5_000),
  half: "\ud800 half \udc00",
};

Deno.test("hostile payloads", async (t) => {
  await using visitor = await openVisitor();
  const open = async () => {
    const visit = await visitor.visit({ count: 30 });
    const nowMs = Date.now();
    for (const [i, [name, payload]] of Object.entries(HOSTILE).entries()) {
      visit.queries.entries.push(readEntry({
        publishTime: instantOfDate(new Date(nowMs - i * 1_000)),
        messageId: `hostile-${name}`,
        serviceName: payload.slice(0, 200),
        severity: "error",
        payload,
        attributes: { "<script>alert(1)</script>": payload.slice(0, 1_000), [payload.slice(0, 100)]: "value" },
      }));
    }
    return visit;
  };

  for (const lines of ["one", "wrap"]) {
    await t.step(`are rows like any other, with lines as ${lines}`, async () => {
      await using visit = await open();
      await visit.page.addInitScript((lines) => localStorage.setItem("lms.lines", lines), lines);
      await visit.go("logs?query=severity:error");
      await visit.rows.first().waitFor();
      for (const row of await visit.rows.all()) {
        const box = (await row.boundingBox())!;
        assert(box.height <= (lines === "one" ? 24 : 360), `${box.height} px: ${(await row.innerText()).slice(0, 80)}`);
        assert(box.width <= 1_280);
      }
      assertEquals(await visit.page.locator(".list script, .list img, .list a, .list b").count(), 0);
      assertEquals(await visit.page.evaluate("document.documentElement.scrollWidth"), 1_280);
    });
  }

  await t.step("are opened, copied and searched for like any other", async () => {
    await using visit = await open();
    await visit.go("logs?query=severity:error");
    for (const name of Object.keys(HOSTILE)) {
      await visit.page.locator(`[data-key$="-hostile-${name}"]`).click();
      const detail = visit.page.getByRole("complementary", { name: "Entry" });
      await detail.getByText(`hostile-${name}`, { exact: true }).waitFor();
      await detail.getByLabel("Payload", { exact: true }).waitFor();
      assertEquals(await detail.locator("script, img").count(), 0);
      assertEquals(await detail.locator("a").count(), 1, "the link to the context only");
      assertEquals(await visit.page.evaluate("document.documentElement.scrollWidth"), 1_280);
    }
    assertEquals(await visit.page.evaluate("({}).polluted"), undefined);
    await visit.page.locator(`[data-key$="-hostile-image"]`).click();
    await visit.page.getByRole("complementary").getByText("hostile-image", { exact: true }).waitFor();
    await visit.page.getByRole("button", { name: "Only service with this value" }).click();
    // The rows of before stay until the answer is there.
    await until("the one entry of that service is left", async () => await visit.rows.count() === 1);
    assertEquals(await visit.rows.first().getAttribute("data-key").then((key) => key?.endsWith("hostile-image")), true);
  });

  await t.step("in the address are data too", async () => {
    await using visit = await visitor.visit({ count: 5, expected: /400|404/ });
    const evil = encodeURIComponent(`"><script>alert(1)</script>`);
    const places = [
      `logs?query=${evil}&open=${evil}&since=${evil}&columns=${evil}`,
      `logs?from=${evil}&to=javascript:alert(1)`,
      `context?id=${evil}&open=..%2f..`,
      `dead-letters?reason=${evil}&status=__proto__&open=${evil}`,
      `flushes?cause=${evil}&instance=${evil}`,
      `live?query=${evil}`,
    ];
    for (const place of places) {
      await visit.go(place);
      await visit.page.waitForTimeout(150);
      assertEquals(await visit.page.locator("#page script").count(), 0, place);
    }
  });
});
