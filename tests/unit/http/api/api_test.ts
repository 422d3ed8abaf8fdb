import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { URL_MAX } from "../../../../src/http/api/api.ts";
import { StoreError } from "../../../../src/store/store.ts";
import { ReadTimeoutError } from "../../../../src/store/log_rows.ts";
import { openApi, requestOf, TOKENS } from "../../../support/api.ts";
import { readEntry } from "../../../support/memory_log_queries.ts";

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

Deno.test("the API answers every route that its document has", async () => {
  await using test = await openApi();
  const { paths } = await test.json("/openapi.json") as { paths: Record<string, Record<string, unknown>> };
  assertEquals(Object.keys(paths).length >= 10, true);
  for (const [path, operations] of Object.entries(paths)) {
    if (operations.get === undefined) continue;
    const response = await test.ask(path.replace("{id}", "20261124T100000.123456Z-77"));
    assert([200, 404].includes(response.status), path);
    await response.body?.cancel();
  }
});

Deno.test("the API's document is OpenAPI 3.1, with a summary, an operation and problems everywhere", async () => {
  await using test = await openApi();
  const document = await test.json("/openapi.json") as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string; summary: string; responses: Record<string, unknown> }>>;
  };
  assertMatch(document.openapi, /^3\.1\./);
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  assertEquals(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  for (const { operationId, summary, responses } of operations) {
    assert(summary.length > 5, operationId);
    for (const status of ["200", "400", "500"]) assert(status in responses, `${operationId} ${status}`);
  }
});

for (
  const [what, path, init, status, field] of [
    ["a path that there is not", "/v1/nothing", {}, 404, undefined],
    ["a path with a slash too many", "/v1/logs/", {}, 404, undefined],
    ["a method that the path has not", "/v1/logs", { method: "POST" }, 405, undefined],
    ["a preflight", "/v1/logs", { method: "OPTIONS", headers: { origin: "http://127.0.0.1:8080" } }, 405, undefined],
    ["a parameter that there is not", "/v1/logs?limt=1", {}, 400, "limt"],
    ["a parameter given twice", "/v1/logs?limit=1&limit=1", {}, 400, "limit"],
    ["bytes that are no UTF-8", "/v1/logs?query=%ff", {}, 400, "query"],
    ["a limit of 0", "/v1/logs?limit=0", {}, 400, "limit"],
    ["a limit over the most", "/v1/logs?limit=1001", {}, 400, "limit"],
    ["an order that there is not", "/v1/logs?order=newest", {}, 400, "order"],
    ["a time that is none", "/v1/logs?from=yesterday", {}, 400, "from"],
    ["a range that ends before it begins", "/v1/logs?from=-5m&to=-10m", {}, 400, "to"],
    ["a mistaken query", "/v1/logs?query=servce:a", {}, 400, "query"],
    ["a cursor that is none", "/v1/logs?cursor=x", {}, 400, "cursor"],
    ["an id that is none", "/v1/logs/77", {}, 400, "id"],
    ["an entry that is not there", "/v1/logs/20261124T100000.123456Z-77", {}, 404, "id"],
    ["a bucket that there is not", "/v1/histogram?bucket=7s", {}, 400, "bucket"],
    ["too many buckets", "/v1/histogram?since=10d&bucket=1s", {}, 400, "bucket"],
    ["a cause that there is not", "/v1/batches?cause=count,x", {}, 400, "cause"],
    ["a type that there is not", "/v1/logs", { headers: { accept: "text/html" } }, 406, "accept"],
    ["another server's name", "/v1/logs", { headers: { host: "evil.example" } }, 421, "host"],
    ["another site's page", "/v1/logs", { headers: { origin: "https://evil.example" } }, 403, "origin"],
  ] as const
) {
  Deno.test(`the API answers ${what} with ${status} and says what is wrong`, async () => {
    await using test = await openApi();
    const response = await test.ask(path, init);
    assertEquals([response.status, response.headers.get("content-type")], [status, "application/problem+json"]);
    const problem = await response.json();
    assertEquals([problem.status, problem.field], [status, field]);
    assert(problem.detail.length > 5 && problem.remedy.length > 2);
  });
}

Deno.test("the API offers the right name for one that is nearly right", async () => {
  await using test = await openApi();
  assertEquals((await test.json("/v1/logs?limt=1")).remedy, "did you mean limit?");
  assertEquals((await test.json("/v1/histogram?by=sevrity")).remedy, "did you mean severity?");
});

Deno.test("the API says what it allows where a method is not done, and never to whom", async () => {
  await using test = await openApi();
  const response = await test.ask("/v1/logs", { method: "OPTIONS" });
  assertEquals(response.headers.get("allow"), "GET, HEAD");
  assertEquals([...response.headers].filter(([name]) => name.startsWith("access-control")), []);
});

Deno.test("the API tells each mistake of a query with its place", async () => {
  await using test = await openApi();
  const { mistakes, detail } = await test.json(`/v1/logs?query=${encodeURIComponent("ok servce:a")}`);
  assertEquals((mistakes as { at: number }[]).map(({ at }) => at), [3]);
  assertMatch(detail as string, /^At character 4: there is no field "servce"$/);
});

