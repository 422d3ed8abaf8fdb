/**
 * What `lms migrate` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { COUNTING_SETTINGS, DATABASE_SETTINGS } from "../../config/settings/database.ts";
import { defineCommand } from "../command.ts";
import { NAMED_DATABASE } from "../shared.ts";

/** `lms migrate`. */
export const MIGRATE = defineCommand({
  name: "migrate",
  summary: "bring the schema up to date (--dry-run prints the SQL)",
  description: [
    "Creates and changes tables, one numbered migration after the other, under a lock. The monitor does the same",
    "when it starts; this command is for those who give the monitor no right to change tables.",
    "",
    "It also builds the indexes that reading asks for, beside writers; a monitor does that in the background. With --adopt",
    "it gives a batch to every row that an older version stored, so that it is counted by minute and found by its words.",
  ],
  settings: [...namesOf(DATABASE_SETTINGS), ...namesOf(COUNTING_SETTINGS), "startupTimeoutMs", "dryRun", "adopt"],
  notes: NAMED_DATABASE,
});
