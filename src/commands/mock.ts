/**
 * `lms mock` and `lms emu`: some messages, all the way through.
 *
 * @module
 */
import type { Context } from "../app/context.ts";
import { prepareStore } from "../app/database.ts";
import { EntryLog } from "../app/entry_log.ts";
import { openEmbedded, openPubSub, publishTo, type PubSubAccess } from "../app/pubsub.ts";
import { monitor } from "../app/run_monitor.ts";
import { checkPlan } from "../config/plan.ts";
import type { Config } from "../config/settings.ts";
import { UsageError } from "../config/usage_error.ts";
import { formatDuration } from "../config/values.ts";
import { temporarySubscription } from "../pubsub/admin.ts";
import { traffic } from "../sim/traffic.ts";
import { openStore as openStoreAt } from "../store/open_store.ts";
import { EXIT } from "./command.ts";
import { quantity, randomSeed } from "./quantity.ts";
import type { EMU_SETTINGS, MOCK_SETTINGS } from "./settings.ts";

/** Runs `lms mock`. */
export async function runMock(config: MockConfig, context: Context, [argument]: readonly string[]): Promise<number> {
  const count = quantity(argument);
  await using pubsub = await openEmbedded(config);
  if (!await pubsub.ensure({ stop: context.drain, log: context.log })) return EXIT.ok;
  return await round(config, context, { pubsub, subscription: pubsub.subscription, count });
}

/** Runs `lms emu`. */
export async function runEmu(
  config: Config<typeof EMU_SETTINGS[number]>,
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

type MockConfig = Config<typeof MOCK_SETTINGS[number]>;

interface Round {
  readonly pubsub: PubSubAccess;
  readonly subscription: string;
  /** Messages to publish. */
  readonly count: number;
}

async function round(
  config: MockConfig,
  context: Context,
  { pubsub, subscription, count }: Round,
): Promise<number> {
  const { log, drain, abort } = context;
  const plan = checkPlan(config, config.maxInFlight);
  if (!plan.ok) throw new UsageError(plan.problem);
  await using store = openStoreAt({ kind: "sqlite", path: ":memory:" }, {
    writers: config.writers,
    onWarning: (warning) => log.warn(warning),
  });
  if (!await prepareStore(store, { timeoutMs: 0, stop: drain, log })) return EXIT.ok;

  const messages = traffic({ seed: randomSeed() }).take(count);
  const own = new Set(await publishTo(pubsub, messages, drain));
  const entries = new EntryLog("all");
  const done = new AbortController();
  const timeoutMs = config.durationMs ?? Infinity;
  const timer = setTimeout(() => done.abort(), Math.min(timeoutMs, 2 ** 31 - 1));
  const result = await monitor({
    config: { ...config, maxInFlight: plan.value },
    pubsub,
    subscription,
    store,
    log,
    drain: AbortSignal.any([drain, done.signal]),
    abort,
    onFlush: ({ landed }) => {
      // Others may publish to the same topic; their messages are not this run's.
      entries.add(landed.filter(({ messageId }) => own.delete(messageId)));
      if (own.size === 0) done.abort();
    },
  }).finally(() => clearTimeout(timer));
  const stored = count - own.size;
  await entries.print(store, context, stored);
  if (own.size > 0 && !drain.aborted) {
    log.error("messages did not come back in time", { missing: own.size, waited: formatDuration(timeoutMs) });
    return EXIT.failed;
  }
  return result.handedBack > 0 ? EXIT.handedBack : EXIT.ok;
}
