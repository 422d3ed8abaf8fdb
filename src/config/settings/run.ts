/**
 * How long a command runs, and what it prints at its end.
 *
 * @module
 */
import { setting } from "../setting.ts";
import { duration, either, oneOf, RUN_MS_MAX, wholeNumber } from "../values.ts";

/** The settings of a run. */
export const RUN_SETTINGS = {
  durationMs: setting({
    flag: "duration",
    env: ["DURATION"],
    value: "SECONDS",
    help: "how long to run",
    defaultNote: "until stopped",
    read: duration(1, RUN_MS_MAX),
  }),
  printLog: setting({
    flag: "print-log",
    value: "N|all",
    help: "with a duration: print at most N of the entries stored, as CSV, at the end",
    default: "1000",
    read: either(wholeNumber(0, 1_000_000_000), oneOf(["all"])),
  }),
};
