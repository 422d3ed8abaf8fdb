/**
 * Runs the monitor: the subscriber and the pipeline, observed.
 *
 * @module
 */
import type { Config } from "../config/settings.ts";
import type { MONITOR_SETTINGS } from "../config/settings/monitor.ts";
import { combined } from "../ops/combined.ts";
import { ingest, type IngestTotals } from "../pipeline.ts";
import { projectOf, shortName } from "../pubsub/admin.ts";
import { grpcTransport } from "../pubsub/grpc_transport.ts";
import { SubscribeError, Subscriber } from "../pubsub/subscriber.ts";
import type { Store } from "../store/store.ts";
import { STATUS } from "../wire/status_codes.ts";
import type { Stops } from "./context.ts";
import { shareOut } from "./grace.ts";
import { heldState } from "./held_state.ts";
import type { MonitorEvents, MonitorObserver } from "./monitor_events.ts";
import type { PubSubAccess } from "./pubsub.ts";

/** What the monitor runs with: its settings, with the cap in messages worked out. */
export type MonitorConfig = Config<keyof typeof MONITOR_SETTINGS> & { readonly maxInFlight: number };

/** How often the other instances hear what this one holds, in milliseconds. */
const REPORT_MS = 10_000;

/** What the monitor needs. */
export interface MonitorOptions extends Stops {
  readonly config: MonitorConfig;
  readonly pubsub: PubSubAccess;
  /** Full name of the subscription; default: the one that the settings name. */
  readonly subscription?: string;
  readonly store: Store;
  /** Hear of what happens, each event in this order. */
  readonly observers: readonly MonitorObserver[];
}

/** What a run of the monitor did. */
export interface MonitorResult extends IngestTotals {
  /** Messages that were given back unsettled. */
  readonly handedBack: number;
}

/**
 * Pulls, stores and acknowledges until `drain` is aborted, then finishes what it holds within the grace period and gives
 * the rest back.
 *
 * @throws {SubscribeError} When the subscription cannot be pulled from, with the remedy.
 * @throws {StoreError} When the database fails for good.
 */
export async function runMonitor(options: MonitorOptions): Promise<MonitorResult> {
  const { config, pubsub, store } = options;
  const events = combined<MonitorEvents>(options.observers);
  const subscription = options.subscription ?? pubsub.subscription;
  // Abort, or the grace period is over.
  const abort = new AbortController();
  await using subscriber = new Subscriber({
    transport: await grpcTransport(pubsub.connection, subscription),
    streams: config.streams,
    inFlightMax: config.maxInFlight,
    inFlightBytesMax: config.maxInFlightBytes,
    leaseSeconds: Math.round(config.leaseMs / 1000),
    events,
  });

  const grace = shareOut(config.graceMs);
  let storingEnds: ReturnType<typeof setTimeout> | undefined;
  let drainedAt: number | undefined;
  const drain = () => {
    events.draining?.();
    subscriber.drain();
    drainedAt = performance.now();
    storingEnds = setTimeout(() => {
      events.graceOver?.();
      abort.abort(new Error("the grace period is over"));
    }, grace.storingMs);
  };
  const abortNow = () => abort.abort(new Error("stopped at once"));
  options.abort.addEventListener("abort", abortNow, { once: true });
  options.drain.addEventListener("abort", drain, { once: true });
  const reporting = setInterval(() => store.report(heldState(subscriber)), REPORT_MS);
  const ticking = events.tick === undefined ? undefined : setInterval(events.tick, 1_000);
  try {
    events.pulling?.(subscriber);
    if (options.drain.aborted) drain();
    if (options.abort.aborted) abortNow();
    const result = await ingest({
      source: subscriber,
      store,
      limits: {
        countMax: config.batchSize,
        bytesMax: config.batchBytes,
        intervalMs: config.flushIntervalMs,
      },
      writers: config.writers,
      abort: abort.signal,
      events,
    });
    const spentMs = drainedAt === undefined ? grace.storingMs : performance.now() - drainedAt;
    const sendingEnds = AbortSignal.timeout(Math.max(Math.round(grace.sendingMs - spentMs), 0));
    const handedBack = await subscriber.close({
      signal: AbortSignal.any([options.abort, sendingEnds]),
      lastRequestsMs: grace.lastRequestsMs,
    });
    events.handedBack?.(handedBack);
    return { ...result, handedBack };
  } catch (error) {
    throw error instanceof SubscribeError ? explained(error, pubsub, subscription) : error;
  } finally {
    events.ending?.();
    clearTimeout(storingEnds);
    clearInterval(ticking);
    clearInterval(reporting);
    options.abort.removeEventListener("abort", abortNow);
    options.drain.removeEventListener("abort", drain);
  }
}

/** Adds what to do about a subscription that cannot be pulled from. */
function explained(error: SubscribeError, { real, topic }: PubSubAccess, subscription: string): Error {
  if (!real) return error;
  const projectId = projectOf(subscription)!;
  const topicProject = projectOf(topic)!;
  const remedy = error.code === STATUS.NOT_FOUND
    ? `create it with: gcloud pubsub subscriptions create ${shortName(subscription)} --topic=${
      topicProject === projectId ? shortName(topic) : topic
    } ` +
      `--ack-deadline=60 --project=${projectId} (and, if the topic is missing too, first: gcloud pubsub topics create ` +
      `${shortName(topic)} --project=${topicProject})`
    : error.code === STATUS.PERMISSION_DENIED
    ? `grant it with: gcloud pubsub subscriptions add-iam-policy-binding ${shortName(subscription)} ` +
      `--member=serviceAccount:ACCOUNT --role=roles/pubsub.subscriber --project=${projectId}`
    : undefined;
  if (remedy === undefined) return error;
  return new Error(`Cannot pull from ${subscription}: ${remedy}`, { cause: error });
}
