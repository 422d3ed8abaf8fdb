/**
 * Opens what reads the logs, as the settings say.
 *
 * @module
 */
import { nameOf } from "../config/settings.ts";
import { UsageError } from "../config/usage_error.ts";
import type { LogQueries } from "../reading/log_queries.ts";
import { type Store, StoreError } from "../store/store.ts";
import type { Context } from "./context.ts";
import { NAMED } from "./database.ts";
import { findReadDatabase, type ReadDatabaseConfig } from "./read_database.ts";

/** What opening needs. */
export interface LogQueriesNeeds extends Pick<Context, "log" | "readFile"> {
  /** The store that this program writes to; absent: it writes none, and so the database must be named. */
  readonly store?: Store | undefined;
}

/**
 * Opens the database that the settings name, to read the logs only: no file is made, and nothing is migrated.
 *
 * @throws {UsageError} When none is named, or its URL is not understood.
 * @throws {StoreError} `fatal` where it has not the schema that reading needs, with what to run.
 */
export async function openLogQueries(
  config: ReadDatabaseConfig,
  { readFile, store }: LogQueriesNeeds,
): Promise<LogQueries> {
  const named = [config.database, config.databaseUrlFile, config.readDatabase, config.readDatabaseUrlFile];
  if (store === undefined && named.every((one) => one === undefined)) {
    throw new UsageError(
      `Cannot choose a database: ${NAMED}; set ${nameOf("database")} or ${nameOf("readDatabase")}, ` +
        "such as mysql://user@host:3306/lms or sqlite:./lms.db",
    );
  }
  await findReadDatabase(config, readFile);
  throw new StoreError("Cannot read the logs: not built yet", { disposition: "fatal", cause: undefined });
}
