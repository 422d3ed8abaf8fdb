/**
 * Opens what reads the logs, as the settings say.
 *
 * @module
 */
import type { LogQueries } from "../reading/log_queries.ts";
import { StoreError } from "../store/store.ts";
import type { Context } from "./context.ts";
import { findReadDatabase, type ReadDatabaseConfig } from "./read_database.ts";

/**
 * Opens the database that the settings name, to read the logs only: no file is made, and nothing is migrated.
 *
 * @throws {UsageError} When its URL is not understood.
 * @throws {StoreError} `fatal` where it has not the schema that reading needs, with what to run.
 */
export async function openLogQueries(
  config: ReadDatabaseConfig,
  { readFile }: Pick<Context, "log" | "readFile">,
): Promise<LogQueries> {
  await findReadDatabase(config, readFile);
  throw new StoreError("Cannot read the logs: not built yet", { disposition: "fatal", cause: undefined });
}
