/**
 * A streaming pull as the contract of the Pub/Sub servers uses it: the generated client's, nothing of LMS between.
 *
 * @module
 */
import type { protos, v1 } from "@google-cloud/pubsub";

/** A message as a subscriber gets it. */
export type Received = protos.google.pubsub.v1.IReceivedMessage;

/** A response on a stream. */
export type StreamResponse = protos.google.pubsub.v1.IStreamingPullResponse;

/** How a call or stream ended. */
export interface CallStatus {
  readonly code: number;
  readonly details: string;
}

/** What a stream is opened with. */
export interface StreamRequest {
  readonly subscription: string;
  /** Default: 60. */
  readonly streamAckDeadlineSeconds?: number;
  readonly maxOutstandingMessages?: number;
  readonly maxOutstandingBytes?: number;
  readonly protocolVersion?: number;
}

interface GrpcStream {
  write(request: Record<string, unknown>): void;
  end(): void;
  cancel(): void;
  on(event: "data", listener: (response: StreamResponse) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "status", listener: (status: CallStatus) => void): void;
}

/** An open stream that remembers what came. Disposing cancels it. */
export class Stream implements AsyncDisposable {
  readonly messages: Received[] = [];
  /** Every response, keep-alives included. */
  readonly responses: StreamResponse[] = [];
  readonly #call: GrpcStream;
  readonly #ended = Promise.withResolvers<CallStatus>();
  #status: CallStatus | undefined;
  #changed = Promise.withResolvers<void>();

  /** Opens a stream. */
  static async open(subscriber: v1.SubscriberClient, request: StreamRequest): Promise<Stream> {
    // Through the gax wrapper it would read ahead and come back after errors.
    const stub = await subscriber.initialize() as unknown as {
      streamingPull(options: Record<string, unknown>): GrpcStream;
    };
    return new Stream(stub.streamingPull({}), request);
  }

  private constructor(call: GrpcStream, request: StreamRequest) {
    this.#call = call;
    call.on("data", (response) => {
      this.responses.push(response);
      this.messages.push(...response.receivedMessages ?? []);
      this.#changed.resolve();
    });
    // "status" tells the same, and always comes.
    call.on("error", () => {});
    call.on("status", (status) => {
      this.#status = status;
      this.#ended.resolve(status);
      this.#changed.resolve();
    });
    call.write({ streamAckDeadlineSeconds: 60, ...request });
  }

  /** How the stream ended. */
  get ended(): Promise<CallStatus> {
    return this.#ended.promise;
  }

  /** Sends a further request. */
  send(request: Record<string, unknown>): void {
    this.#call.write(request);
  }

  /** Half-closes. */
  finish(): void {
    this.#call.end();
  }

  /** Waits until so many messages have come in all. @throws {Error} When the stream ends before. */
  async count(messages: number): Promise<Received[]> {
    await this.until(() => this.messages.length >= messages);
    return this.messages;
  }

  /** Waits until the condition holds; looks after every response. @throws {Error} When the stream ends before. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#status !== undefined) {
        throw new Error(`The stream ended with ${this.#status.code} ${this.#status.details}`);
      }
      this.#changed = Promise.withResolvers();
      await this.#changed.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#call.cancel();
    await this.ended;
  }
}
