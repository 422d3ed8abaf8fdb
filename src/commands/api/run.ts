/**
 * `lms api`: the HTTP API alone.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { NAMED, openDatabase } from "../../app/database.ts";
import { type HttpPlan, planHttp } from "../../app/http_api.ts";
import { openLogQueries } from "../../app/log_queries.ts";
import { serveHealth } from "../../app/serve_health.ts";
import type { DeadLetterActions } from "../../http/api/api.ts";
import { readProbe } from "../../http/read_probe.ts";
import { aborted } from "../../ops/abortable.ts";
import type { LogQueries } from "../../reading/log_queries.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import type { API } from "./command.ts";

/** The settings of the command. */
export type Settings = ConfigOf<typeof API>;

/** Runs the command. */
export async function run(config: Settings, context: Context): Promise<number> {
  const http = await planHttp(config, context);
  await using queries = await openLogQueries(config, context);
  // Connects to nothing before something is changed.
  await using store = http.changes
    ? await openDatabase(config, { named: NAMED, access: "change", writers: 1, context })
    : undefined;
  return await serveUntilStopped(config, { http, queries, actions: store, context });
}

/** What is served, and how. */
export interface Serving {
  readonly http: HttpPlan;
  readonly queries: LogQueries;
  readonly actions?: DeadLetterActions | undefined;
  readonly context: Context;
}

/** Serves it until the program is told to stop. */
export async function serveUntilStopped(
  config: Pick<Settings, "healthHost" | "healthPort">,
  { http, queries, actions, context }: Serving,
): Promise<number> {
  const { log, print, drain } = context;
  const probe = readProbe(queries);
  await using _probes = serveHealth(config, { answer: probe, log });
  await using api = await http.serve({ queries, actions, probe });
  print(api.url);
  await aborted(drain);
  log.info("stopped");
  return EXIT.ok;
}
