import { assertEquals, assertMatch } from "@std/assert";
import { encodeTail } from "../../../../../src/reading/cursor.ts";
import { batchIdAt } from "../../../../../src/reading/tail_point.ts";
import { openApi, requestOf, type TestApi } from "../../../../support/api.ts";
import { ledgerBatch, readEntry } from "../../../../support/memory_log_queries.ts";
import { FakeTime } from "../../../../support/time.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 3, 5);

/** A client of a tail that reads all the time. */
async function watch({ api }: TestApi, path: string, headers: Record<string, string> = {}) {
  const gone = new AbortController();
  const response = await api.answer(requestOf(path, { headers, signal: gone.signal }));
  const reader = response.body!.getReader();
  const told = { text: "", ended: false };
  const reading = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      told.text += new TextDecoder().decode(part.value);
    }
    told.ended = true;
  })();
  return { response, told, reading, reader, go: () => gone.abort() };
}

function land({ queries }: TestApi, messageId: string): void {
  const id = batchIdAt(NOW_MS) + BigInt(messageId);
  queries.batches.push(ledgerBatch({ id }));
  queries.entries.push(readEntry({ messageId, payload: `word${messageId}`, batch: id }));
}

Deno.test("GET /v1/tail sends events with entries, and ids to come again with", async () => {
  using time = new FakeTime(NOW_MS);
  await using test = await openApi();
  const { response, told, go, reading } = await watch(test, "/v1/tail?query=-word2");
  assertEquals([response.status, response.headers.get("content-type")], [200, "text/event-stream"]);
  await time.tickAsync(0);
  land(test, "1");
  land(test, "2");
  await time.tickAsync(500);
  const [retry, entry, id] = told.text.split("\n\n");
  assertEquals(retry, "retry: 2000");
  assertMatch(entry!, /^event: entry\ndata: \{"id":"[^"]+-1",/);
  assertMatch(id!, /^id: t1\.[\w-]+$/);
  go();
  await reading;
  await time.tickAsync(0);
  assertEquals([told.ended, time.timers], [true, 0]);
});

Deno.test("GET /v1/tail goes on from a page's tail, or from Last-Event-ID, which counts more", async () => {
  using time = new FakeTime(NOW_MS);
  await using test = await openApi();
  const { tail } = await test.json("/v1/logs");
  land(test, "1");
  const paged = await watch(test, `/v1/tail?position=${tail}`);
  const far = encodeTail(batchIdAt(NOW_MS + 1_000_000));
  const again = await watch(test, `/v1/tail?position=${tail}`, { "last-event-id": far });
  await time.tickAsync(500);
  assertMatch(paged.told.text, /word1/);
  assertEquals(again.told.text.includes("word1"), false);
});

Deno.test("GET /v1/tail gives its place back when the client goes, however that shows", async () => {
  using time = new FakeTime(NOW_MS);
  await using test = await openApi({ limits: { tails: { most: 1, queue: 0, waitMs: 0 } } });
  for (const end of ["abort", "cancel"] as const) {
    const { go, reader } = await watch(test, "/v1/tail");
    assertEquals((await test.ask("/v1/tail")).status, 429);
    if (end === "abort") go();
    else await reader.cancel();
    await time.tickAsync(0);
  }
  const { reading } = await watch(test, "/v1/tail");
  await test.api[Symbol.asyncDispose]();
  await reading;
});

Deno.test("GET /v1/tail refuses a position that is none, and a client that takes no events", async () => {
  await using test = await openApi();
  assertEquals((await test.json("/v1/tail?position=x")).field, "position");
  assertEquals((await test.json("/v1/tail", { headers: { "last-event-id": "c1.x" } })).field, "last-event-id");
  assertEquals((await test.ask("/v1/tail", { headers: { accept: "application/json" } })).status, 406);
  const head = await test.ask("/v1/tail", { method: "HEAD" });
  assertEquals([head.status, head.headers.get("content-type")], [200, "text/event-stream"]);
});
