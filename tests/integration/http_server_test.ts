/**
 * The HTTP server over real sockets: what it answers, and what it holds against clients that do not behave.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type HttpLimits, type HttpServer, serveHttp } from "../../src/http/server.ts";

const UTF8 = new TextEncoder();

/** Answers with what it was asked. */
function echo(limits: Partial<HttpLimits> = {}): HttpServer {
  return serveHttp({
    hostname: "127.0.0.1",
    port: 0,
    limits,
    answer: async (request) =>
      new Response(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`),
  });
}

/** A client's connection; disposing closes it. */
async function connect({ address }: HttpServer) {
  const connection = await Deno.connect({ hostname: address.hostname, port: address.port });
  return {
    write: (bytes: Uint8Array) => connection.write(bytes),
    send: (text: string) => connection.write(UTF8.encode(text)),
    /** Reads until the server closes. */
    all: async () => {
      let text = "";
      const buffer = new Uint8Array(65_536);
      try {
        for (let n = await connection.read(buffer); n !== null; n = await connection.read(buffer)) {
          text += new TextDecoder().decode(buffer.subarray(0, n));
        }
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
      }
      return text;
    },
    /** Reads once. */
    some: async () => {
      const buffer = new Uint8Array(65_536);
      return new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

/** What a server says to this, until it closes. */
async function said(server: HttpServer, text: string): Promise<string> {
  using client = await connect(server);
  await client.send(text);
  return await client.all();
}

Deno.test("serveHttp() answers what fetch asks, one request after another on a connection", async () => {
  await using server = echo();
  const url = `http://127.0.0.1:${server.address.port}`;
  using client = Deno.createHttpClient({});
  for (let i = 0; i < 3; i++) {
    const response = await fetch(`${url}/a?b=${i}`, { method: "POST", body: "körper", client });
    assertEquals([response.status, await response.text()], [200, "POST /a körper"]);
  }
});

Deno.test("serveHttp() keeps requests apart that come at once", async () => {
  await using server = echo();
  const text = await said(
    server,
    "POST /1 HTTP/1.1\r\nContent-Length: 2\r\n\r\nabGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\nConnection: close\r\n\r\n",
  );
  assertEquals([...text.matchAll(/(POST|GET) \/\d \w*/g)].map(([match]) => match), [
    "POST /1 ab",
    "GET /2 ",
    "GET /3 ",
  ]);
});

const CHUNKED = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n";

const REFUSED: readonly (readonly [what: string, request: string, status: number])[] = [
  ["no HTTP", "hello\r\n\r\n", 400],
  ["a TLS hello that is not whole", "\x16\x03\x01\x02\0", 400],
  ["HTTP/2 in plain text", "PRI * HTTP/2.0\r\n\r\n", 400],
  ["a folded header", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400],
  ["a space before a header's colon", "GET / HTTP/1.1\r\nContent-Length : 3\r\n\r\n", 400],
  ["two different lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400],
  ["a length that is no number", "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na", 400],
  ["a length beside chunks", `${CHUNKED}Content-Length: 5\r\n\r\n0\r\n\r\n`, 400],
  ["a coding that it does not have", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501],
  ["a chunk whose size is no number", `${CHUNKED}\r\n-1\r\na\r\n`, 400],
  ["a chunk that is longer than its size", `${CHUNKED}\r\n1\r\nab\r\n`, 400],
  ["a chunk with a bare line feed", `${CHUNKED}\r\n1\na\r\n0\r\n\r\n`, 400],
  ["a chunk's line that does not end", `${CHUNKED}\r\n1;${"a".repeat(300)}`, 400],
  ["a chunk over the limit", `${CHUNKED}\r\nffffffff\r\n`, 413],
  ["chunks that are together over the limit", `${CHUNKED}\r\n5\r\nabcde\r\n4\r\n`, 413],
  ["too much after the last chunk", `${CHUNKED}\r\n0\r\n${"a: b\r\n".repeat(70)}\r\n`, 431],
  ["an expectation that it does not know", "POST / HTTP/1.1\r\nExpect: more\r\nContent-Length: 1\r\n\r\na", 417],
  ["a body over the limit", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n", 413],
  ["headers over the limit", `GET / HTTP/1.1\r\nA: ${"a".repeat(300)}\r\n\r\n`, 431],
  ["headers over the limit that do not end", `GET / HTTP/1.1\r\nA: ${"a".repeat(300)}`, 431],
  ["no path", "GET * HTTP/1.1\r\n\r\n", 400],
  ["a method that proxies have", "TRACE / HTTP/1.1\r\n\r\n", 405],
];

for (const [what, request, status] of REFUSED) {
  Deno.test(`serveHttp() answers ${what} with ${status} and closes`, async () => {
    await using server = echo({ bodyBytes: 8, headBytes: 200 });
    assertMatch(await said(server, request), new RegExp(`^HTTP/1.1 ${status} `));
  });
}

Deno.test("serveHttp() reads a body in chunks, however they are cut", async () => {
  await using server = echo();
  const request = `${CHUNKED}Connection: close\r\n\r\n1\r\na\r\n00A;x="y"\r\nbcdefghijk\r\n0\r\nTrailer: z\r\n\r\n`;
  assertMatch(await said(server, request), /POST \/ abcdefghijk/);
  using client = await connect(server);
  for (const byte of request) await client.send(byte);
  assertMatch(await client.all(), /POST \/ abcdefghijk/);
});

Deno.test("serveHttp() asks for a body that waits to be asked for, unless it refuses it", async () => {
  await using server = echo({ bodyBytes: 8 });
  const head = (length: number) =>
    `POST / HTTP/1.1\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;
  using client = await connect(server);
  await client.send(head(2));
  assertEquals(await client.some(), "HTTP/1.1 100 Continue\r\n\r\n");
  await client.send("ab");
  assertMatch(await client.all(), /^HTTP\/1.1 200 [^]*POST \/ ab/);
  assertMatch(await said(server, head(9)), /^HTTP\/1.1 413 /);
});

Deno.test("serveHttp() lets a client that sends more than it may read why it is refused", async () => {
  await using server = echo();
  using client = await connect(server);
  await client.send("POST / HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n");
  const body = new Uint8Array(9_000_000);
  for (let at = 0; at < body.length;) at += await client.write(body.subarray(at));
  assertMatch(await client.all(), /^HTTP\/1.1 413 /);
});

Deno.test("serveHttp() tells an answer in the making that its client has gone", async () => {
  const [asked, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using server = serveHttp({
    hostname: "127.0.0.1",
    port: 0,
    answer: async ({ signal }) => {
      signal.addEventListener("abort", () => gone.resolve(), { once: true });
      asked.resolve();
      await gone.promise;
      return new Response();
    },
  });
  {
    using client = await connect(server);
    await client.send("GET / HTTP/1.1\r\n\r\n");
    await asked.promise;
  }
  await gone.promise;
});

Deno.test("serveHttp() with idleMs lets a client be silent for longer between requests than in one", async () => {
  await using server = echo({ requestMs: 50, idleMs: 600_000 });
  using client = await connect(server);
  await client.send("GET /1 HTTP/1.1\r\n\r\n");
  while (!(await client.some()).endsWith("0\r\n\r\n"));
  assertEquals(await said(server, "GET /cut"), "");
  await client.send("GET /2 HTTP/1.1\r\nConnection: close\r\n\r\n");
  assertMatch(await client.all(), /GET \/2/);
});

Deno.test("serveHttp() closes a connection whose request is not whole in time, wherever it stopped", async () => {
  await using server = echo({ requestMs: 50 });
  for (const begun of ["", "GET / HT", "GET / HTTP/1.1\r\nHost: a", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"]) {
    assertEquals(await said(server, begun), "", begun);
  }
});

Deno.test("serveHttp() over its connections closes the one that has waited longest, and answers the newest", async () => {
  await using server = echo({ connections: 3, requestMs: 600_000 });
  using first = await connect(server);
  using second = await connect(server);
  using third = await connect(server);
  for (const client of [first, second, third]) {
    await client.send("GET /x HTTP/1.1\r\n\r\n");
    while (!(await client.some()).endsWith("0\r\n\r\n"));
  }
  assertMatch(await said(server, "GET /new HTTP/1.1\r\nConnection: close\r\n\r\n"), /GET \/new/);
  assertEquals(await first.all(), "");
  await third.send("GET /again HTTP/1.1\r\nConnection: close\r\n\r\n");
  assertMatch(await third.all(), /GET \/again/);
});

Deno.test("serveHttp() lets nobody in while every connection is being answered", async () => {
  const opened = Promise.withResolvers<void>();
  await using server = serveHttp({
    hostname: "127.0.0.1",
    port: 0,
    limits: { connections: 1 },
    answer: () => {
      opened.resolve();
      return new Response(new ReadableStream({ start: (stream) => stream.enqueue(UTF8.encode("event\n")) }));
    },
  });
  using watcher = await connect(server);
  await watcher.send("GET /events HTTP/1.1\r\n\r\n");
  await opened.promise;
  assertEquals(await said(server, "GET / HTTP/1.1\r\n\r\n"), "");
  let text = "";
  while (!text.includes("event")) text += await watcher.some();
});

Deno.test("serveHttp() cancels an answer whose reader stands still", async () => {
  const cancelled = Promise.withResolvers<void>();
  await using server = serveHttp({
    hostname: "127.0.0.1",
    port: 0,
    limits: { stalledMs: 50 },
    answer: () =>
      new Response(
        new ReadableStream({
          pull: (stream) => stream.enqueue(new Uint8Array(1_000_000)),
          cancel: () => cancelled.resolve(),
        }),
      ),
  });
  using reader = await connect(server);
  await reader.send("GET / HTTP/1.1\r\n\r\n");
  await cancelled.promise;
});

Deno.test("serveHttp() tells of an answer that fails, says 500, and goes on", async () => {
  const failed: unknown[] = [];
  await using server = serveHttp({
    hostname: "127.0.0.1",
    port: 0,
    answer: () => {
      throw new Error("a mistake");
    },
    onFailed: (error) => failed.push(error),
  });
  const text = await said(server, "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  assertEquals([...text.matchAll(/HTTP\/1.1 500 /g)].length, 2);
  assert(!text.includes("a mistake"));
  assertEquals(failed.map((error) => (error as Error).message), ["a mistake", "a mistake"]);
});

Deno.test("serveHttp() sends no body after HEAD, and none in chunks to HTTP/1.0", async () => {
  await using server = echo();
  assertMatch(await said(server, "HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n"), /\r\n\r\n$/);
  assertMatch(
    await said(server, "GET /old HTTP/1.0\r\n\r\n"),
    /^HTTP\/1.1 200 OK\r\n(?!.*chunked)[^]*\r\n\r\nGET \/old $/,
  );
});
