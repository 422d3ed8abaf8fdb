/**
 * One open StreamingPull.
 *
 * @module
 */
import { LEASE_SECONDS } from "../wire/lease_limits.ts";
import { concat } from "../wire/protobuf.ts";
import { checkDeadline } from "./ack_checks.ts";
import { AckIdList } from "./ack_ids.ts";
import type { Counters } from "./counters.ts";
import type { FaultPlan } from "./faults.ts";
import { encodeConfirmation } from "./response.ts";
import { invalidArgument, StatusError, unavailable } from "./status_error.ts";
import type { Consumer, Subscription } from "./subscription.ts";

/** How often a stream that knows keep-alives gets one unasked, in milliseconds. */
const KEEP_ALIVE_MS = 30_000;

/** Responses handed to gRPC and not yet to the network. Two keep it busy; more would only age in a buffer. */
const WRITES_MAX = 2;

const KEEP_ALIVE = new Uint8Array();

/** A request on a stream. Fields that the client left out are empty or 0. */
export interface StreamingPullRequest {
  readonly subscription: string;
  readonly ackIds: readonly string[];
  readonly modifyDeadlineAckIds: readonly string[];
  readonly modifyDeadlineSeconds: readonly number[];
  readonly streamAckDeadlineSeconds: number;
  readonly maxOutstandingMessages: number;
  readonly maxOutstandingBytes: number;
  readonly protocolVersion: number;
}

/** What the stream writes to. */
export interface StreamSink {
  /** Sends a response; `written` is called when the network took it, or never if the call ended. */
  write(response: Uint8Array, written: () => void): void;
  /** Ends the call with an error, after what was written. */
  fail(error: StatusError): void;
  /** Ends the call with OK, after what was written. */
  end(): void;
}

/** What a stream works with. */
export interface StreamParts {
  readonly counters: Counters;
  readonly faults: FaultPlan;
  /** @throws {StatusError} NOT_FOUND. */
  readonly subscription: (name: string) => Subscription;
  /** Called when the stream is over. */
  readonly over: () => void;
  /** Cuts every connection, whatever is on its way. */
  readonly breakConnections: () => void;
}

/**
 * The server's side of one stream. States: fresh (no request yet), open (the first request named the subscription),
 * over (ended by either side; nothing is sent any more). Over is final.
 */
export class PullStream implements Consumer {
  readonly wantsProperties = true;
  readonly #sink: StreamSink;
  readonly #parts: StreamParts;
  #subscription: Subscription | undefined;
  #over = false;
  #leaseMs = 0;
  #messagesMax = Infinity;
  #bytesMax = Infinity;
  #heldMessages = 0;
  #heldBytes = 0;
  #writing = 0;
  #responses = 0;
  #keepsAlive = false;
  #keepAlive: ReturnType<typeof setInterval> | undefined;

  constructor(sink: StreamSink, parts: StreamParts) {
    this.#sink = sink;
    this.#parts = parts;
  }

  get leaseMs(): number {
    return this.#leaseMs;
  }

