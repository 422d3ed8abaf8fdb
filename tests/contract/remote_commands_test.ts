/**
 * The reading commands with `--url`, over HTTP.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../src/cli/run.ts";
import { batchIdAt } from "../../src/reading/tail_point.ts";
import { openApi, TOKENS } from "../support/api.ts";
import { key } from "../support/entries.ts";
import { mcpClient } from "../support/mcp_client.ts";
import { ledgerBatch, readEntry } from "../support/memory_log_queries.ts";
import { temporaryFolder } from "../support/run_lms.ts";
import { fakeWorld } from "../support/world.ts";

/** A server that wants a token, and the flags that lead to it. */
async function served() {
  const api = await openApi({ readNeedsToken: true });
  api.queries.entries.push(...[1, 2, 3].map((n) => readEntry({ ...key(n), payload: `n ${n}` })));
  api.queries.batches.push(ledgerBatch());
  const folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/token`, `${TOKENS.read}\n`);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => api.api.answer(request),
  );
  return {
    queries: api.queries,
    url: `--url=http://127.0.0.1:${server.addr.port}`,
    token: `--token-file=${folder.path}/token`,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await server.shutdown();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("logs, stats and batches read from an API by a token", async () => {
  await using api = await served();
  const of = async (...args: string[]) => {
    const world = fakeWorld([...args, api.url, api.token, "--json"]);
    assertEquals(await run(world), 0, JSON.stringify(world.records));
    return world.printed.map((line) => JSON.parse(line));
  };
  assertEquals((await of("logs", "-n2")).map(({ payload }) => payload), ["n 2", "n 3"]);
  assertEquals((await of("logs", "--all", "-2")).map(({ payload }) => payload), ["n 1", "n 3"]);
  assertEquals((await of("logs", "-C1", "2")).map(({ match }) => match), [false, true, false]);
  assertEquals((await of("stats", "--from=2026-01-02", "--to=2026-01-03")).map(({ total }) => total), [3]);
  assertEquals((await of("batches")).length, 1);
});

Deno.test("logs --follow goes on from an API's page by its tail, and ends when it is told to", async () => {
  await using api = await served();
  const world = fakeWorld(["logs", "-f", "-n1", api.url, api.token, "--json"]);
  const landed = Promise.withResolvers<void>();
  const print = (line: string) => {
    world.print(line);
    if (world.printed.length === 1) {
      const batch = batchIdAt(api.queries.nowMs) + 100n;
      api.queries.batches.push(ledgerBatch({ id: batch }));
      api.queries.entries.push(readEntry({ ...key(7), payload: "just now", batch }));
    } else landed.resolve();
  };
  const done = run({ ...world, print });
  await landed.promise;
  world.stop();
  assertEquals(await done, 0);
  assertEquals(world.printed.map((line) => JSON.parse(line).payload), ["n 3", "just now"]);
});

Deno.test("mcp asks an API by a token", async () => {
  await using api = await served();
  const peer = mcpClient();
  const world = fakeWorld(["mcp", api.url, api.token]);
  const done = run({ ...world, print: peer.print, readInput: () => peer.input });
  await peer.connect();
  const result = await peer.client.callTool({ name: "search_logs", arguments: { query: "2" } });
  assertStringIncludes(JSON.stringify(result.structuredContent), '"n 2"');
  await peer[Symbol.asyncDispose]();
  assertEquals(await done, 0);
});

for (const command of ["logs", "stats", "batches", "mcp"]) {
  Deno.test(`${command} --url says that a token is needed, and that nobody answers`, async () => {
    await using api = await served();
    const without = fakeWorld([command, api.url]);
    assertEquals(await run(without), 1);
    assertStringIncludes(JSON.stringify(without.records), "--token-file names a file with a token");
    const nobody = fakeWorld([command, "--url=http://127.0.0.1:1"]);
    assertEquals(await run(nobody), 1);
    assert(JSON.stringify(nobody.records).includes("Cannot ask http://127.0.0.1:1"), JSON.stringify(nobody.records));
  });
}

Deno.test("logs --url follows no redirect", async () => {
  await using api = await served();
  const target = api.url.slice("--url=".length);
  const redirecting = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => Response.redirect(`${target}${new URL(request.url).pathname}`, 307),
  );
  const world = fakeWorld(["logs", `--url=http://127.0.0.1:${redirecting.addr.port}`, api.token]);
  assertEquals(await run(world), 1);
  assertStringIncludes(JSON.stringify(world.records), "it answers 307");
  await redirecting.shutdown();
});
