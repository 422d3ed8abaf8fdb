/**
 * What could not be stored, and who may do something about it.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { TokenFiles } from "../../src/http/guard/token_files.ts";
import { testTokens, TOKENS } from "../support/api.ts";
import { parkLetters } from "../support/dashboard_world.ts";
import { openVisitor, until, type Visit } from "./visit.ts";

async function giveToken(visit: Visit, token: string): Promise<void> {
  const dialog = visit.page.getByRole("dialog");
  await dialog.getByLabel("Token").fill(token);
  await dialog.getByRole("button", { name: "Use it" }).click();
  await dialog.waitFor({ state: "detached" });
}

Deno.test("the dead letters view", async (t) => {
  await using visitor = await openVisitor();
  const open = async (count = 8) => {
    const visit = await visitor.visit({ tokens: await testTokens(), count: 20, expected: /401|403|422/ });
    parkLetters(visit.queries, { count, endMs: Date.now() });
    await visit.go("dead-letters");
    return visit;
  };

  await t.step("shows them by reason, and all of one", async () => {
    await using visit = await open();
    await visit.page.getByRole("button", { name: "not json 2" }).or(visit.page.getByText("not json 2")).first().click();
    await until("only such are listed", async () => await visit.page.locator("tbody tr").count() === 2);
    await visit.page.locator("tbody .cell-button").first().click();
    const detail = visit.page.getByRole("complementary", { name: "Dead letter" });
    assertMatch(await detail.getByLabel("Data as text").innerText(), /hello world/);
    await detail.getByText("Bytes").click();
    assertMatch(await detail.getByLabel("Data as bytes").innerText(), /^000000 {2}68 65 6c 6c/);
  });

  await t.step(
    "asks for a token and then replays with fields that are set, after saying what will happen",
    async () => {
      await using visit = await open();
      const { messageId } = visit.queries.deadLetterRows.find(({ reason }) => reason === "missing_field")!;
      await visit.page.locator("tbody tr", { hasText: "missing field" }).first().click();
      const detail = visit.page.getByRole("complementary", { name: "Dead letter" });
      await detail.getByText("Set fields for the replay").click();
      await detail.getByLabel("Severity").selectOption("warn");
      await detail.getByLabel("Timestamp").fill("2026-11-24T10:00:00Z");
      const replay = async () => {
        await detail.getByRole("button", { name: "Replay…" }).click();
        await visit.page.getByRole("dialog").getByText("These fields are set: severity = warn").waitFor();
        await visit.page.getByRole("dialog").getByRole("button", { name: "Replay it" }).click();
      };
      await replay();
      await giveToken(visit, TOKENS.admin);
      await replay();
      await detail.getByText("It was replayed").waitFor();
      assertEquals(visit.queries.deadLetterRows.find((row) => row.messageId === messageId)!.status, "replayed");
      await detail.getByRole("link", { name: "The entry that it became" }).click();
      await visit.page.locator(".row.is-marked", { hasText: "nightly export done" }).waitFor();
    },
  );

  await t.step("says why one still cannot be read", async () => {
    await using visit = await open();
    await visit.page.evaluate((token) => sessionStorage.setItem("lms.token", token), TOKENS.admin);
    await visit.page.reload();
    await visit.page.locator("tbody tr", { hasText: "missing field" }).first().click();
    await visit.page.getByRole("button", { name: "Replay…" }).click();
    await visit.page.getByRole("dialog").getByRole("button", { name: "Replay it" }).click();
    await visit.page.getByRole("alert").getByText(/missing_field/).waitFor();
  });

  await t.step("drops only who says so twice, and only with the right to", async () => {
    await using visit = await open();
    await visit.page.evaluate((token) => sessionStorage.setItem("lms.token", token), TOKENS.read);
    await visit.page.reload();
    await visit.page.locator("tbody tr").first().click();
    const drop = visit.page.getByRole("button", { name: "Drop…" });
    await drop.click();
    await visit.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    assert(visit.queries.deadLetterRows.every(({ status }) => status === "open"));
    await drop.click();
    await visit.page.getByRole("dialog").getByRole("button", { name: "Drop it" }).click();
    const note = visit.page.getByRole("alert");
    await note.getByText(/This token is for reading/).waitFor();
    assert(visit.queries.deadLetterRows.every(({ status }) => status === "open"));
    await note.getByRole("button", { name: "Enter a token" }).click();
    await giveToken(visit, TOKENS.admin);
    await drop.click();
    await visit.page.getByRole("dialog").getByRole("button", { name: "Drop it" }).click();
    await visit.page.getByText("It was dropped").waitFor();
    assertEquals(visit.queries.deadLetterRows.filter(({ status }) => status === "dropped").length, 1);
  });
});

Deno.test("a token that is asked for, and that runs out", async (t) => {
  await using visitor = await openVisitor();

  await t.step("is asked for once, holds for the session, and is asked for again", async () => {
    let token = "first-token-of-tests";
    const files = [{ access: "read" as const, read: () => Promise.resolve(token) }];
    const tokens = await TokenFiles.open({ files });
    assert(tokens.ok);
    await using visit = await visitor.visit({ tokens: tokens.value, readNeedsToken: true, expected: /401/ });
    await visit.go("logs");
    await visit.page.getByRole("dialog", { name: "A token is needed" }).waitFor();
    assertEquals(await visit.rows.count(), 0);
    await giveToken(visit, token);
    await visit.rows.first().waitFor();
    await visit.page.reload();
    await visit.rows.first().waitFor();
    assertEquals(await visit.page.evaluate("document.cookie + JSON.stringify(localStorage)"), "{}");
    assert(!visit.page.url().includes("token"));

    token = "second-token-of-tests";
    // A file of tokens is believed for a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await visit.page.getByRole("button", { name: "Read anew" }).click();
    await visit.page.getByRole("dialog").waitFor();
    await giveToken(visit, token);
    await visit.rows.first().waitFor();
    await until("nothing is asked for any more", async () => await visit.page.getByRole("dialog").count() === 0);
  });
});
