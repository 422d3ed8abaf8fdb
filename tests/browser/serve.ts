/**
 * Serves the dashboard over made-up logs that go on, to be looked at: `serve.ts [--port=8090]`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { memoryActions, serveDashboard } from "../support/dashboard.ts";
import { dice, fillWorld, landWorld, parkLetters, seeMonitors } from "../support/dashboard_world.ts";
import { testTokens } from "../support/api.ts";
import { MemoryLogQueries } from "../support/memory_log_queries.ts";

const flags = parseArgs(Deno.args, { string: ["port"], default: { port: "8090" } });
const queries = new MemoryLogQueries();
fillWorld(queries, { count: 6_000, endMs: Date.now(), spanMs: 2 * 3_600_000 });
parkLetters(queries, { count: 14, endMs: Date.now() });
seeMonitors(queries, Date.now());
const served = await serveDashboard({
  queries,
  actions: memoryActions(queries),
  tokens: await testTokens(),
  port: Number(flags.port),
});
Deno.stdout.writeSync(new TextEncoder().encode(`${served.url}\n`));
const roll = dice(7);
let n = 1_000_000;
setInterval(() => {
  landWorld(queries, { count: 5, nowMs: Date.now(), n, roll });
  n += 5;
  seeMonitors(queries, Date.now());
}, 1_000);
