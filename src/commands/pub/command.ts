/**
 * What `lms pub` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { PUBSUB_SETTINGS } from "../../config/settings/pubsub.ts";
import { defineCommand } from "../command.ts";
import { QUANTITY_ARGUMENT } from "../quantity.ts";

/** `lms pub`. */
export const PUB = defineCommand({
  name: "pub",
  summary: "publish qty test messages (default 3)",
  description: [
    "Publishes well-formed test messages of random services to the topic, and prints the id of each. On an emulator",
    "it creates the topic and the subscription first, so that messages wait for a monitor that starts later.",
  ],
  argument: QUANTITY_ARGUMENT,
  settings: [...namesOf(PUBSUB_SETTINGS), "seed"],
});
