/**
 * Pulls messages from a subscription over several streams, never holding more than its caps.
 *
 * @module
 */
import { newId } from "../ops/ids.ts";
import { LEASE_SECONDS } from "../wire/lease_limits.ts";
import { AckSender } from "./ack_sender.ts";
import { Delivery, type ProtoTimestamp, type ReceivedMessage, type Settlement } from "./delivery.ts";
import { type Lease, LeaseKeeper } from "./lease_keeper.ts";
import { earliestOf } from "./oldest.ts";
import { type Outage, StreamKeeper } from "./stream_keeper.ts";
import {
  type CallStatus,
  isTransient,
  type PullTransport,
  type SettleFailures,
  type StreamRequest,
  type SubscriptionProperties,
} from "./transport.ts";

/** How long the requests on their way may take once nobody wants to wait for them any more. */
const LAST_REQUESTS_MS = 2_000;

/** How long a request to settle or extend may go unanswered before it is asked whether the server answers at all. */
const UNANSWERED_MS = 3_000;

/**
 * What a message takes beside its bytes while it is held: its objects, its row in the response's table, its place in
 * lists, and its ack id. Measured with empty messages: 270 bytes, of which the garbage collector's slack is a part.
 */
export const MESSAGE_COST_BYTES = 256;

/** What is done to messages held: settling them, or prolonging their leases. */
export type SettleKind = "ack" | "nack" | "extend";

/** What a subscriber tells whoever watches it. Every one is optional to hear. */
export interface SubscriberEvents {
  /** A stream was opened; whether the server takes it shows later. */
  streamOpened(): void;
  /** A stream ended, and is reopened in `retryInMs`. Routine unless it repeats. */
  streamEnded(status: CallStatus, retryInMs: number): void;
  /** No stream has worked for 4 s; told again every 30 s until {@linkcode SubscriberEvents.recovered}. */
  outage(outage: Outage): void;
  /** Streams work again, after an outage that was told. */
  recovered(outageMs: number): void;
  /** So many messages of one response were not taken, because there were too many in it; they come again. */
  refused(count: number): void;
  /** The streams were closed because as much is held as may be; they reopen at half of it. */
  closedAtCap(held: { readonly messages: number; readonly bytes: number }): void;
  /** The server took so many acks, nacks or extensions of one request. */
  settled(kind: SettleKind, count: number): void;
  /** These acks, nacks or extensions will not be tried again; what they were for comes again. */
  settleFailed(kind: SettleKind, count: number, status: CallStatus): void;
  /** What the server says of the subscription, once and at each change. */
  properties(properties: SubscriptionProperties): void;
}

/** What a subscriber needs. */
export interface SubscriberOptions {
  readonly transport: PullTransport;
  /** Streams at once, at least 1; both caps are divided among them. */
  readonly streams: number;
  /** Messages held at once, at least `streams`. The excess is at most one response per stream. */
  readonly inFlightMax: number;
  /** Bytes of data and attributes held at once, and {@linkcode MESSAGE_COST_BYTES} for each message. */
  readonly inFlightBytesMax: number;
  /** Ack deadline in seconds, 10 to 600; extended while a message is held. */
  readonly leaseSeconds: number;
  readonly events?: Partial<SubscriberEvents>;
}

/** Pulling ended with an error that trying again does not cure, such as a missing subscription. */
export class SubscribeError extends Error {
  override readonly name = "SubscribeError";
  /** The gRPC status code. */
  readonly code: number;
  constructor(status: CallStatus) {
    super(`Cannot pull: ${status.details}`);
    this.code = status.code;
  }
}

/**
 * Messages of a subscription, as groups of leased deliveries.
 *
 * Its states, in order: *idle* until iteration begins, *pulling*, *drained* once {@linkcode Subscriber.drain} was
 * called or pulling failed for good, *closed*. While pulling, the streams are closed when more than the cap is held and
 * opened again at half of it; they are never paused, because leases of messages that wait unread in a paused stream
 * lapse unseen.
 *
 * Iterating once yields everything that was received since the read before; the groups are never empty. The iteration
 * ends after a drain, when all received messages were yielded, and throws {@linkcode SubscribeError} when pulling
 * failed for good. Leaving it early does not settle anything: whatever is unsettled when the subscriber closes
 * is given back.
 */