  get roomMessages(): number {
    if (this.#writing >= WRITES_MAX) return 0;
    return this.#parts.faults.current.ignoreLimits ? Infinity : this.#messagesMax - this.#heldMessages;
  }

  get roomBytes(): number {
    return this.#parts.faults.current.ignoreLimits ? Infinity : this.#bytesMax - this.#heldBytes;
  }

  get idle(): boolean {
    return this.#heldMessages === 0;
  }

  /** A request came. What is wrong with it ends the stream. */
  request(request: StreamingPullRequest): void {
    if (this.#over) return;
    try {
      if (this.#subscription === undefined) this.#open(request);
      else this.#next(this.#subscription, request);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.fail(error);
    }
  }

  deliver(response: Uint8Array, { messages, bytes }: { readonly messages: number; readonly bytes: number }): void {
    this.#heldMessages += messages;
    this.#heldBytes += bytes;
    this.#responses++;
    this.#parts.counters.now.responses++;
    const { resetStreamAfter, breakShare, emptyMessages } = this.#parts.faults.current;
    this.#write(emptyMessages === 0 ? response : concat([response, empties(emptyMessages)]));
    if (this.#parts.faults.hits(breakShare)) this.#parts.breakConnections();
    if (resetStreamAfter > 0 && this.#responses >= resetStreamAfter) this.fail(unavailable());
  }

  released(bytes: number): void {
    this.#heldMessages--;
    this.#heldBytes -= bytes;
  }

  /** Ends the stream with an error, after what was sent already. */
  fail(error: StatusError): void {
    if (this.closed()) this.#sink.fail(error);
  }

  /** The client half-closed: it still gets what was sent, then OK. */
  finish(): void {
    if (this.#parts.faults.current.ignoreHalfClose) return;
    if (this.closed()) this.#sink.end();
  }

  /**
   * The call is over: nothing is to be sent any more. Messages stay leased.
   *
   * @returns Whether it was not before.
   */
  closed(): boolean {
    if (this.#over) return false;
    this.#over = true;
    clearInterval(this.#keepAlive);
    this.#parts.over();
    if (this.#subscription === undefined) return true;
    this.#subscription.detach(this);
    this.#parts.counters.now.openStreams--;
    this.#parts.counters.changed();
    return true;
  }

  #open(request: StreamingPullRequest): void {
    if (request.subscription === "") {
      throw invalidArgument("You have passed an invalid argument to the service (argument=subscription).");
    }
    this.#setLease(request.streamAckDeadlineSeconds);
    // 0 and less mean no limit.
    if (request.maxOutstandingMessages > 0) this.#messagesMax = request.maxOutstandingMessages;
    if (request.maxOutstandingBytes > 0) this.#bytesMax = request.maxOutstandingBytes;
    const subscription = this.#parts.subscription(request.subscription);
    this.#subscription = subscription;
    this.#keepsAlive = request.protocolVersion >= 1;
    if (this.#keepsAlive) this.#keepAlive = setInterval(() => this.#sendKeepAlive(), KEEP_ALIVE_MS);
    this.#parts.counters.now.openStreams++;
    this.#parts.counters.changed();
    this.#settle(subscription, request);
    subscription.attach(this);
  }

  #next(subscription: Subscription, request: StreamingPullRequest): void {
    if (request.subscription !== "") {
      throw invalidArgument("The subscription may be set in the first request of a stream only.");
    }
    if (request.maxOutstandingMessages !== 0 || request.maxOutstandingBytes !== 0) {
      throw invalidArgument("Flow control may be set in the first request of a stream only.");
    }
    if (request.streamAckDeadlineSeconds !== 0) this.#setLease(request.streamAckDeadlineSeconds);
    const settles = request.ackIds.length + request.modifyDeadlineAckIds.length > 0;
    if (settles) return this.#settle(subscription, request);
    this.#parts.counters.now.pings++;
    this.#parts.counters.changed();
    this.#sendKeepAlive();
  }

  #setLease(seconds: number): void {
    if (seconds < LEASE_SECONDS.min || seconds > LEASE_SECONDS.max) {
      throw invalidArgument(
        `The value for stream_ack_deadline_seconds is out of range. You passed ${seconds} in the request, ` +
          `but it must be from ${LEASE_SECONDS.min} to ${LEASE_SECONDS.max}.`,
      );
    }
    this.#leaseMs = seconds * 1000;
  }

  /** Applies the acknowledgements and deadlines that a request on the stream carries. */
  #settle(subscription: Subscription, request: StreamingPullRequest): void {
    const { ackIds, modifyDeadlineAckIds, modifyDeadlineSeconds } = request;
    if (modifyDeadlineAckIds.length !== modifyDeadlineSeconds.length) {
      throw invalidArgument("modify_deadline_seconds and modify_deadline_ack_ids must have as many elements each.");
    }
    for (const seconds of modifyDeadlineSeconds) checkDeadline(seconds);
    const unknownAcks = new Set(ackIds.length === 0 ? [] : subscription.acknowledge(AckIdList.of(ackIds)));
    const unknownDeadlines = modifyDeadlineAckIds.map((id, index) =>
      subscription.modifyDeadline(AckIdList.of([id]), modifyDeadlineSeconds[index]!).length > 0
    );
    if (!subscription.traits.exactlyOnce || ackIds.length + modifyDeadlineAckIds.length === 0) return;
    this.#write(encodeConfirmation({
      acknowledged: ackIds.filter((_, index) => !unknownAcks.has(index)),
      invalidAcks: ackIds.filter((_, index) => unknownAcks.has(index)),
      modified: modifyDeadlineAckIds.filter((_, index) => !unknownDeadlines[index]),
      invalidDeadlines: modifyDeadlineAckIds.filter((_, index) => unknownDeadlines[index]),
    }));
  }

  #sendKeepAlive(): void {
    if (this.#keepsAlive && !this.#parts.faults.current.silentStreams) this.#write(KEEP_ALIVE);
  }

  #write(response: Uint8Array): void {
    this.#writing++;
    this.#sink.write(response, () => {
      if (this.#writing-- === WRITES_MAX && !this.#over) this.#subscription?.wake();
    });
  }
}

/** A received message without a field: its number and a length of 0. */
function empties(count: number): Uint8Array {
  return new Uint8Array(2 * count).map((_, index) => index % 2 === 0 ? 0x0a : 0);
}
