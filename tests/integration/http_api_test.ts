/**
 * The HTTP API over real sockets: its limits, and clients that do not behave.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ApiOptions } from "../../src/http/api/api.ts";
import { serveApi } from "../../src/http/api/serve.ts";
import type { HttpLimits } from "../../src/http/server.ts";
import { batchIdAt } from "../../src/reading/tail_point.ts";
import { openApi } from "../support/api.ts";
import { ledgerBatch, readEntry } from "../support/memory_log_queries.ts";

/** One at once, and nobody waits. */
const ONE = { most: 1, queue: 0, waitMs: 0 };

async function serve(options: Partial<ApiOptions> = {}, limits: Partial<HttpLimits> = {}) {
  const test = await openApi(options);
  const failures: unknown[] = [];
  const server = serveApi(test.api, {
    hostname: "127.0.0.1",
    port: 0,
    limits,
    onRefused: (error) => failures.push(error),
    onFailed: (error) => failures.push(error),
  });
  const { port } = server.address;
  return {
    ...test,
    failures,
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      await test.api[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      assertEquals(failures, []);
    },
  };
}

/** Sends a text, and reads until the server closes. */
async function said(port: number, text: string): Promise<string> {
  using connection = await Deno.connect({ port });
  await connection.write(new TextEncoder().encode(text));
  let all = "";
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return all;
    all += new TextDecoder().decode(buffer.subarray(0, count));
  }
}

for (
  const [what, request, status] of [
    ["headers that are too large", `GET /v1/logs HTTP/1.1\r\nhost: a\r\nx: ${"a".repeat(60_000)}\r\n\r\n`, 431],
    [
      "a body that is too large",
      "POST /v1/dead-letters/x/drop HTTP/1.1\r\nhost: a\r\ncontent-length: 600000\r\n\r\n",
      413,
    ],
    [
      "a URL that is too long",
      `GET /${"a".repeat(45_000)} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`,
      414,
    ],
    ["no HTTP", "nonsense\r\n\r\n", 400],
    ["no host", "GET /v1/logs HTTP/1.1\r\nconnection: close\r\n\r\n", 400],
    ["another server's name", "GET /v1/logs HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n", 421],
  ] as const
) {
  Deno.test(`the API on a socket answers ${what} with ${status}, as a problem with the usual headers`, async () => {
    await using server = await serve();
    const answer = await said(server.port, request);
    assertMatch(answer, new RegExp(`^HTTP/1.1 ${status} [A-Z]`));
    assertMatch(answer, /content-type: application\/problem\+json/);
    assertMatch(answer, /content-security-policy: default-src 'none'/);
    assertEquals(JSON.parse(answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1)).status, status);
  });
}

Deno.test("the API on a socket cuts off who takes too long to ask", async () => {
  await using server = await serve({}, { requestMs: 50 });
  assertEquals(await said(server.port, "GET /v1/logs HTTP/1.1\r\nhost: a\r\n"), "");
});

Deno.test("the API on a socket sends in gzip, which fetch unpacks", async () => {
  await using server = await serve();
  server.queries.entries.push(...Array.from({ length: 100 }, (_, i) => readEntry({ messageId: String(i) })));
  const { entries } = await (await fetch(`${server.url}/v1/logs`)).json();
  assertEquals(entries.length, 100);
});

Deno.test("an export reads no further than a client that never reads, and ends when its time is over", async () => {
  await using server = await serve({ limits: { exports: ONE } }, { stalledMs: 200 });
  const payload = "x".repeat(10_000);
  const { page } = server.queries;
  let pages = 0;
  server.queries.page = async (request, options) => {
    pages++;
    const one = await page.call(server.queries, request, options);
    // Without an end.
    const entries = Array.from({ length: request.limit }, () => readEntry({ payload }));
    const position = { publishTime: "2026-01-02 00:00:00.000000", messageId: "1" };
    return { ...one, entries, next: { position, direction: "newer", range: {} } };
  };
  using connection = await Deno.connect({ port: server.port });
  await connection.write(new TextEncoder().encode("GET /v1/export HTTP/1.1\r\nhost: localhost\r\n\r\n"));
  const seen: number[] = [];
  for (let i = 0; i < 40; i++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    seen.push(pages);
  }
  assert(pages < 12, `${pages} pages of 2 MB for nobody`);
  assertEquals(seen.at(-1), seen.at(-20), "it went on after its time");
  const next = await fetch(`${server.url}/v1/export`);
  assertEquals(next.status, 200, "its place is free");
  await next.body!.cancel();
});

Deno.test("a tail goes over a socket as it lands, and its place is free when the client goes", async () => {
  await using server = await serve({ limits: { tails: ONE } });
  const gone = new AbortController();
  const response = await fetch(`${server.url}/v1/tail`, { signal: gone.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await reader.read()).value, "retry: 2000\n\n");
  const id = batchIdAt(Date.now());
  server.queries.batches.push(ledgerBatch({ id }));
  server.queries.entries.push(readEntry({ payload: "landed", batch: id }));
  let text = "";
  while (!text.includes("landed")) text += (await reader.read()).value;
  const status = async () => {
    const response = await fetch(`${server.url}/v1/tail`);
    await response.body!.cancel();
    return response.status;
  };
  assertEquals(await status(), 429);
  gone.abort();
  await reader.cancel().catch(() => {});
  let last = 429;
  while (last === 429) last = await status();
  assertEquals(last, 200);
});

Deno.test("a tail that nobody reads is cut off, and costs no more than its queue", async () => {
  await using server = await serve({}, { stalledMs: 200 });
  using connection = await Deno.connect({ port: server.port });
  await connection.write(new TextEncoder().encode("GET /v1/tail HTTP/1.1\r\nhost: localhost\r\n\r\n"));
  await connection.read(new Uint8Array(1_000));
  const payload = "x".repeat(60_000);
  const id = batchIdAt(Date.now());
  server.queries.batches.push(ledgerBatch({ id }));
  server.queries.entries.push(
    ...Array.from({ length: 200 }, (_, i) => readEntry({ messageId: String(i), payload, batch: id })),
  );
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  // What was on its way, and then the end.
  let bytes = 0;
  const buffer = new Uint8Array(1_000_000);
  for (;;) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) break;
    bytes += count;
  }
  assert(bytes < 200 * 60_000, `all ${bytes} bytes came`);
});
