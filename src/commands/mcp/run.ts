/**
 * `lms mcp`: the reading as tools.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { openLogQueries } from "../../app/log_queries.ts";
import { findServer } from "../../app/server_address.ts";
import { createApi } from "../../http/api/api.ts";
import { askServer, jsonOf } from "../../http/client/ask_server.ts";
import type { LogQueries } from "../../reading/log_queries.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import { untilStopped } from "../reading/until_stopped.ts";
import type { AskApi } from "./api_tools.ts";
import type { MCP } from "./command.ts";
import { serveApi } from "./serve.ts";

/** Runs the command. */
export async function run(config: ConfigOf<typeof MCP>, context: Context): Promise<number> {
  const server = await findServer(config, context.readFile);
  if (server !== undefined) {
    const ask = askServer(server);
    // The document is for everybody; whether the token is good shows here, and not at an assistant's first question.
    await jsonOf(await ask("/v1/services?limit=1", { signal: context.drain }), server.url);
    return await serve(async (path, signal) => {
      const response = await ask(path, { signal, headers: { accept: "application/json" } });
      // Of the document, which says what there is, everything else is a failure to tell and end with.
      return path === DOCUMENT ? Response.json(await jsonOf(response, server.url)) : response;
    }, context);
  }
  await using queries = await openLogQueries(config, context);
  return await serveQueries(queries, context);
}

const DOCUMENT = "/openapi.json";

/** Serves what is read as tools, through an API that no socket leads to. */
export async function serveQueries(queries: LogQueries, context: Context): Promise<number> {
  const { log, version } = context;
  await using api = createApi({ queries, readNeedsToken: false, hosts: [], basePath: "", version, log });
  return await serve(
    (path, signal) => api.answer(new Request(`http://localhost${path}`, { signal, headers: { host: "localhost" } })),
    context,
  );
}

async function serve(ask: AskApi, context: Context): Promise<number> {
  await untilStopped(context, () => serveApi(ask, context));
  return EXIT.ok;
}
