import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Page } from "../../../../src/http/page/page.ts";
import { VIEWS } from "../../../../src/http/page/views.ts";
import { openApi, requestOf } from "../../../support/api.ts";

const FILES = {
  "index.html": { type: "text/html; charset=utf-8", text: "<!doctype html>page" },
  "app-0123.js": { type: "text/javascript; charset=utf-8", text: "x".repeat(3_000) },
};

const open = (basePath = "") => openApi({ basePath, page: new Page(FILES, basePath) });

Deno.test("Page.answer() gives the document at the bare address and for every view", async () => {
  await using test = await open();
  for (const path of ["/", ...VIEWS.map((view) => `/${view}?query=a`)]) {
    const response = await test.api.answer(requestOf(path));
    assertEquals([response.status, await response.text()], [200, FILES["index.html"].text], path);
    assertEquals(response.headers.get("cache-control"), "no-cache");
  }
});

Deno.test("Page.answer() lets nothing run but what comes from this server", async () => {
  await using test = await open();
  const { headers } = await test.api.answer(requestOf("/"));
  const policy = headers.get("content-security-policy")!;
  assertMatch(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
  assertEquals(/unsafe|\*|https?:/.test(policy), false);
  assertStringIncludes(policy, "require-trusted-types-for 'script'");
  assertEquals(headers.get("x-content-type-options"), "nosniff");
});

Deno.test("Page.answer() lets what is named by what it holds be kept for ever", async () => {
  await using test = await open();
  const response = await test.api.answer(requestOf("/app-0123.js"));
  assertEquals(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assertEquals((await response.text()).length, 3_000);
});

Deno.test("Page.answer() says that nothing has changed to who has it", async () => {
  await using test = await open();
  const etag = (await test.api.answer(requestOf("/"))).headers.get("etag")!;
  const again = await test.api.answer(requestOf("/logs", { headers: { "if-none-match": etag } }));
  assertEquals([again.status, await again.text()], [304, ""]);
  const other = await test.api.answer(requestOf("/logs", { headers: { "if-none-match": '"other"' } }));
  assertEquals(other.status, 200);
  await other.body?.cancel();
});

Deno.test("Page.answer() packs for who takes gzip", async () => {
  await using test = await open();
  for (let turn = 0; turn < 2; turn++) {
    const response = await test.api.answer(requestOf("/app-0123.js", { headers: { "accept-encoding": "gzip" } }));
    assertEquals(response.headers.get("content-encoding"), "gzip");
    const text = await new Response(response.body!.pipeThrough(new DecompressionStream("gzip"))).text();
    assertEquals(text, FILES["app-0123.js"].text);
  }
});

Deno.test("Page.answer() is below the base path, and leads there", async () => {
  await using test = await open("/logs/lms");
  const bare = await test.api.answer(requestOf("/logs/lms"));
  assertEquals([bare.status, bare.headers.get("location")], [308, "/logs/lms/"]);
  const page = await test.api.answer(requestOf("/logs/lms/live"));
  assertEquals([page.status, await page.text()], [200, FILES["index.html"].text]);
  for (const path of ["/", "/live", "/logs/lmsx/live"]) {
    const response = await test.api.answer(requestOf(path));
    assertEquals(response.status, 404, path);
    await response.body?.cancel();
  }
});

Deno.test("Page.answer() leaves what is not its own to the API, and takes no changes", async () => {
  await using test = await open();
  assertEquals((await test.api.answer(requestOf("/v1/logs"))).headers.get("content-type"), "application/json");
  for (const path of ["/index.html", "/app-9999.js", "/live/", "/..%2findex.html", "/constructor"]) {
    const response = await test.api.answer(requestOf(path));
    assertEquals(response.status, 404, path);
    await response.body?.cancel();
  }
  const posted = await test.api.answer(requestOf("/logs", { method: "POST" }));
  assertEquals([posted.status, posted.headers.get("allow")], [405, "GET, HEAD"]);
  await posted.body?.cancel();
});

Deno.test("Page.answer() is not there for who asks under another server's name", async () => {
  await using test = await open();
  const response = await test.api.answer(requestOf("/", { headers: { host: "evil.example" } }));
  assertEquals(response.status, 421);
  await response.body?.cancel();
});
