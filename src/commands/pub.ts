/**
 * `lms pub`: some test messages.
 *
 * @module
 */
import type { Config } from "../config.ts";
import { traffic } from "../sim/traffic.ts";
import { type Context, EXIT } from "./command.ts";
import { openPubSub, publishTo } from "./pubsub.ts";
import { quantity, randomSeed } from "./quantity.ts";
import type { PUB_SETTINGS } from "./settings.ts";

/** Runs the command. */
export async function run(
  config: Config<typeof PUB_SETTINGS[number]>,
  { log, print }: Context,
  [argument]: readonly string[],
): Promise<number> {
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
}
