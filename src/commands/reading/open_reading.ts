/**
 * Opens what reading commands read.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { openLogQueries } from "../../app/log_queries.ts";
import { findServer } from "../../app/server_address.ts";
import type { Config } from "../../config/settings.ts";
import type { DATABASE_SETTINGS } from "../../config/settings/database.ts";
import type { READ_DATABASE_SETTINGS } from "../../config/settings/http.ts";
import type { SERVER_SETTINGS } from "../../config/settings/reading.ts";
import { askServer } from "../../http/client/ask_server.ts";
import { RemoteQueries, type TerminalQueries } from "../../http/client/remote_queries.ts";

/** The settings that say what is read. */
export type ReadingConfig = Config<
  keyof typeof DATABASE_SETTINGS | keyof typeof READ_DATABASE_SETTINGS | keyof typeof SERVER_SETTINGS
>;

/** Opens the database that is named, or asks the server that is. @throws {UsageError} Where neither is. */
export async function openReading(config: ReadingConfig, context: Context): Promise<TerminalQueries> {
  const server = await findServer(config, context.readFile);
  if (server !== undefined) {
    return new RemoteQueries({
      url: server.url,
      ask: askServer(server),
      onGap: (dropped, reason) => context.log.warn("entries were left out", { dropped, reason }),
    });
  }
  return await openLogQueries(config, context);
}
