/**
 * `lms pub`: some test messages.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { publishTo } from "../../app/publish.ts";
import { openPubSub } from "../../app/pubsub.ts";
import { randomSeed } from "../../ops/random.ts";
import { traffic } from "../../sim/traffic.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import { quantity } from "../quantity.ts";
import type { PUB } from "./command.ts";

/** Runs the command. */
export async function run(
  config: ConfigOf<typeof PUB>,
  { log, print, drain }: Context,
  [argument]: readonly string[],
): Promise<number> {
  const count = quantity(argument);
  await using pubsub = await openPubSub(config);
  if (!await pubsub.ensure({ stop: drain, log })) return EXIT.failed;
  const messages = traffic({ seed: config.seed ?? randomSeed() });
  for (let left = count; left > 0;) {
    if (drain.aborted) {
      log.warn("stopped before everything was published", { published: count - left, left });
      return EXIT.failed;
    }
    const group = messages.take(Math.min(left, 1_000));
    for (const id of await publishTo(pubsub, group, drain)) print(id);
    left -= group.length;
  }
  log.info("published", { count, topic: pubsub.topic });
  return EXIT.ok;
}
