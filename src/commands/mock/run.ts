/**
 * `lms mock`: some messages, all the way through, with nothing else installed.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { openEmbedded } from "../../app/pubsub.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import { quantity } from "../quantity.ts";
import { round } from "../round.ts";
import type { MOCK } from "./command.ts";

/** Runs the command. */
export async function run(
  config: ConfigOf<typeof MOCK>,
  context: Context,
  [argument]: readonly string[],
): Promise<number> {
  const count = quantity(argument);
  await using pubsub = await openEmbedded(config);
  if (!await pubsub.ensure({ stop: context.drain, log: context.log })) return EXIT.ok;
  return await round(config, context, { pubsub, subscription: pubsub.subscription, count });
}
