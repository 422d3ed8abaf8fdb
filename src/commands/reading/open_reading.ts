/**
 * Opens what reading commands read.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { NAMED, requireDatabase } from "../../app/database.ts";
import { openLogQueries } from "../../app/log_queries.ts";
import type { Config } from "../../config/settings.ts";
import type { DATABASE_SETTINGS } from "../../config/settings/database.ts";
import type { LogQueries } from "../../reading/log_queries.ts";

/** Opens the database that is named. @throws {UsageError} Where none is. */
export async function openReading(
  config: Config<keyof typeof DATABASE_SETTINGS>,
  context: Context,
): Promise<LogQueries> {
  requireDatabase(config, { named: NAMED, context });
  return await openLogQueries(config, context);
}
