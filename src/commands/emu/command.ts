/**
 * What `lms emu` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { MONITOR_SETTINGS } from "../../config/settings/monitor.ts";
import { PUBSUB_SETTINGS } from "../../config/settings/pubsub.ts";
import { defineCommand } from "../command.ts";
import { QUANTITY_ARGUMENT } from "../quantity.ts";
import { ROUND_DEFAULTS } from "../shared.ts";

/** `lms emu`. */
export const EMU = defineCommand({
  name: "emu",
  summary: "the same through the Pub/Sub emulator at PUBSUB_EMULATOR_HOST",
  description: [
    "Publishes test messages to the topic on the emulator, and stores them in a database in memory. It pulls from a",
    "subscription of its own, which it deletes at the end: what others wait for is left alone.",
  ],
  argument: QUANTITY_ARGUMENT,
  settings: [...namesOf(PUBSUB_SETTINGS), ...namesOf(MONITOR_SETTINGS), "durationMs"],
  defaults: ROUND_DEFAULTS,
});
