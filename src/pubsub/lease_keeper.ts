/**
 * Extends the leases of messages that are held, by the batch.
 *
 * @module
 */
import type { Delivery } from "./delivery.ts";

/**
 * Part of the lease after which it is extended. The other half is the time that a request has, with its retries,
 * before messages come again.
 */
const RENEW_AFTER = 0.5;

/** Leases due within this part of a lease are extended together: fewer requests, at a little more than needed. */
const TOGETHER = 0.1;

/** Deliveries that came in one response and whose leases run out together. */
export interface Lease {
  readonly deliveries: readonly Delivery[];
  /** How many of them are not settled; at 0 the lease is dropped, and with it their data. */
  unsettled: number;
  /** When to extend it next, on the monotonic clock, in milliseconds. */
  renewAt: number;
}

/** What a keeper needs. */
export interface LeaseKeeperOptions {
  /** The ack deadline of every lease, in seconds. */
  readonly leaseSeconds: number;
  /** Asks the server for `leaseSeconds` more, counted from now, for this id. */
  readonly extend: (ackId: string) => void;
}

/**
 * Keeps every tracked lease alive until its deliveries are settled, forever if need be: a database that is away for
 * hours must not turn into redeliveries. One timer serves all leases.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #leases = new Set<Lease>();
  #lost = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** Starts extending a response's deliveries; their lease began now. */
  track(deliveries: readonly Delivery[]): Lease {
    const lease = { deliveries, unsettled: deliveries.length, renewAt: this.#renewalFromNow() };
    this.#leases.add(lease);
    this.#timer ??= this.#wakeAt(lease.renewAt);
    return lease;
  }

  /** One of the lease's deliveries was settled. */
  settled(lease: Lease): void {
    if (--lease.unsettled === 0) this.#leases.delete(lease);
  }

  /** These leases are gone for good: extending them again would only fail again. */
  lose(ackIds: readonly string[]): void {
    for (const id of ackIds) this.#lost.add(id);
  }

  /** Every delivery that is tracked and not settled. */
  *unsettled(): Generator<Delivery> {
    for (const lease of this.#leases) {
      for (const delivery of lease.deliveries) if (!delivery.settled) yield delivery;
    }
  }

  /** Extends nothing any more; leases run out by themselves. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#leases.clear();
    this.#lost.clear();
  }

  #renewalFromNow(): number {
    return performance.now() + this.#options.leaseSeconds * 1000 * RENEW_AFTER;
  }

  #wakeAt(at: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#renewDue(), Math.max(0, at - performance.now()));
  }

  /** Drops lost leases whose deliveries were settled since, so that a subscription that loses many costs no memory. */
  #forgetSettled(): void {
    const held = new Set<string>();
    for (const { ackId } of this.unsettled()) if (this.#lost.has(ackId)) held.add(ackId);
    this.#lost = held;
  }

  #renewDue(): void {
    const dueUntil = performance.now() + this.#options.leaseSeconds * 1000 * TOGETHER;
    const renewAt = this.#renewalFromNow();
    let next = Infinity;
    for (const lease of this.#leases) {
      if (lease.renewAt <= dueUntil) {
        lease.renewAt = renewAt;
        for (const { settled, ackId } of lease.deliveries) {
          if (!settled && !this.#lost.has(ackId)) this.#options.extend(ackId);
        }
      }
      next = Math.min(next, lease.renewAt);
    }
    if (this.#lost.size > 0) this.#forgetSettled();
    this.#timer = next === Infinity ? undefined : this.#wakeAt(next);
  }
}
