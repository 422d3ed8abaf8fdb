/**
 * A round of some messages, all the way through into a database in memory: what `lms mock` and `lms emu` have in common.
 *
 * @module
 */
import type { Context } from "../app/context.ts";
import { prepareStore } from "../app/database.ts";
import { EntryLog } from "../app/entry_log.ts";
import { logObserver } from "../app/log_observer.ts";
import { publishTo } from "../app/publish.ts";
import type { PubSubAccess } from "../app/pubsub.ts";
import { runMonitor } from "../app/run_monitor.ts";
import { checkPlan } from "../config/plan.ts";
import type { Config } from "../config/settings.ts";
import type { MONITOR_SETTINGS } from "../config/settings/monitor.ts";
import { UsageError } from "../config/usage_error.ts";
import { formatDuration } from "../config/values.ts";
import { TIMER_MS_MAX } from "../ops/durations.ts";
import { randomSeed } from "../ops/random.ts";
import { traffic } from "../sim/traffic.ts";
import { openStore } from "../store/open_store.ts";
import { EXIT } from "./command.ts";

type RoundConfig = Config<keyof typeof MONITOR_SETTINGS | "durationMs">;

/** What a round is made with. */
export interface Round {
  readonly pubsub: PubSubAccess;
  readonly subscription: string;
  /** Messages to publish. */
  readonly count: number;
}

/** Publishes, stores and prints some messages. */
export async function round(
  config: RoundConfig,
  context: Context,
  { pubsub, subscription, count }: Round,
): Promise<number> {
  const { log, drain, abort } = context;
  const plan = checkPlan(config, config.maxInFlight);
  if (!plan.ok) throw new UsageError(plan.problem);
  await using store = openStore({ kind: "sqlite", path: ":memory:" }, {
    writers: config.writers,
    onWarning: (warning) => log.warn(warning),
  });
  if (!await prepareStore(store, { timeoutMs: 0, stop: drain, log })) return EXIT.ok;

  const messages = traffic({ seed: randomSeed() }).take(count);
  const own = new Set(await publishTo(pubsub, messages, drain));
  const entries = new EntryLog("all");
  const done = new AbortController();
  const timeoutMs = config.durationMs ?? Infinity;
  const timer = setTimeout(() => done.abort(), Math.min(timeoutMs, TIMER_MS_MAX));
  const result = await runMonitor({
    config: { ...config, maxInFlight: plan.value },
    pubsub,
    subscription,
    store,
    drain: AbortSignal.any([drain, done.signal]),
    abort,
    observers: [logObserver(log, config), {
      flushed: ({ landed }) => {
        // Others may publish to the same topic; their messages are not this run's.
        entries.add(landed.filter(({ messageId }) => own.delete(messageId)));
        if (own.size === 0) done.abort();
      },
    }],
  }).finally(() => clearTimeout(timer));
  const stored = count - own.size;
  await entries.print(store, context, stored);
  if (own.size > 0 && !drain.aborted) {
    log.error("messages did not come back in time", { missing: own.size, waited: formatDuration(timeoutMs) });
    return EXIT.failed;
  }
  return result.handedBack > 0 ? EXIT.handedBack : EXIT.ok;
}
