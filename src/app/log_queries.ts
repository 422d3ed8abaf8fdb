/**
 * Opens what reads the logs, as the settings say.
 *
 * @module
 */
import { nameOf } from "../config/settings.ts";
import { UsageError } from "../config/usage_error.ts";
import type { LogQueries } from "../reading/log_queries.ts";
import { StoredLogQueries } from "../reading/stored_log_queries.ts";
import { openLogReader } from "../store/open_log_reader.ts";
import { openStore } from "../store/open_store.ts";
import { type Store, StoreError } from "../store/store.ts";
import type { Context } from "./context.ts";
import { NAMED } from "./database.ts";
import type { FoundDatabase } from "./database_address.ts";
import { findReadDatabase, type ReadDatabaseConfig } from "./read_database.ts";

/** The migration that makes what reading goes by: counts, the ledger, the word index. */
const SCHEMA_VERSION = 2;

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
  { log, readFile, store }: LogQueriesNeeds,
): Promise<LogQueries> {
  const named = [config.database, config.databaseUrlFile, config.readDatabase, config.readDatabaseUrlFile];
  if (store === undefined && named.every((one) => one === undefined)) {
    throw new UsageError(
      `Cannot choose a database: ${NAMED}; set ${nameOf("database")} or ${nameOf("readDatabase")}, ` +
        "such as mysql://user@host:3306/lms or sqlite:./lms.db",
    );
  }
  const { address, password } = await findReadDatabase(config, readFile);
  const onWarning = (warning: string) => log.warn(warning);
  // Who writes has migrated, and a database of its own in memory is in no other program.
  if (store === undefined) await checkSchema({ address, password }, onWarning);
  return new StoredLogQueries(openLogReader(address, { password, store, onWarning: store ? onWarning : () => {} }));
}

async function checkSchema(
  { address, password }: FoundDatabase,
  onWarning: (warning: string) => void,
): Promise<void> {
  await using store = openStore(address, { writers: 1, access: "read", password, onWarning });
  const { schemaVersion } = await store.facts();
  if (schemaVersion >= SCHEMA_VERSION) return;
  throw new StoreError(
    `Cannot read the logs: ${store.address} has the schema of version ${schemaVersion}, and reading needs that of ` +
      `version ${SCHEMA_VERSION}; run "lms migrate", or start a monitor of this version`,
    { disposition: "fatal", cause: undefined },
  );
}
