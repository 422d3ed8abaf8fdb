/**
 * `lms emu`: some messages, all the way through an emulator.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { openPubSub } from "../../app/pubsub.ts";
import { UsageError } from "../../config/usage_error.ts";
import { randomSeed } from "../../ops/random.ts";
import { temporarySubscription } from "../../pubsub/admin.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import { quantity } from "../quantity.ts";
import { round } from "../round.ts";
import type { EMU } from "./command.ts";

/** Runs the command. */
export async function run(
  config: ConfigOf<typeof EMU>,
  context: Context,
  [argument]: readonly string[],
): Promise<number> {
  const count = quantity(argument);
  if (config.emulatorHost === undefined) {
    throw new UsageError(
      "Cannot find the emulator: PUBSUB_EMULATOR_HOST is not set; start one with: lms emulator, " +
        "or: gcloud beta emulators pubsub start",
    );
  }
  await using pubsub = await openPubSub(config);
  if (!await pubsub.ensure({ stop: context.drain, log: context.log })) return EXIT.ok;
  const subscription = `${pubsub.subscription}-emu-${randomSeed().toString(36)}`;
  await using _copy = await temporarySubscription(pubsub.connection, { topic: pubsub.topic, subscription });
  return await round(config, context, { pubsub, subscription, count });
}
