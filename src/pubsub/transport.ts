/**
 * The three calls a subscriber makes, without gRPC's types, so that its logic can be tested with fake time.
 *
 * @module
 */
import { STATUS } from "../wire/status_codes.ts";
import type { ReceivedMessage } from "./delivery.ts";

/** What opens a stream. Limits of 0 would mean "no limit" to the server and are never sent. */
export interface StreamRequest {
  /** The lease that the server gives each message of this stream: 10 to 600 seconds. */
  readonly ackDeadlineSeconds: number;
  readonly maxOutstandingMessages: number;
  readonly maxOutstandingBytes: number;
  /** The same for every stream of one subscriber, so that the server keeps affinity over reconnects. */
  readonly clientId: string;
}

/** How a call or stream ended: a gRPC status code and its text. Code 0 is OK. */
export interface CallStatus {
  readonly code: number;
  readonly details: string;
}

/** What a stream tells its owner. After `end` nothing follows. */
export interface StreamEvents {
  /** The server took the stream. Many servers say so with their first response only. */
  accepted(): void;
  /** A response; without messages it is a keep-alive. */
  response(messages: readonly ReceivedMessage[], properties: SubscriptionProperties | undefined): void;
  /** So many messages of the response that follows are not taken: there are too many in it. */
  refused(count: number): void;
  end(status: CallStatus): void;
}

/** What the server says of the subscription on a stream. */
export interface SubscriptionProperties {
  readonly exactlyOnceDelivery: boolean;
  readonly messageOrdering: boolean;
}

/** An open stream. */
export interface PullStream {
  /** Asks the server for a sign of life. */
  ping(): void;
  /** Half-closes: what the server sent already still arrives, then `end`. */
  finish(): void;
  /** Ends the stream now. Messages on their way are lost until their leases lapse. */
  cancel(): void;
}

/** What became of the ids of one request. The three lists are disjoint; ids in none of them succeeded. */
export interface SettleFailures {
  /** Worth another try. */
  readonly transient: readonly string[];
  /** The lease is gone, or the id is unknown: the message will come again. */
  readonly permanent: readonly string[];
}

/** A failed request, with the gRPC status that tells whether another try makes sense. */
export class CallError extends Error {
  override readonly name = "CallError";
  /** The gRPC status code. */
  readonly code: number;
  constructor(message: string, options: { readonly code: number; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}

/** Speaks to one subscription. */
export interface PullTransport {
  open(request: StreamRequest, events: StreamEvents): PullStream;
  /**
   * Asks whether the server answers at all. Servers that are silent on idle streams, and answer no pings there, answer
   * this.
   *
   * @returns `undefined` when it does; else the status, `DEADLINE_EXCEEDED` when nothing came.
   */
  probe(): Promise<CallStatus | undefined>;
  /** Leaves the connection: streams and requests on it end, later ones go over a new one. */
  renew(): void;
  /** @throws {CallError} When the request as a whole failed. */
  acknowledge(ackIds: readonly string[]): Promise<SettleFailures>;
  /**
   * @param seconds The new deadline, from now: 10 to 600, or 0 to give the messages back.
   * @throws {CallError} When the request as a whole failed.
   */
  modifyAckDeadline(ackIds: readonly string[], seconds: number): Promise<SettleFailures>;
}

/** No id failed. */
export const NO_FAILURES: SettleFailures = { transient: [], permanent: [] };

/**
 * Status codes after which the same call may succeed. A stream that ends with OK is reopened
 * as well: servers close long streams as a matter of routine.
 */
const TRANSIENT_CODES: ReadonlySet<number> = new Set([
  STATUS.CANCELLED, // by a proxy or a load balancer; our own cancels never get here
  STATUS.UNKNOWN, // what gRPC makes of a broken HTTP/2 connection
  STATUS.DEADLINE_EXCEEDED,
  STATUS.RESOURCE_EXHAUSTED, // quota, comes back
  STATUS.ABORTED,
  STATUS.INTERNAL,
  STATUS.UNAVAILABLE,
]);

/** Whether another try of a call that ended with this gRPC status code makes sense. */
export function isTransient(code: number): boolean {
  return TRANSIENT_CODES.has(code);
}
