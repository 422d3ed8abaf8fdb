/**
 * What `lms batches` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { DATABASE_SETTINGS } from "../../config/settings/database.ts";
import { READ_DATABASE_SETTINGS } from "../../config/settings/http.ts";
import { ENDS_SETTINGS, LEDGER_SETTINGS, SERVER_SETTINGS } from "../../config/settings/reading.ts";
import { defineCommand } from "../command.ts";
import { NAMED_DATABASE } from "../shared.ts";

/** `lms batches`. */
export const BATCHES = defineCommand({
  name: "batches",
  summary: "list the transactions that stored something, the newest last",
  description: [
    "Lists the ledger: for each transaction when it was made, by which monitor and why, how many entries, dead letters",
    "and duplicates it held, how long it took, and which publish times its entries have. Here --since, --from and --to",
    "are of when a batch was made.",
    "",
    "count bytes interval end  a flush, by what triggered it",
    "split                     a part of a batch of which the database refused a row",
    "replay restore adopt      what was stored, or parked, before",
  ],
  settings: [
    ...namesOf(DATABASE_SETTINGS),
    ...namesOf(READ_DATABASE_SETTINGS),
    ...namesOf(SERVER_SETTINGS),
    "since",
    ...namesOf(ENDS_SETTINGS),
    "limit",
    ...namesOf(LEDGER_SETTINGS),
    "json",
  ],
  notes: { ...NAMED_DATABASE, limit: "50" },
});
