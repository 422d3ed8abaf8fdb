/**
 * `lms api`, over real sockets: what it listens on, tells, and reads again.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { HTTP_DEFAULT, type HttpConfig, planHttp } from "../../src/app/http_api.ts";
import { serveUntilStopped } from "../../src/commands/api/run.ts";
import { openLog } from "../../src/ops/logger.ts";
import { MemoryLogQueries } from "../support/memory_log_queries.ts";
import { makeTlsFiles } from "../support/tls.ts";
import { fakeWorld } from "../support/world.ts";

const NOTHING: HttpConfig = {
  http: { host: "127.0.0.1", port: 0 },
  httpTokenFile: undefined,
  httpAdminTokenFile: undefined,
  httpCertFile: undefined,
  httpKeyFile: undefined,
  httpHosts: undefined,
  httpBasePath: undefined,
};

/** The command at work over a model of the database. */
async function serving(config: Partial<HttpConfig>) {
  const world = fakeWorld([]);
  const told: Record<string, unknown>[] = [];
  const log = openLog({ level: "info", format: "json", write: (line) => told.push(JSON.parse(line)) });
  const printed = Promise.withResolvers<string>();
  const context = { ...world, log, print: printed.resolve };
  const http = await planHttp({ ...NOTHING, ...config }, context);
  const health = { healthHost: "127.0.0.1", healthPort: 0 };
  const running = serveUntilStopped(health, { http, queries: new MemoryLogQueries(), context });
  // It prints where once it listens, or fails.
  const url = String(await Promise.race([printed.promise, running]));
  return {
    url,
    told,
    [Symbol.asyncDispose]: async () => {
      world.stop();
      assertEquals(await running, 0);
    },
  };
}

async function status(url: string, init: RequestInit & { readonly client?: Deno.HttpClient } = {}): Promise<number> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

Deno.test("lms api prints where it is, answers, and answers probes on its own port and on the health port", async () => {
  await using api = await serving({ httpBasePath: "/lms" });
  assertMatch(api.url, /^http:\/\/127\.0\.0\.1:\d+\/lms$/);
  assertEquals(await status(`${api.url}/v1/logs`), 200);
  assertEquals([await status(`${api.url}/readyz`), await status(new URL("/livez", api.url).href)], [200, 200]);
  const { address } = api.told.find(({ msg }) => msg === "answering health checks")!;
  assertEquals(await status(`http://${address}/readyz`), 200);
  assert(api.told.some(({ msg }) => /behind a proxy/.test(String(msg))));
});

Deno.test("lms api takes a free port where nobody chose the one that is taken, and says so", async () => {
  let taken: Deno.Listener | undefined;
  try {
    taken = Deno.listen({ hostname: HTTP_DEFAULT.host, port: HTTP_DEFAULT.port });
  } catch {
    // Somebody else has it, which is as well.
  }
  {
    await using api = await serving({ http: undefined });
    assert(!api.url.endsWith(`:${HTTP_DEFAULT.port}`));
    assertEquals(api.told[1]?.msg, "another program listens on the port of the HTTP API; taking a free one");
    const http = { host: HTTP_DEFAULT.host, port: HTTP_DEFAULT.port };
    await assertRejects(() => serving({ http }), Error, "another program listens there; set --http (HTTPADDRESS)");
  }
  taken?.close();
});

Deno.test("lms api asks for tokens of a file, and for others when the file changes", async () => {
  const file = await Deno.makeTempFile();
  const [first, second] = ["a".repeat(32), "b".repeat(32)];
  await Deno.writeTextFile(file, `${first}\n`);
  {
    await using api = await serving({ httpTokenFile: file });
    const as = (token: string) => status(`${api.url}/v1/logs`, { headers: { authorization: `Bearer ${token}` } });
    assertEquals([await status(`${api.url}/v1/logs`), await as(first), await as(second)], [401, 200, 401]);
    await Deno.writeTextFile(file, `page:${second}\n`);
    while (await as(second) !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
    assertEquals(await as(first), 401);
  }
  await Deno.remove(file);
});

Deno.test("lms api speaks TLS with the certificate that is named", async () => {
  const folder = await Deno.makeTempDir();
  const { certFile, keyFile, caFile, clientKeyFile } = await makeTlsFiles(folder);
  {
    await using api = await serving({ httpCertFile: certFile, httpKeyFile: keyFile });
    using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(caFile)] });
    assertMatch(api.url, /^https:/);
    assertEquals(await status(`${api.url}/v1/logs`, { client }), 200);
  }
  await assertRejects(
    () => serving({ httpCertFile: certFile, httpKeyFile: clientKeyFile }),
    Error,
    "Cannot use HTTPCERTFILE and HTTPKEYFILE",
  );
  await Deno.remove(folder, { recursive: true });
});
