import { assert, assertEquals, assertRejects } from "@std/assert";
import { CSV_HEADER, csvRecord } from "../../../../../src/entry/csv.ts";
import type { PageRequest } from "../../../../../src/reading/log_queries.ts";
import type { ReadEntry } from "../../../../../src/store/log_rows.ts";
import { StoreError } from "../../../../../src/store/store.ts";
import { openApi, requestOf, type TestApi } from "../../../../support/api.ts";
import { readEntry } from "../../../../support/memory_log_queries.ts";

/** Adds entries in the order of their ids, and looks at the pages that are asked for. */
function fill({ queries }: TestApi, count: number, fields: Partial<ReadEntry> = {}): PageRequest[] {
  for (let i = 0; i < count; i++) queries.entries.push(readEntry({ messageId: String(10_000 + i), ...fields }));
  const asked: PageRequest[] = [];
  const { page } = queries;
  queries.page = (request, options) => {
    asked.push(request);
    return page.call(queries, request, options);
  };
  return asked;
}

const lines = async (response: Response) => (await response.text()).trimEnd().split("\n");

Deno.test("GET /v1/export gives everything as NDJSON, oldest first, page by page", async () => {
  await using test = await openApi();
  const asked = fill(test, 2_500);
  const response = await test.ask("/v1/export");
  assertEquals(response.headers.get("content-type"), "application/x-ndjson");
  const ids = (await lines(response)).map((line) => JSON.parse(line).message_id);
  assertEquals(ids, Array.from({ length: 2_500 }, (_, i) => String(10_000 + i)));
  assertEquals(asked.map(({ limit }) => limit), [100, 1_000, 1_000, 1_000]);
});

Deno.test("GET /v1/export gives CSV as the program prints it, by accept header or by format", async () => {
  await using test = await openApi();
  fill(test, 2, { payload: 'a "b"\n,' });
  const expected = CSV_HEADER + test.queries.entries.map(csvRecord).join("");
  for (const [path, accept] of [["/v1/export", "text/csv"], ["/v1/export?format=csv", "*/*"]] as const) {
    const response = await test.ask(path, { headers: { accept } });
    assertEquals(await response.text(), expected);
    assertEquals(response.headers.get("content-disposition"), 'attachment; filename="logs.csv"');
  }
  assertEquals(await (await test.ask("/v1/export?format=csv&query=nothing")).text(), CSV_HEADER);
  assertEquals(await (await test.ask("/v1/export?query=nothing")).text(), "");
});

Deno.test("GET /v1/export takes query, range and order", async () => {
  await using test = await openApi();
  fill(test, 3);
  test.queries.entries.push(readEntry({ messageId: "x", serviceName: "other" }));
  const ids = async (search: string) =>
    (await lines(await test.ask(`/v1/export?${search}`))).map((line) => line && JSON.parse(line).message_id).join(" ");
  assertEquals(await ids("query=service:other"), "x");
  assertEquals(await ids("order=newest_first"), "x 10002 10001 10000");
  assertEquals(await ids("from=2100-01-01"), "");
});

Deno.test("GET /v1/export reads one page further than its client, and no more", async () => {
  await using test = await openApi();
  const asked = fill(test, 5_000);
  const response = await test.api.answer(requestOf("/v1/export"));
  const reader = response.body!.getReader();
  assertEquals(asked.length, 1);
  await reader.read();
  assertEquals(asked.length, 2);
  await reader.read();
  assertEquals(asked.length, 3);
  await reader.cancel();
});

Deno.test("GET /v1/export asks for smaller pages where entries are large", async () => {
  await using test = await openApi();
  const asked = fill(test, 300, { payload: "x".repeat(60_000) });
  await (await test.ask("/v1/export")).body!.pipeTo(new WritableStream());
  assert(asked.slice(1).every(({ limit }) => limit * 60_000 <= 2 * 1024 * 1024 && limit >= 30), "limits");
});

Deno.test("GET /v1/export goes on where a page is not complete", async () => {
  await using test = await openApi();
  fill(test, 2);
  const { page } = test.queries;
  let first = true;
  test.queries.page = async (request, options) => {
    const { next, ...rest } = await page.call(test.queries, { ...request, limit: 1 }, options);
    if (!first) return { ...rest, ...next === undefined ? {} : { next } };
    first = false;
    const range = { from: "2000-01-01 00:00:00.000000" };
    const position = { publishTime: "2001-01-01 00:00:00.000000", messageId: "0" };
    return { ...rest, entries: [], complete: false, next: { position, direction: "newer", range } };
  };
  assertEquals((await lines(await test.ask("/v1/export"))).length, 2);
});

Deno.test("GET /v1/export is cut off where it cannot go on, and tells of it, and gives its place back", async () => {
  await using test = await openApi({ limits: { exports: { most: 1, queue: 0, waitMs: 0 } } });
  fill(test, 500);
  const response = await test.ask("/v1/export");
  assertEquals((await test.ask("/v1/export")).status, 429);
  test.queries.before = () => Promise.reject(new StoreError("away", { disposition: "reconnect", cause: undefined }));
  await assertRejects(() => response.text(), StoreError, "away");
  assertEquals(test.told.map(({ message }) => message), ["cannot read from the database"]);
  assertEquals((await test.ask("/v1/export")).status, 503, "before anything is sent it is a problem");
  test.queries.before = () => {};
  assertEquals((await lines(await test.ask("/v1/export"))).length, 500);
});
