/**
 * What `lms dead-letters` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { COUNTING_SETTINGS, DATABASE_SETTINGS } from "../../config/settings/database.ts";
import { DEAD_LETTERS_SETTINGS } from "../../config/settings/dead_letters.ts";
import { RANGE_SETTINGS } from "../../config/settings/reading.ts";
import { defineCommand } from "../command.ts";
import { NAMED_DATABASE } from "../shared.ts";

/** What it can do. */
export const DEAD_LETTER_ACTIONS = ["list", "show", "replay", "drop"] as const;

/** `lms dead-letters`. */
export const DEAD_LETTERS = defineCommand({
  name: "dead-letters",
  summary: "list, show, replay or drop what could not be stored as an entry",
  description: [
    "list            those with --status, --reason, --since and --where, oldest first, with the reason and what is",
    "                wrong; --newest lists the last ones first, --group reason only how many there are of each",
    "show ID...      all of it: attributes and data too",
    "replay [ID...]  decode them again, after an upgrade or with --as FIELD=VALUE, and move what is valid now to",
    "                service_logs, counted; without ids every open one, of --reason, --since and --where",
    "drop [ID...]    settle them for good: they stay in the table, and are not replayed unless named; without ids",
    "                the open ones of --reason, --since and --where, of which one must be given",
    "",
    "An ID is MESSAGE_ID@PUBLISHTIME, as list prints it, or the message id alone where it fits one dead letter only.",
    "With - for the ids they are read from stdin, one a line, or as list --json prints them. In --where a * stands for",
    "any text; FIELD is a field of the message, detail, data (all of its text) or attribute.NAME; given several times,",
    "all must fit.",
    "",
    "Works through them 500 at a time, each in a transaction of its own; a signal ends it between two. --dry-run says",
    "what would be done. Whatever becomes of a dead letter, its message stays settled should it be delivered again.",
    "",
    "Exits 0 when all was done, 1 when something could not be found, or is still not valid, or a signal came before.",
  ],
  argument: {
    name: "ACTION [ID...]",
    help: "list, show, replay or drop, and which; - reads them from stdin",
    words: DEAD_LETTER_ACTIONS,
    most: 10_000,
  },
  settings: [
    ...namesOf(DATABASE_SETTINGS),
    ...namesOf(COUNTING_SETTINGS),
    "json",
    ...namesOf(DEAD_LETTERS_SETTINGS),
    ...namesOf(RANGE_SETTINGS),
    "dryRun",
  ],
  notes: NAMED_DATABASE,
});
