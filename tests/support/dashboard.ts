/**
 * The dashboard on a port, over logs in memory.
 *
 * @module
 */
import { compareKeys, type MessageKey } from "../../src/entry/entry.ts";
import { type ApiOptions, createApi, type DeadLetterActions } from "../../src/http/api/api.ts";
import { serveApi } from "../../src/http/api/serve.ts";
import { Page } from "../../src/http/page/page.ts";
import { builtPage } from "./built_page.ts";
import { MemoryLogQueries, readEntry } from "./memory_log_queries.ts";

/** A dashboard that is served, until it is disposed of once or more often. */
export interface ServedDashboard extends AsyncDisposable {
  readonly queries: MemoryLogQueries;
  /** With a `/` at its end. */
  readonly url: string;
  readonly port: number;
}

/** What may be otherwise. */
export interface DashboardOptions extends Partial<ApiOptions> {
  readonly queries?: MemoryLogQueries;
  readonly actions?: DeadLetterActions;
  readonly port?: number;
}

/** Settles dead letters in memory as a store does. */
export function memoryActions(queries: MemoryLogQueries): DeadLetterActions {
  const rowsOf = (keys: readonly MessageKey[]) =>
    queries.deadLetterRows.filter((row) => keys.some((key) => compareKeys(key, row) === 0));
  const settle = (keys: readonly MessageKey[], status: "replayed" | "dropped") => {
    const rows = rowsOf(keys).filter((row) => row.status === "open");
    for (const row of rows) queries.deadLetterRows[queries.deadLetterRows.indexOf(row)] = { ...row, status };
    return rows.map(({ publishTime, messageId }) => ({ publishTime, messageId }));
  };
  return {
    deadLettersByKey: (keys) => Promise.resolve(rowsOf(keys)),
    replay: (entries) => {
      queries.entries.push(...entries.map((entry) => readEntry(entry)));
      return Promise.resolve({ replayed: settle(entries, "replayed"), settled: [], refused: [] });
    },
    drop: (keys) => Promise.resolve(settle(keys, "dropped")),
  };
}

/** Serves it from what the sources are now. */
export async function serveDashboard({ port = 0, ...options }: DashboardOptions = {}): Promise<ServedDashboard> {
  const { files } = await builtPage();
  const queries = options.queries ?? new MemoryLogQueries();
  const basePath = options.basePath ?? "";
  const silent = () => {};
  const api = createApi({
    readNeedsToken: false,
    hosts: [],
    version: "1.2.3",
    log: { info: silent, warn: silent, error: silent },
    page: new Page(files, basePath),
    ...options,
    queries,
    basePath,
  });
  const server = serveApi(api, { hostname: "127.0.0.1", port, onRefused: silent, onFailed: silent });
  let disposed: Promise<void> | undefined;
  const dispose = async () => {
    await api[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return {
    queries,
    port: server.address.port,
    url: `http://127.0.0.1:${server.address.port}${basePath}/`,
    [Symbol.asyncDispose]: () => disposed ??= dispose(),
  };
}