Deno.test("the API refuses a URL that is too long", async () => {
  await using test = await openApi();
  assertEquals((await test.ask(`/v1/logs?query=${"a".repeat(URL_MAX)}`)).status, 414);
  const longest = encodeURIComponent("\uffee".repeat(4_000));
  assertEquals((await test.ask(`/v1/logs?query=${longest}`)).status, 400, "as a query it is looked at");
});

Deno.test("every answer has the headers of data that no page may use", async () => {
  await using test = await openApi();
  for (const path of ["/v1/logs", "/v1/nothing", "/openapi.json"]) {
    const { headers } = await test.ask(path);
    assertStringIncludes(headers.get("content-security-policy")!, "default-src 'none'");
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertEquals(headers.get("cache-control"), "no-store");
    assertEquals(headers.get("cross-origin-resource-policy"), "same-origin");
  }
});

Deno.test("the API reads with a token only, where it is told so", async () => {
  await using test = await openApi({ readNeedsToken: true });
  for (
    const [init, status] of [
      [{}, 401],
      [bearer("x".repeat(20)), 401],
      [bearer(""), 401],
      [{ headers: { authorization: `Basic ${TOKENS.read}` } }, 401],
      [bearer(TOKENS.read), 200],
      [bearer(TOKENS.admin), 200],
    ] as const
  ) {
    const response = await test.ask("/v1/services", init);
    assertEquals(response.status, status);
    assertEquals(response.headers.has("www-authenticate"), status === 401);
    await response.body?.cancel();
  }
  assertEquals((await test.ask("/openapi.json")).status, 200);
});

Deno.test("the API changes nothing without a token for it", async () => {
  const path = "/v1/dead-letters/20261124T100000.123456Z-77/drop";
  await using test = await openApi();
  const status = async (init: RequestInit) => (await test.ask(path, { method: "POST", ...init })).status;
  assertEquals(await status({}), 401);
  assertEquals(await status(bearer(TOKENS.read)), 403);
  assertEquals(await status(bearer(TOKENS.admin)), 403, "there is nothing that changes");
  await using without = await openApi({ tokens: undefined });
  assertEquals((await without.ask(path, { method: "POST", ...bearer(TOKENS.admin) })).status, 403);
});

Deno.test("the API answers so many at once, lets a few wait, and sends the rest away", async () => {
  await using test = await openApi({ limits: { answers: { most: 1, queue: 1, waitMs: 60_000 } } });
  const gate = Promise.withResolvers<void>();
  test.queries.before = () => gate.promise;
  const [first, second] = [test.ask("/v1/services"), test.ask("/v1/instances")];
  const third = await test.ask("/v1/services");
  assertEquals([third.status, third.headers.get("retry-after")], [429, "1"]);
  gate.resolve();
  assertEquals([(await first).status, (await second).status], [200, 200]);
  assertEquals((await test.ask("/v1/services")).status, 200);
});

Deno.test("the API says what failed in its own words, and logs the database's", async () => {
  await using test = await openApi();
  for (
    const [error, status] of [
      [new StoreError("secret words", { disposition: "reconnect", cause: undefined }), 503],
      [new ReadTimeoutError("secret words"), 504],
      [new StoreError("secret words", { disposition: "fatal", cause: undefined }), 500],
      [new RangeError("secret words"), 500],
    ] as const
  ) {
    test.queries.before = () => Promise.reject(error);
    const response = await test.ask("/v1/services");
    assertEquals(response.status, status);
    assert(!(await response.text()).includes("secret"));
  }
  assertEquals(test.told.map(({ level }) => level), ["warn", "error", "error"]);
});

Deno.test("the API answers in gzip where that is taken", async () => {
  await using test = await openApi();
  test.queries.entries.push(readEntry({ payload: "x".repeat(5_000) }));
  const packed = await test.ask("/v1/logs", { headers: { "accept-encoding": "gzip" } });
  assertEquals(packed.headers.get("content-encoding"), "gzip");
  assert((await packed.arrayBuffer()).byteLength < 2_000);
  assertEquals((await test.ask("/v1/logs")).headers.get("content-encoding"), null);
});

Deno.test("the API is below its base path, and so are its probes, which have any name", async () => {
  const probe = ({ url }: Request) => new Response(new URL(url).pathname);
  await using test = await openApi({ basePath: "/lms", probe });
  assertEquals((await test.ask("/lms/v1/logs")).status, 200);
  assertEquals((await test.ask("/v1/logs")).status, 404);
  const { servers } = await test.json("/lms/openapi.json");
  assertEquals(servers, [{ url: "/lms" }]);
  for (const path of ["/lms/readyz", "/readyz"]) {
    const response = await test.api.answer(requestOf(path, { headers: { host: "10-0-0-1.pod.cluster.local" } }));
    assertEquals([response.status, await response.text()], [200, "/readyz"]);
  }
});

Deno.test("the API answers HEAD as GET, without the body", async () => {
  await using test = await openApi();
  const response = await test.ask("/v1/logs", { method: "HEAD" });
  assertEquals([response.status, await response.text()], [200, ""]);
});
