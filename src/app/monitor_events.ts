/**
 * What a run of the monitor tells whoever observes it.
 *
 * @module
 */
import type { Pulling } from "../ops/health.ts";
import type { IngestEvents } from "../pipeline.ts";
import type { SubscriberEvents } from "../pubsub/subscriber.ts";

/** What pulls, as it is just now. A subscriber is one. */
export interface MonitorSource extends Pulling {
  /** Bytes of the messages held. */
  readonly heldBytes: number;
}

/** Everything that happens while a monitor runs. */
export interface MonitorEvents extends IngestEvents, SubscriberEvents {
  /** The schema is ready, and messages are pulled. The first that is told. */
  pulling(source: MonitorSource): void;
  /** Told every second, while it runs. */
  tick(): void;
  /** It was told to stop: no more is pulled, what is held is finished. */
  draining(): void;
  /** The grace period is over: what is not stored is given back. */
  graceOver(): void;
  /** However it ended, it gives back what it holds. */
  ending(): void;
  /** So many messages were given back unsettled. The last that is told, where it did not end by an error. */
  handedBack(count: number): void;
}

/** Hears of some of it. */
export type MonitorObserver = Partial<MonitorEvents>;
