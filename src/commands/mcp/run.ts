/**
 * `lms mcp`: the reading as tools.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { createApi } from "../../http/api/api.ts";
import type { LogQueries } from "../../reading/log_queries.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import { openReading } from "../reading/open_reading.ts";
import { untilStopped } from "../reading/until_stopped.ts";
import type { AskApi } from "./api_tools.ts";
import type { MCP } from "./command.ts";
import { serveApi } from "./serve.ts";

/** Runs the command. */
export async function run(config: ConfigOf<typeof MCP>, context: Context): Promise<number> {
  await using queries = await openReading(config, context);
  return await serveQueries(queries, context);
}

/** Serves what is read as tools, through an API that no socket leads to. */
export async function serveQueries(queries: LogQueries, context: Context): Promise<number> {
  const { log, version } = context;
  await using api = createApi({ queries, readNeedsToken: false, hosts: [], basePath: "", version, log });
  const ask: AskApi = (path, signal) =>
    api.answer(new Request(`http://localhost${path}`, { signal, headers: { host: "localhost" } }));
  await untilStopped(context, () => serveApi(ask, context));
  return EXIT.ok;
}
