/**
 * Writes what a monitor does into LMS's own log.
 *
 * @module
 */
import { wallClock } from "../ops/clock.ts";
import type { Log } from "../ops/logger.ts";
import type { Flush } from "../pipeline.ts";
import { FloodWatch } from "./flood_watch.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { MonitorObserver, MonitorSource } from "./monitor_events.ts";

/** What the log depends on. */
export interface LogObserverOptions {
  /** A sign of life after so long without a flush, in milliseconds; 0: none. */
  readonly heartbeatMs: number;
  /** How long a drain may take, in milliseconds. */
  readonly graceMs: number;
}

/** Writes a line for everything that an operator should know of. */
export function logObserver(log: Log, { heartbeatMs, graceMs }: LogObserverOptions): MonitorObserver {
  const totals = new Totals();
  const floods = new FloodWatch(log);
  let source: MonitorSource = { held: 0, heldBytes: 0, openStreams: 0, withoutStreamMs: 0 };
  let heartbeat: Heartbeat | undefined;
  const held = () => ({ held: source.held, held_bytes: source.heldBytes });
  return {
    pulling: (pulling) => {
      source = pulling;
      heartbeat = new Heartbeat(heartbeatMs, () => {
        log.info("alive", { open_streams: source.openStreams, ...held(), ...totals.sums });
      });
    },
    ending: () => heartbeat?.[Symbol.dispose](),
    draining: () => log.debug("draining", { held: source.held, grace_ms: graceMs }),
    graceOver: () => log.warn("the grace period is over: giving back what is not stored", { held: source.held }),
    handedBack: (count) => {
      if (count > 0) log.warn("gave messages back unsettled", { count });
    },
    flushed: (flush) => {
      totals.add(flush);
      log.info("flushed", {
        trigger: flush.trigger,
        size: flush.size,
        bytes: flush.bytes,
        ms: Math.round(flush.durationMs),
        stored: flush.stored,
        duplicates: flush.duplicates,
        dead_letters: flush.deadLettered,
        ...totals.sums,
      });
      heartbeat?.restart();
      floods.flushed(flush);
    },
    ...databaseLines(log, held),
    ...pubsubLines(log),
  };
}

/** What was stored since the start. */
class Totals {
  #stored = 0;
  #duplicates = 0;
  #deadLetters = 0;

  add({ stored, duplicates, deadLettered }: Flush): void {
    this.#stored += stored;
    this.#duplicates += duplicates;
    this.#deadLetters += deadLettered;
  }

  get sums(): Readonly<Record<string, number>> {
    return {
      total_stored: this.#stored,
      total_duplicates: this.#duplicates,
      total_dead_letters: this.#deadLetters,
    };
  }
}

function databaseLines(log: Log, held: () => Readonly<Record<string, number>>): MonitorObserver {
  return {
    away: ({ forMs, attempts, error }) =>
      log.error("waiting for the database: messages are held", {
        since: since(forMs),
        attempts,
        ...held(),
        reason: error.message,
      }),
    back: (outageMs) => log.info("the database is back", { after_ms: Math.round(outageMs) }),
    retried: (error) => log.debug("transaction lost a race and is run again", { reason: error.message }),
    rejected: ({ messageId, detail }) =>
      log.warn("the database refused an entry, which is parked", { message_id: messageId, detail }),
    heldBack: ({ publishTime, messageId }, error) =>
      log.error("the database does not take a message: it is held, not acknowledged, and tried again in 10 minutes", {
        publish_time: publishTime,
        message_id: messageId,
        reason: error.message,
      }),
  };
}

function pubsubLines(log: Log): MonitorObserver {
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
  return new Date(wallClock() - ms).toISOString();
}
