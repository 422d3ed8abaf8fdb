/**
 * `lms pub`: some test messages.
 *
 * @module
 */
import { traffic } from "../sim/traffic.ts";
import { defineCommand, EXIT } from "./command.ts";
import { openPubSub, publishTo, PUBSUB_SETTINGS } from "./pubsub.ts";
import { quantity, QUANTITY_ARGUMENT, randomSeed } from "./quantity.ts";

/** The command. */
export const pub = defineCommand({
  name: "pub",
  summary: "publish qty test messages (default 3)",
  description: [
    "Publishes well-formed test messages of random services to the topic, and prints the id of each. On an emulator",
    "it creates the topic and the subscription first, so that messages wait for a monitor that starts later.",
  ],
  argument: QUANTITY_ARGUMENT,
  settings: [...PUBSUB_SETTINGS, "seed"],
  async run(config, { log, print }, [argument]) {
    const count = quantity(argument);
    await using pubsub = await openPubSub(config);
    await pubsub.ensure();
    const messages = traffic({ seed: config.seed ?? randomSeed() });
    for (let left = count; left > 0;) {
      const group = messages.take(Math.min(left, 1_000));
      for (const id of await publishTo(pubsub, group)) print(id);
      left -= group.length;
    }
    log.info("published", { count, topic: pubsub.topic });
    return EXIT.ok;
  },
});
