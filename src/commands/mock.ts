/**
 * `lms mock` and `lms emu`: some messages, all the way through.
 *
 * @module
 */
import { checkPlan, type Config } from "../config.ts";
import { temporarySubscription } from "../pubsub/admin.ts";
import { traffic } from "../sim/traffic.ts";
import { openStore as openStoreAt } from "../store/open_store.ts";
import { formatDuration } from "../values.ts";
import { type Command, type Context, defineCommand, EXIT, UsageError } from "./command.ts";
import { prepareStore } from "./database.ts";
import { EntryLog } from "./entry_log.ts";
import { monitor, MONITOR_SETTINGS } from "./monitor.ts";
import { openEmbedded, openPubSub, publishTo, PUBSUB_SETTINGS, type PubSubAccess } from "./pubsub.ts";
import { quantity, QUANTITY_ARGUMENT, randomSeed } from "./quantity.ts";

const MOCK_SETTINGS = ["project", "topic", "subscription", ...MONITOR_SETTINGS, "durationMs"] as const;
const EMU_SETTINGS = [...PUBSUB_SETTINGS, ...MONITOR_SETTINGS, "durationMs"] as const;

/** A round of some messages waits for nothing that it need not wait for, and does not wait forever. */
const DEFAULTS = { flushIntervalMs: "100ms", durationMs: "60", logLevel: "warn" } as const;

/** `lms mock`. */
export const mock: Command = defineCommand({
  name: "mock",
  summary: "publish and receive test messages with nothing else installed",
  description: [
    "Publishes test messages to a Pub/Sub embedded in this process, and stores them in a database in memory, through",
    "the same code as the monitor. Ends when they are stored, and prints them as CSV.",
  ],
  argument: QUANTITY_ARGUMENT,
  settings: MOCK_SETTINGS,
  defaults: DEFAULTS,
  async run(config, context, [argument]) {
    const count = quantity(argument);
    await using pubsub = await openEmbedded(config);
    await pubsub.ensure();
    return await round(config, context, { pubsub, subscription: pubsub.subscription, count });
  },
});

/** `lms emu`. */
export const emu: Command = defineCommand({
  name: "emu",
  summary: "the same through the Pub/Sub emulator at PUBSUB_EMULATOR_HOST",
  description: [
    "Publishes test messages to the topic on the emulator, and stores them in a database in memory. It pulls from a",
    "subscription of its own, which it deletes at the end: what others wait for is left alone.",
  ],
  argument: QUANTITY_ARGUMENT,
  settings: EMU_SETTINGS,
  defaults: DEFAULTS,
  async run(config, context, [argument]) {
    const count = quantity(argument);
    if (config.emulatorHost === undefined) {
      throw new UsageError(
        "Cannot find the emulator: PUBSUB_EMULATOR_HOST is not set; start one with: lms emulator, " +
          "or: gcloud beta emulators pubsub start",
      );
    }
    await using pubsub = await openPubSub(config);
    await pubsub.ensure();
    const subscription = `${pubsub.subscription}-emu-${randomSeed().toString(36)}`;
    await using _copy = await temporarySubscription(pubsub.connection, { topic: pubsub.topic, subscription });
    return await round(config, context, { pubsub, subscription, count });
  },
});

interface Round {
  readonly pubsub: PubSubAccess;
  readonly subscription: string;
  /** Messages to publish. */
  readonly count: number;
}

async function round(
  config: Config<typeof MOCK_SETTINGS[number]>,
  { log, print, drain, abort }: Context,
  { pubsub, subscription, count }: Round,
): Promise<number> {
  const plan = checkPlan(config, config.maxInFlight);
  if (!plan.ok) throw new UsageError(plan.problem);
  await using store = openStoreAt({ kind: "sqlite", path: ":memory:" }, {
    writers: config.writers,
    onWarning: (warning) => log.warn(warning),
  });
  if (!await prepareStore(store, { timeoutMs: 0, stop: drain, log })) return EXIT.ok;

  const messages = traffic({ seed: randomSeed() }).take(count);
  const own = new Set(await publishTo(pubsub, messages));
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
  await entries.print(store, print, stored);
  if (own.size > 0 && !drain.aborted) {
    log.error("messages did not come back in time", { missing: own.size, waited: formatDuration(timeoutMs) });
    return EXIT.failed;
  }
  return result.handedBack > 0 ? EXIT.handedBack : EXIT.ok;
}
