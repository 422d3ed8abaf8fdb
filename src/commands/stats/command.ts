/**
 * What `lms stats` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { DATABASE_SETTINGS } from "../../config/settings/database.ts";
import { READ_DATABASE_SETTINGS } from "../../config/settings/http.ts";
import { ENDS_SETTINGS, ENTRIES_SETTINGS, SERVER_SETTINGS, WATCHING_SETTINGS } from "../../config/settings/reading.ts";
import { defineCommand } from "../command.ts";
import { NAMED_DATABASE, QUERY } from "../shared.ts";

/** What `--since` says for all that is stored. */
export const EVER = "ever";

/** `lms stats`. */
export const STATS = defineCommand({
  name: "stats",
  summary: "count what is stored, service by severity, with the trend (--watch goes on)",
  description: [
    "Counts the entries of a range of publish time, by service and severity, the busiest services first, and draws how",
    "many there were over that time. Service and severity are counted already; with other terms of a query rows are",
    "read, within bounds, and it says on stderr how far it looked. The terms are those of lms logs.",
    "",
    "With --since=ever it counts all that is stored, without the trend.",
  ],
  argument: QUERY,
  settings: [
    ...namesOf(DATABASE_SETTINGS),
    ...namesOf(READ_DATABASE_SETTINGS),
    ...namesOf(SERVER_SETTINGS),
    "since",
    ...namesOf(ENDS_SETTINGS),
    ...namesOf(ENTRIES_SETTINGS),
    "limit",
    ...namesOf(WATCHING_SETTINGS),
    "json",
  ],
  notes: { ...NAMED_DATABASE, since: "1h", limit: "20 services" },
});
