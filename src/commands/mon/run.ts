/**
 * `lms mon`: the monitor.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { openDatabase, prepareMonitorStore } from "../../app/database.ts";
import { EntryLog } from "../../app/entry_log.ts";
import { healthObserver } from "../../app/health_observer.ts";
import { logObserver } from "../../app/log_observer.ts";
import type { MonitorSource } from "../../app/monitor_events.ts";
import { openPubSub } from "../../app/pubsub.ts";
import { runMonitor } from "../../app/run_monitor.ts";
import { serveHealth } from "../../app/serve_health.ts";
import { inBackground, keepUp } from "../../app/upkeep.ts";
import { watchTopic } from "../../app/topic_watch.ts";
import { checkPlan } from "../../config/plan.ts";
import { UsageError } from "../../config/usage_error.ts";
import { formatBytes, formatDuration } from "../../config/values.ts";
import { Health } from "../../ops/health.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import type { MON } from "./command.ts";

/** Runs the command. */
export async function run(config: ConfigOf<typeof MON>, context: Context): Promise<number> {
  const { log } = context;
  const plan = checkPlan(config, config.maxInFlight);
  if (!plan.ok) throw new UsageError(plan.problem);
  const maxInFlight = plan.value;

  const health = new Health();
  await using _probes = serveHealth(config, { health, log }); // Before all that takes its time, and closed after it.
  await using pubsub = await openPubSub(config);
  const named = pubsub.real
    ? "with real Pub/Sub it must be named, so that nothing is acknowledged into a file by accident"
    : undefined;
  await using store = await openDatabase(config, { named, writers: config.writers, context });
  const preparing = { timeoutMs: config.startupTimeoutMs, stop: context.drain, log };
  const facts = await prepareMonitorStore(store, preparing);
  if (facts === undefined) return EXIT.ok;
  log.block("plan", {
    version: context.version,
    pubsub: pubsub.address,
    subscription: pubsub.subscription,
    database: store.address,
    database_server: facts.server,
    max_allowed_packet: facts.packetBytesMax === undefined ? "none" : formatBytes(facts.packetBytesMax),
    strict: facts.strict,
    schema_version: facts.schemaVersion,
    batch_size: config.batchSize,
    batch_bytes: formatBytes(config.batchBytes),
    flush_interval: formatDuration(config.flushIntervalMs),
    writers: config.writers,
    max_in_flight: maxInFlight,
    max_in_flight_bytes: formatBytes(config.maxInFlightBytes),
    streams: config.streams,
    lease: formatDuration(config.leaseMs),
    grace: formatDuration(config.graceMs),
    duration: config.durationMs === undefined ? "until stopped" : formatDuration(config.durationMs),
  });
  if (!await pubsub.ensure({ stop: context.drain, log, timeoutMs: config.startupTimeoutMs })) return EXIT.ok;

  const keptUp = new AbortController();
  await using _upkeep = inBackground(keepUp({ store, log, stop: keptUp.signal }), keptUp);
  using _watch = watchTopic({ connection: pubsub.connection, subscription: pubsub.subscription, log });
  const over = new AbortController();
  const timer = config.durationMs === undefined ? undefined : setTimeout(() => over.abort(), config.durationMs);
  const entries = new EntryLog(config.durationMs === undefined ? 0 : config.printLog);
  const startedAt = performance.now();
  let stored = 0;
  let source: MonitorSource | undefined;
  try {
    const result = await runMonitor({
      config: { ...config, maxInFlight },
      pubsub,
      store,
      drain: AbortSignal.any([context.drain, over.signal]),
      abort: context.abort,
      observers: [logObserver(log, config), healthObserver(health), {
        pulling: (subscriber) => source = subscriber,
        flushed: (flush) => {
          stored += flush.stored;
          entries.add(flush.landed);
        },
        tick: () => {
          const seconds = (performance.now() - startedAt) / 1000;
          const { held = 0, openStreams = 0 } = source ?? {};
          context.terminal.status([statusLine({ stored, seconds, held, openStreams })]);
        },
      }],
    });
    context.terminal.status([]);
    log.info("stopped", {
      batches: result.batches,
      stored: result.stored,
      duplicates: result.duplicates,
      dead_letters: result.deadLettered,
      handed_back: result.handedBack,
    });
    if (config.durationMs !== undefined) await entries.print(store, context, result.stored);
    return result.handedBack > 0 ? EXIT.handedBack : EXIT.ok;
  } finally {
    clearTimeout(timer);
    context.terminal.status([]);
  }
}

/** What a monitor does just now, in a line for people. */
export function statusLine(
  { stored, seconds, held, openStreams }: Readonly<Record<"stored" | "seconds" | "held" | "openStreams", number>>,
): string {
  return `monitoring: ${stored} stored, ${Math.round(stored / seconds)}/s, ${held} held, ${openStreams} streams`;
}
