/**
 * What every gRPC call has in common: it is counted, must be authorized, may be cancelled, and fails with a status.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  type ServerErrorResponse,
} from "@grpc/grpc-js";
import type { CountedCall, Counters } from "./counters.ts";
import type { StreamingPullRequest, StreamSink } from "./pull_stream.ts";
import { STATUS, StatusError, unauthenticated } from "./status_error.ts";

type RequestOf<Method> = Method extends MethodDefinition<infer Request, infer _Response> ? Request : never;
type ResponseOf<Method> = Method extends MethodDefinition<infer _Request, infer Response> ? Response : never;

/** What calls are checked and counted with. */
export interface CallsParts {
  readonly counters: Counters;
  /** Whether a call with this bearer token is served. */
  readonly authorize: (token: string | undefined) => boolean;
}

/** A stream as seen from its call. */
export interface StreamHandler {
  request(request: StreamingPullRequest): void;
  /** The client half-closed. */
  finish(): void;
  /** The call is over. */
  closed(): void;
}

/** Whoever waits for the answer of a unary call. */
export interface Caller {
  /** Aborted when nobody waits any more: the client cancelled, or the server closes. */
  readonly signal: AbortSignal;
  /** Until when the client waits, in milliseconds since 1970; `Infinity` where it does not say. */
  readonly deadline: number;
}

/** Makes gRPC's handlers out of functions that know nothing of gRPC. */
export class Calls {
  readonly #counters: Counters;
  readonly #authorize: CallsParts["authorize"];
  /** Of the unary calls that are being answered. */
  readonly #open = new Set<AbortController>();
  #closed: StatusError | undefined;

  constructor({ counters, authorize }: CallsParts) {
    this.#counters = counters;
    this.#authorize = authorize;
  }

  /** Aborts what every open unary call waits for, and refuses every call from now on. */
  close(reason: StatusError): void {
    this.#closed = reason;
    for (const controller of this.#open) controller.abort(reason);
  }

  /** @param run What the call does. */
  unary<Service, Name extends keyof Service & CountedCall>(
    _service: Service,
    name: Name,
    run: (request: RequestOf<Service[Name]>, caller: Caller) =>
      | ResponseOf<Service[Name]>
      | Promise<ResponseOf<Service[Name]>>,
  ): handleUnaryCall<RequestOf<Service[Name]>, ResponseOf<Service[Name]>> {
    return async (call, respond) => {
      const controller = new AbortController();
      call.on("cancelled", () => controller.abort(new StatusError(STATUS.CANCELLED, "Cancelled by the client.")));
      this.#open.add(controller);
      try {
        this.#admit(call.metadata, name);
        respond(null, await run(call.request, { signal: controller.signal, deadline: Number(call.getDeadline()) }));
      } catch (error) {
        respond(errorResponse(error));
      } finally {
        this.#open.delete(controller);
      }
    };
  }

  /** @param open Called for each stream. */
  bidi(open: (sink: StreamSink) => StreamHandler): handleBidiStreamingCall<StreamingPullRequest, Uint8Array> {
    return (call) => {
      // gRPC takes an "error" event for the status to end with.
      const fail = (error: unknown) => call.emit("error", errorResponse(error));
      try {
        this.#admit(call.metadata, "streamingPull");
      } catch (error) {
        fail(error);
        return;
      }
      const handler = open({
        write: (response, written) => call.write(response, () => written()),
        end: () => call.end(),
        fail,
      });
      call.on("data", (request: StreamingPullRequest) => handler.request(request));
      call.on("end", () => handler.finish());
      call.on("cancelled", () => handler.closed());
    };
  }

  #admit(metadata: Metadata, name: CountedCall): void {
    this.#counters.requests[name]++;
    this.#counters.changed();
    if (this.#closed !== undefined) throw this.#closed;
    const [authorization] = metadata.get("authorization");
    const token = /^Bearer (.+)$/i.exec(String(authorization ?? ""))?.[1];
    if (!this.#authorize(token)) throw unauthenticated();
  }
}

function errorResponse(error: unknown): ServerErrorResponse {
  const metadata = new Metadata();
  if (!(error instanceof StatusError)) {
    const details = error instanceof Error ? error.message : String(error);
    return Object.assign(new Error(details, { cause: error }), { code: STATUS.INTERNAL, details, metadata });
  }
  if (error.statusDetails !== undefined) {
    metadata.set("grpc-status-details-bin", Buffer.from(error.statusDetails));
  }
  return Object.assign(new Error(error.message), { code: error.code, details: error.message, metadata });
}
