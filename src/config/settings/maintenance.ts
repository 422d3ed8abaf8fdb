/**
 * What operators ask of the database.
 *
 * @module
 */
import { onOff, setting } from "../setting.ts";
import { filePath } from "../values.ts";

/** The settings of migrating and verifying. */
export const MAINTENANCE_SETTINGS = {
  dryRun: onOff("dry-run", "say what would be done, of a migration its SQL, and change nothing"),
  adopt: onOff("adopt", "also give a batch to every row of an older version, which monitors else do in the background"),
  repair: onOff("repair", "put the counters right, by what one snapshot shows; safe beside writers"),
  against: setting({
    flag: "against",
    value: "FILE",
    repeats: true,
    help: "also compare with what a simulator published, by its manifest; several are added up",
    defaultNote: "none",
    read: filePath(),
  }),
  json: onOff("json", "print JSON"),
};
