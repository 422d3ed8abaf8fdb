/**
 * What `lms sim` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { PUBSUB_SETTINGS } from "../../config/settings/pubsub.ts";
import { defineCommand } from "../command.ts";

/** `lms sim`. */
export const SIM = defineCommand({
  name: "sim",
  summary: "run the service simulator: random messages for DURATION",
  description: [
    "Publishes random messages of some services to the topic, and prints at the end how many it published of each",
    "service and severity. On an emulator it creates the topic and the subscription first, so that messages wait",
    "for a monitor that starts later.",
  ],
  settings: [
    ...namesOf(PUBSUB_SETTINGS),
    "durationMs",
    "messages",
    "rate",
    "services",
    "seed",
    "malformed",
    "manifest",
    "listMessages",
  ],
});
