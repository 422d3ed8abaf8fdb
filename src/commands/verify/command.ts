/**
 * What `lms verify` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { DATABASE_SETTINGS } from "../../config/settings/database.ts";
import { defineCommand } from "../command.ts";
import { NAMED_DATABASE } from "../shared.ts";

/** `lms verify`. */
export const VERIFY = defineCommand({
  name: "verify",
  summary: "check that the tables agree, in one consistent snapshot (--repair puts the counters right)",
  description: [
    "Counts service_logs and compares it with service_severity, for every service and severity, and looks for messages",
    "that are an entry and also a dead letter that was not replayed. Compares the counts by minute and hour with the rows,",
    "and looks whether each word of a row is found by the filter of its batch. Reads every row; writers are not held up.",
    "Rows of an older version that are not adopted yet are told, and are no difference.",
    "",
    "With --repair it adds the differences that one snapshot shows to the counters, so that what is written meanwhile stays",
    "counted; one repair at a time. Filters that are damaged are written anew. It changes no rows of service_logs.",
    "",
    "With --against FILE it also compares with the manifest that lms sim --manifest wrote: entries per service and severity (those",
    "that were replayed from dead letters not counted), and dead letters of any status per reason.",
    "",
    "Exits 0 when everything agrees, 1 when something differs.",
  ],
  settings: [...namesOf(DATABASE_SETTINGS), "repair", "against", "json"],
  notes: NAMED_DATABASE,
});
