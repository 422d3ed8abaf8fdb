/**
 * Runs the monitor: the subscriber, the pipeline, and what an operator hears of them.
 *
 * @module
 */
import type { Config } from "../config/settings.ts";
import type { MONITOR_SETTINGS } from "../config/settings/monitor.ts";
import type { Health } from "../ops/health.ts";
import type { Log } from "../ops/logger.ts";
import { type Flush, ingest, type IngestTotals } from "../pipeline.ts";
import { projectOf, shortName } from "../pubsub/admin.ts";
import { grpcTransport } from "../pubsub/grpc_transport.ts";
import { SubscribeError, Subscriber } from "../pubsub/subscriber.ts";
import type { Store } from "../store/store.ts";
import { STATUS } from "../wire/status_codes.ts";
import type { Stops } from "./context.ts";
import { FloodWatch } from "./flood_watch.ts";
import { shareOut } from "./grace.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { PubSubAccess } from "./pubsub.ts";

/** What the monitor runs with: its settings, with the cap in messages worked out. */
export type MonitorConfig = Config<keyof typeof MONITOR_SETTINGS> & { readonly maxInFlight: number };

/** What the monitor needs. */
export interface MonitorOptions extends Stops {
  readonly config: MonitorConfig;
  readonly pubsub: PubSubAccess;
  /** Full name of the subscription; default: the one that the settings name. */
  readonly subscription?: string;
  readonly store: Store;
  readonly log: Log;
  /** Kept up to date with what the monitor does. */
  readonly health?: Health;
  /** Told of every batch, after it was logged. */
  readonly onFlush?: (flush: Flush) => void;
  /** Told every second what is held, while it runs. */
  readonly onTick?: (now: { readonly held: number; readonly heldBytes: number; readonly openStreams: number }) => void;
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
  const { config, pubsub, store, log, health } = options;
  const subscription = options.subscription ?? pubsub.subscription;
  // Abort, or the grace period is over.
  const abort = new AbortController();
  await using subscriber = new Subscriber({
    transport: await grpcTransport(pubsub.connection, subscription),
    streams: config.streams,
    inFlightMax: config.maxInFlight,
    inFlightBytesMax: config.maxInFlightBytes,
    leaseSeconds: Math.round(config.leaseMs / 1000),
    events: subscriberEvents(log),
  });

  const grace = shareOut(config.graceMs);
  let storingEnds: ReturnType<typeof setTimeout> | undefined;
  let drainedAt: number | undefined;
  const drain = () => {
    health?.draining();
    log.debug("draining", { held: subscriber.held, grace_ms: config.graceMs });
    subscriber.drain();
    drainedAt = performance.now();
    storingEnds = setTimeout(() => {
      log.warn("the grace period is over: giving back what is not stored", { held: subscriber.held });
      abort.abort(new Error("the grace period is over"));
    }, grace.storingMs);
  };
  const abortNow = () => abort.abort(new Error("stopped at once"));
  options.abort.addEventListener("abort", abortNow, { once: true });
  options.drain.addEventListener("abort", drain, { once: true });
  const ticking = options.onTick === undefined ? undefined : setInterval(() => options.onTick!(subscriber), 1_000);

  const totals = { messages: 0, stored: 0, duplicates: 0, dead_letters: 0 };
  const sums = () => ({
    total_stored: totals.stored,
    total_duplicates: totals.duplicates,
    total_dead_letters: totals.dead_letters,
  });
  const floods = new FloodWatch(log);
  using heartbeat = new Heartbeat(config.heartbeatMs, () => {
    const { openStreams, held, heldBytes } = subscriber;
    log.info("alive", { open_streams: openStreams, held, held_bytes: heldBytes, ...sums() });
  });
  try {
    health?.pulling(subscriber);
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
      events: {
        flushed: (flush) => {
          totals.messages += flush.size;
          totals.stored += flush.stored;
          totals.duplicates += flush.duplicates;
          totals.dead_letters += flush.deadLettered;
          log.info("flushed", {
            trigger: flush.trigger,
            size: flush.size,
            bytes: flush.bytes,
            ms: Math.round(flush.durationMs),
            stored: flush.stored,
            duplicates: flush.duplicates,
            dead_letters: flush.deadLettered,
            ...sums(),
          });
          heartbeat.restart();
          floods.flushed(flush);
          health?.stored(flush.stored);
          options.onFlush?.(flush);
        },
        away: ({ forMs, attempts, error }) => {
          health?.database("away");
          log.error("waiting for the database: messages are held", {
            since: since(forMs),
            attempts,
            held: subscriber.held,
            held_bytes: subscriber.heldBytes,
            reason: error.message,
          });
        },
        back: (outageMs) => {
          health?.database("there");
          log.info("the database is back", { after_ms: Math.round(outageMs) });
        },
        retried: (error) => log.debug("transaction lost a race and is run again", { reason: error.message }),
        rejected: ({ messageId, detail }) =>
          log.warn("the database refused an entry, which is parked", { message_id: messageId, detail }),
        heldBack: ({ publishTime, messageId }, error) =>
          log.error(
            "the database does not take a message: it is held, not acknowledged, and tried again in 10 minutes",
            {
              publish_time: publishTime,
              message_id: messageId,
              reason: error.message,
            },
          ),
      },
    });
    const spentMs = drainedAt === undefined ? grace.storingMs : performance.now() - drainedAt;
    const sendingEnds = AbortSignal.timeout(Math.max(Math.round(grace.sendingMs - spentMs), 0));
    const handedBack = await subscriber.close({
      signal: AbortSignal.any([options.abort, sendingEnds]),
      lastRequestsMs: grace.lastRequestsMs,
    });
    if (handedBack > 0) log.warn("gave messages back unsettled", { count: handedBack });
    return { ...result, handedBack };
  } catch (error) {
    throw error instanceof SubscribeError ? explained(error, pubsub, subscription) : error;
  } finally {
    health?.draining(); // However it ended: giving messages back may take as long as their leases.
    clearTimeout(storingEnds);
    clearInterval(ticking);
    options.abort.removeEventListener("abort", abortNow);
    options.drain.removeEventListener("abort", drain);
  }
}

function subscriberEvents(log: Log): ConstructorParameters<typeof Subscriber>[0]["events"] & object {
  return {
    streamEnded: (status, retryInMs) =>
      log.debug("stream ended", { code: status.code, reason: status.details, retry_ms: Math.round(retryInMs) }),
    outage: ({ forMs, attempts, status }) =>
      log.error("waiting for Pub/Sub: nothing is pulled", {
        since: since(forMs),
        attempts,
        ...(status === undefined ? { reason: "no answer yet" } : { code: status.code, reason: status.details }),
      }),
    recovered: (outageMs) => log.info("Pub/Sub is back", { after_ms: Math.round(outageMs) }),
    refused: (count) => log.warn("a response had too many messages: the rest comes again", { count }),
    closedAtCap: (held) => log.debug("holding as much as allowed: streams closed", { ...held }),
    settleFailed: (kind, count, status) =>
      log.warn(`could not ${kind} messages; they will come again, and change nothing`, {
        count,
        code: status.code,
        reason: status.details,
      }),
    properties: ({ exactlyOnceDelivery, messageOrdering }) => {
      log.debug("subscription", { exactly_once: exactlyOnceDelivery, ordering: messageOrdering });
      if (messageOrdering) {
        log.warn("the subscription orders messages, which slows it down and gives LMS nothing: rows have no order");
      }
    },
  };
}

/** The moment that was so many milliseconds ago. */
function since(ms: number): string {
  return new Date(Date.now() - ms).toISOString();
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