export class Subscriber implements AsyncIterable<readonly Delivery[]>, AsyncDisposable {
  readonly #options: SubscriberOptions;
  readonly #acks: AckSender;
  readonly #nacks: AckSender;
  readonly #extensions: AckSender;
  readonly #leases: LeaseKeeper;
  readonly #streams: StreamKeeper;
  #state: "idle" | "pulling" | "drained" | "closed" = "idle";
  #received: Delivery[] = [];
  #held = 0;
  #heldBytes = 0;
  #suspended = false;
  #failure: SubscribeError | undefined;
  #properties: SubscriptionProperties | undefined;
  /** A timer for each request on its way. */
  readonly #unanswered = new Set<ReturnType<typeof setTimeout>>();
  #wake: (() => void) | undefined;
  #closing: Promise<number> | undefined;

  /** @throws {RangeError} When an option is out of its range. */
  constructor(options: SubscriberOptions) {
    const { streams, inFlightMax, inFlightBytesMax, leaseSeconds } = options;
    if (!(Number.isInteger(streams) && streams >= 1)) {
      throw new RangeError(`Cannot subscribe: streams must be at least 1: ${streams}`);
    }
    if (!(inFlightMax >= streams)) {
      throw new RangeError(`Cannot subscribe: inFlightMax must be at least ${streams}, one per stream: ${inFlightMax}`);
    }
    if (!(inFlightBytesMax >= streams)) {
      throw new RangeError(`Cannot subscribe: inFlightBytesMax must be at least ${streams}: ${inFlightBytesMax}`);
    }
    if (!(leaseSeconds >= LEASE_SECONDS.min && leaseSeconds <= LEASE_SECONDS.max)) {
      throw new RangeError(
        `Cannot subscribe: leaseSeconds must be ${LEASE_SECONDS.min} to ${LEASE_SECONDS.max}: ${leaseSeconds}`,
      );
    }
    this.#options = options;
    const { transport } = options;
    const retryForMs = leaseSeconds * 1000;
    this.#acks = new AckSender({
      send: (ids) => this.#watched(transport.acknowledge(ids)),
      retryForMs,
      onSent: (count) => options.events?.settled?.("ack", count),
      onFailed: (ids, status) => options.events?.settleFailed?.("ack", ids.length, status),
    });
    this.#nacks = new AckSender({
      send: (ids) => this.#watched(transport.modifyAckDeadline(ids, 0)),
      retryForMs,
      onSent: (count) => options.events?.settled?.("nack", count),
      onFailed: (ids, status) => options.events?.settleFailed?.("nack", ids.length, status),
    });
    this.#extensions = new AckSender({
      send: (ids) => this.#watched(transport.modifyAckDeadline(ids, leaseSeconds)),
      // The next extension is due by then.
      retryForMs: retryForMs / 2,
      onSent: (count) => options.events?.settled?.("extend", count),
      onFailed: (ids, status) => {
        if (!isTransient(status.code)) this.#leases.lose(ids);
        options.events?.settleFailed?.("extend", ids.length, status);
      },
    });
    this.#leases = new LeaseKeeper({ leaseSeconds, extend: (id) => id !== "" && this.#extensions.add(id) });
    this.#streams = new StreamKeeper({
      transport,
      count: streams,
      request: {
        ackDeadlineSeconds: leaseSeconds,
        ...askedOf(options),
        clientId: newId(),
      },
      onResponse: (messages, properties) => this.#receive(messages, properties),
      onOpen: () => options.events?.streamOpened?.(),
      onEnd: (status, retryInMs) => options.events?.streamEnded?.(status, retryInMs),
      onFailure: (status) => this.#fail(new SubscribeError(status)),
      onOutage: (outage) => options.events?.outage?.(outage),
      onRecovered: (outageMs) => options.events?.recovered?.(outageMs),
      onRefused: (count) => options.events?.refused?.(count),
      overfull: () => this.#overfull,
    });
  }

  /** Messages received and not settled. */
  get held(): number {
    return this.#held;
  }

  /** Bytes of data and attributes of the messages held, and {@linkcode MESSAGE_COST_BYTES} for each. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The earliest publish time of the messages held, which looks at each; `undefined` where none is. */
  oldestHeld(): ProtoTimestamp | undefined {
    return earliestOf(this.#leases.unsettled());
  }

  /** Streams that are open now. */
  get openStreams(): number {
    return this.#streams.open;
  }

  /** For how long streams have been wanted and none worked, in milliseconds; 0 while one works, or none is wanted. */
  get withoutStreamMs(): number {
    return this.#streams.withoutStreamMs;
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly Delivery[], void> {
    if (this.#state === "idle") {
      this.#state = "pulling";
      this.#steer();
    }
    let left = false;
    return {
      next: async () => {
        while (left || this.#received.length === 0) {
          if (left) return { done: true, value: undefined };
          if (this.#failure !== undefined) throw this.#failure;
          if (this.#state !== "pulling" && this.#streams.quiet) return { done: true, value: undefined };
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
        const received = this.#received;
        this.#received = [];
        return { done: false, value: received };
      },
      return: () => {
        left = true;
        this.#notify();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  /**
   * Stops pulling. What was received, or is on its way on a stream, is still yielded; then the iteration ends.
   * Idempotent; a subscriber that was never iterated yields nothing.
   */
  drain(): void {
    if (this.#state === "closed" || this.#state === "drained") return;
    this.#state = "drained";
    this.#streams.finish(() => this.#notify());
    this.#notify();
  }

  /**
   * The messages held cannot be settled for now (the database is away): from here on the streams are closed as soon
   * as the cap is reached and stay closed until {@linkcode Subscriber.resume}. Leases are extended all the same.
   */
  suspend(): void {
    this.#suspended = true;
    this.#steer();
  }

  /** Messages can be settled again. */
  resume(): void {
    this.#suspended = false;
    this.#steer();
  }

  /**
   * Settles everything: waits for the acks on their way, gives back what is not settled, and ends the streams.
   * Idempotent: later calls return the first one's promise.
   *
   * @param options.signal Ends the wait for acks that the server does not take; what is on its way by then may take
   * another `lastRequestsMs` (default 2 s). The lease's length ends it just so: by then the server has taken everything
   * back.
   * @returns How many messages were given back.
   */
  close(options: { readonly signal?: AbortSignal; readonly lastRequestsMs?: number } = {}): Promise<number> {
    return this.#closing ??= this.#close(options.signal, options.lastRequestsMs ?? LAST_REQUESTS_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(signal: AbortSignal | undefined, lastRequestsMs: number): Promise<number> {
    this.#state = "closed";
    this.#streams.cancel();
    this.#received = [];
    let returned = 0;
    for (const delivery of this.#leases.unsettled()) {
      delivery.nack();
      returned++;
    }
    this.#leases.stop();
    this.#extensions.stopRetrying();
    this.#notify();
    const idle = Promise.all([this.#acks.idle(), this.#nacks.idle(), this.#extensions.idle()]);
    await new Promise<void>((resolve) => {
      const stop = () => {
        clearTimeout(timer);
        this.#acks.stopRetrying();
        this.#nacks.stopRetrying();
        timer = setTimeout(over, lastRequestsMs);
      };
      const over = () => {
        clearTimeout(timer);
        for (const unanswered of this.#unanswered) clearTimeout(unanswered);
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      let timer = setTimeout(stop, this.#options.leaseSeconds * 1000);
      signal?.addEventListener("abort", stop);
      if (signal?.aborted) stop();
      idle.then(over);
    });
    return returned;
  }

  #receive(messages: readonly ReceivedMessage[], properties: SubscriptionProperties | undefined): void {
    if (properties !== undefined) this.#learn(properties);
    if (messages.length === 0 || this.#state === "closed") return;
    let lease: Lease | undefined = undefined;
    const settle = (delivery: Delivery, settlement: Settlement) => {
      this.#leases.settled(lease!);
      this.#settle(delivery, settlement);
    };
    const deliveries = new Array<Delivery>(messages.length);
    let bytes = 0;
    for (let i = 0; i < messages.length; i++) {
      const delivery = new Delivery(messages[i]!, settle);
      deliveries[i] = delivery;
      bytes += delivery.bytes;
    }
    lease = this.#leases.track(deliveries);
    this.#held += deliveries.length;
    this.#heldBytes += bytes + deliveries.length * MESSAGE_COST_BYTES;
    if (this.#received.length === 0) this.#received = deliveries.slice();
    else for (const delivery of deliveries) this.#received.push(delivery);
    this.#steer();
    this.#notify();
  }

  #settle(delivery: Delivery, settlement: Settlement): void {
    this.#held--;
    this.#heldBytes -= delivery.bytes + MESSAGE_COST_BYTES;
    const id = delivery.ackId;
    // A message without one cannot be settled, and no request with it: the server would refuse all of it.
    if (id !== "") (settlement === "ack" ? this.#acks : this.#nacks).add(id);
    this.#steer();
  }

  get #overfull(): boolean {
    return this.#held > this.#options.inFlightMax || this.#heldBytes > this.#options.inFlightBytesMax;
  }

  /** A request that nobody answers may be on a connection that swallows it. */
  async #watched(request: Promise<SettleFailures>): Promise<SettleFailures> {
    const timer = setTimeout(() => void this.#streams.probe(), UNANSWERED_MS);
    this.#unanswered.add(timer);
    try {
      return await request;
    } finally {
      clearTimeout(timer);
      this.#unanswered.delete(timer);
    }
  }

  /** Opens or closes the streams as the amount held asks for. */
  #steer(): void {
    if (this.#state !== "pulling") return;
    const { inFlightMax, inFlightBytesMax, events } = this.#options;
    if (this.#streams.wanted) {
      // A server that honours the limits it was sent never gets above them, and its streams stay open; only while
      // nothing can be settled is there no use in open streams that may send no more.
      const over = this.#suspended ? this.#held >= inFlightMax || this.#heldBytes >= inFlightBytesMax : this.#overfull;
      if (!over) return;
      this.#streams.finish();
      events?.closedAtCap?.({ messages: this.#held, bytes: this.#heldBytes });
    } else if (!this.#suspended && this.#held <= inFlightMax / 2 && this.#heldBytes <= inFlightBytesMax / 2) {
      this.#streams.start();
    }
  }

  #learn(properties: SubscriptionProperties): void {
    const known = this.#properties;
    if (
      known?.exactlyOnceDelivery === properties.exactlyOnceDelivery &&
      known.messageOrdering === properties.messageOrdering
    ) return;
    this.#properties = properties;
    this.#options.events?.properties?.(properties);
  }

  #fail(error: SubscribeError): void {
    if (this.#state === "closed") return;
    this.#failure = error;
    this.#state = "drained";
    this.#streams.cancel();
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/**
 * The limits that the server is sent for each stream. It counts bytes of data and attributes only, so it is asked for
 * less by what the messages cost beside them: one that fills its limits does not get above the caps.
 */
function askedOf(
  { streams, inFlightMax, inFlightBytesMax }: SubscriberOptions,
): Pick<StreamRequest, "maxOutstandingMessages" | "maxOutstandingBytes"> {
  const besideBytes = Math.min(inFlightMax * MESSAGE_COST_BYTES, inFlightBytesMax / 2);
  // 0 would mean "no limit".
  const share = (total: number) => Math.max(1, Math.floor(total / streams));
  return {
    maxOutstandingMessages: share(besideBytes / MESSAGE_COST_BYTES),
    maxOutstandingBytes: share(inFlightBytesMax - besideBytes),
  };
}
