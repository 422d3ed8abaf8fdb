/**
 * The server's side of a subscription in a test's hands: it sends when the test says so, and keeps what it is told.
 *
 * @module
 */
import type { ReceivedMessage } from "../../src/pubsub/delivery.ts";
import {
  type CallStatus,
  NO_FAILURES,
  type PullStream,
  type PullTransport,
  type SettleFailures,
  type StreamEvents,
  type StreamRequest,
  type SubscriptionProperties,
} from "../../src/pubsub/transport.ts";

/** A stream as the server sees it. Its methods may be called in any state, as a network delivers late news. */
export class FakeStream implements PullStream {
  readonly request: StreamRequest;
  /** `finishing`: half-closed by the client; `cancelled`: by the client; `ended`: by the server. */
  state: "open" | "finishing" | "cancelled" | "ended" = "open";
  pings = 0;
  readonly #events: StreamEvents;
  readonly #endsWhenFinished: () => boolean;

  constructor(request: StreamRequest, events: StreamEvents, options: { readonly endsWhenFinished: () => boolean }) {
    this.request = request;
    this.#events = events;
    this.#endsWhenFinished = options.endsWhenFinished;
  }

  /** Sends a response; without messages it is a keep-alive. */
  respond(messages: readonly ReceivedMessage[] = [], properties?: SubscriptionProperties): void {
    this.#events.response(messages, properties);
  }

  /** Says that the stream is taken, as some servers do before they have anything to send. */
  accept(): void {
    this.#events.accepted();
  }

  /** Ends the stream with a gRPC status code; 0 is OK. */
  end(code = 0, details = `status ${code}`): void {
    if (this.state !== "cancelled") this.state = "ended";
    this.#events.end({ code, details });
  }

  ping(): void {
    this.pings++;
  }

  finish(): void {
    this.state = "finishing";
    if (this.#endsWhenFinished()) queueMicrotask(() => this.state === "finishing" && this.end());
  }

  cancel(): void {
    this.state = "cancelled";
  }
}

/** Ids of a request to change ack deadlines. */
export interface ModifyRequest {
  readonly ackIds: readonly string[];
  readonly seconds: number;
}

/** Keeps every stream and request; answers that all went well unless a test sets another answer. */
export class FakeTransport implements PullTransport {
  /** Every stream that was opened, in order. */
  readonly streams: FakeStream[] = [];
  /** The ids of every acknowledge request, in order. */
  readonly ackRequests: (readonly string[])[] = [];
  /** Every request to change deadlines, in order. */
  readonly modifyRequests: ModifyRequest[] = [];
  /** Whether a half-closed stream ends by itself, with nothing more to say; else the test ends it. */
  endsWhenFinished = true;
  /** How often it was asked whether the server answers. */
  probes = 0;
  /** How often the connection was left. */
  renewals = 0;
  onProbe: () => CallStatus | undefined | Promise<CallStatus | undefined> = () => undefined;
  onAcknowledge: (ackIds: readonly string[]) => SettleFailures | Promise<SettleFailures> = () => NO_FAILURES;
  onModify: (request: ModifyRequest) => SettleFailures | Promise<SettleFailures> = () => NO_FAILURES;

  /** The streams that are open, not half-closed. */
  get openStreams(): FakeStream[] {
    return this.streams.filter(({ state }) => state === "open");
  }

  /** Ids that were acknowledged, over all requests. */
  get acked(): string[] {
    return this.ackRequests.flat();
  }

  /** Ids that were given back, over all requests. */
  get nacked(): string[] {
    return this.modifyRequests.filter(({ seconds }) => seconds === 0).flatMap(({ ackIds }) => ackIds);
  }

  /** Requests that extended leases. */
  get extensions(): ModifyRequest[] {
    return this.modifyRequests.filter(({ seconds }) => seconds > 0);
  }

  open(request: StreamRequest, events: StreamEvents): PullStream {
    const stream = new FakeStream(request, events, { endsWhenFinished: () => this.endsWhenFinished });
    this.streams.push(stream);
    return stream;
  }

  async probe(): Promise<CallStatus | undefined> {
    this.probes++;
    return await this.onProbe();
  }

  renew(): void {
    this.renewals++;
  }

  async acknowledge(ackIds: readonly string[]): Promise<SettleFailures> {
    this.ackRequests.push(ackIds);
    return await this.onAcknowledge(ackIds);
  }

  async modifyAckDeadline(ackIds: readonly string[], seconds: number): Promise<SettleFailures> {
    const request = { ackIds, seconds };
    this.modifyRequests.push(request);
    return await this.onModify(request);
  }
}
