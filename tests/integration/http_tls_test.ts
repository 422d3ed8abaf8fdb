/**
 * The HTTP server with TLS, over real sockets.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type HttpServer, serveHttp } from "../../src/http/server.ts";
import { makeTlsFiles, type TlsFiles } from "../support/tls.ts";

/** A server that answers with a path, and what it failed with. */
function serve({ cert, key }: TlsFiles, failures: unknown[] = []): HttpServer {
  return serveHttp({
    hostname: "127.0.0.1",
    port: 0,
    certificate: { cert, key },
    answer: (request) => new Response(new URL(request.url).pathname),
    onFailed: (error) => failures.push(error),
    onRefused: (error) => failures.push(error),
  });
}

/** What a client gets that knows this authority. */
async function get({ address }: HttpServer, { caFile }: TlsFiles): Promise<string> {
  using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(caFile)] });
  return await (await fetch(`https://localhost:${address.port}/a`, { client })).text();
}

async function folders() {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/a`);
  await Deno.mkdir(`${folder}/b`);
  return {
    a: await makeTlsFiles(`${folder}/a`),
    b: await makeTlsFiles(`${folder}/b`),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("serveHttp() answers over TLS, and takes another certificate while it runs", async () => {
  await using files = await folders();
  await using server = serve(files.a);
  const { port } = server.address;
  assertEquals(await get(server, files.a), "/a");
  await server.renew(files.b);
  assertEquals([await get(server, files.b), server.address.port], ["/a", port]);
  await assertRejects(() => get(server, files.a));
});

Deno.test("serveHttp() keeps its certificate where another cannot be used", async () => {
  await using files = await folders();
  await using server = serve(files.a);
  await assertRejects(() => server.renew({ cert: files.b.cert, key: files.a.key }));
  assertEquals(await get(server, files.a), "/a");
  await assertRejects(() => server.renew({ cert: "", key: "" }));
  assertEquals(await get(server, files.a), "/a");
});

Deno.test("serveHttp() goes on after clients that speak no TLS, or think nothing of its certificate", async () => {
  await using files = await folders();
  const failures: unknown[] = [];
  await using server = serve(files.a, failures);
  using plain = await Deno.connect({ port: server.address.port });
  await plain.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  while (await plain.read(new Uint8Array(1_000)).catch(() => null) !== null);
  await assertRejects(() => get(server, files.b));
  assertEquals([await get(server, files.a), failures], ["/a", []]);
});

Deno.test("serveHttp() stops while its certificate is changed", async () => {
  await using files = await folders();
  const server = serve(files.a);
  const renewed = server.renew(files.b).catch(() => {});
  await server[Symbol.asyncDispose]();
  await renewed;
  const free = Deno.listen({ hostname: "127.0.0.1", port: server.address.port });
  assert(free.addr !== undefined);
  free.close();
});
