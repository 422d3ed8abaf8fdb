/**
 * What `lms mock` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { MONITOR_SETTINGS } from "../../config/settings/monitor.ts";
import { defineCommand } from "../command.ts";
import { QUANTITY_ARGUMENT } from "../quantity.ts";
import { EMBEDDED_SETTINGS, ROUND_DEFAULTS } from "../shared.ts";

/** `lms mock`. */
export const MOCK = defineCommand({
  name: "mock",
  summary: "publish and receive test messages with nothing else installed",
  description: [
    "Publishes test messages to a Pub/Sub embedded in this process, and stores them in a database in memory, through",
    "the same code as the monitor. Ends when they are stored, and prints them as CSV.",
  ],
  argument: QUANTITY_ARGUMENT,
  settings: [...EMBEDDED_SETTINGS, ...namesOf(MONITOR_SETTINGS), "durationMs"],
  defaults: ROUND_DEFAULTS,
});
