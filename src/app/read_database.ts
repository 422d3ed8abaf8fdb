/**
 * Where the logs are read from: the database that is written to, or the one that is named for reading.
 *
 * @module
 */
import { type Config, nameOf } from "../config/settings.ts";
import { type DATABASE_SETTINGS, LOCAL_DATABASE } from "../config/settings/database.ts";
import type { READ_DATABASE_SETTINGS } from "../config/settings/http.ts";
import { UsageError } from "../config/usage_error.ts";
import type { Context } from "./context.ts";
import { findDatabase, type FoundDatabase } from "./database_address.ts";

/** The settings that say it. Commands that take those for reading have them. */
export type ReadDatabaseConfig =
  & Config<keyof typeof DATABASE_SETTINGS>
  & Partial<Config<keyof typeof READ_DATABASE_SETTINGS>>;

const OF = {
  database: "readDatabase",
  databaseUrlFile: "readDatabaseUrlFile",
  // Not taken for reading: a variable of its own would be one more place for a password.
  mysqlPassword: "readPasswordFile",
  mysqlPasswordFile: "readPasswordFile",
} as const;

/**
 * Finds it. Nothing that is set for writing counts for a database that is named for reading: its password goes to no
 * other server.
 *
 * @throws {UsageError} As `findDatabase()` does.
 */
export function findReadDatabase(config: ReadDatabaseConfig, readFile: Context["readFile"]): Promise<FoundDatabase> {
  const { readDatabase, readDatabaseUrlFile, readPasswordFile } = config;
  if (readDatabase === undefined && readDatabaseUrlFile === undefined) {
    if (readPasswordFile !== undefined) {
      throw new UsageError(
        `Cannot use ${nameOf("readPasswordFile")} alone: it is for the user of ${nameOf("readDatabase")}; set that too`,
      );
    }
    return findDatabase({ ...config, database: config.database ?? LOCAL_DATABASE }, readFile);
  }
  return findDatabase({
    database: readDatabase ?? LOCAL_DATABASE,
    databaseUrlFile: readDatabaseUrlFile,
    mysqlPassword: undefined,
    mysqlPasswordFile: readPasswordFile,
    of: OF,
  }, readFile);
}
