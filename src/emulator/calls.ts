/**
 * What every gRPC call has in common: it is counted, must be authorized, may be cancelled, and fails with a status.
 *
 * @module
 */
import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  type ServerErrorResponse,
} from "@grpc/grpc-js";
import { Buffer } from "node:buffer";
import { STATUS } from "../wire/status_codes.ts";
import type { CountedCall, Counters } from "./counters.ts";
import type { StreamingPullRequest, StreamSink } from "./pull_stream.ts";
import { StatusError, unauthenticated, unimplemented } from "./status_error.ts";

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

/** Who asks, where it is not gRPC. */
export interface Asker {
  readonly token: string | undefined;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Answers unary calls that come another way than over gRPC. */
export interface CallAnswerer {
  /**
   * @param path As gRPC has it: `/google.pubsub.v1.Publisher/Publish`.
   * @param request Encoded.
   * @returns The encoded response.
   * @throws {StatusError} What the call fails with; UNIMPLEMENTED where there is none of this path.
   */
  answer(path: string, request: Uint8Array, asker: Asker): Promise<Uint8Array>;
}

/** Serves a unary call, however it came. */
type Serve<Request, Response> = (
  request: Request,
  asker: { readonly token: string | undefined; readonly controller: AbortController; readonly deadline: number },
) => Promise<Response>;

/** Makes gRPC's handlers out of functions that know nothing of gRPC. */
export class Calls implements CallAnswerer {
  readonly #counters: Counters;
  readonly #authorize: CallsParts["authorize"];
  /** Of the unary calls that are being answered. */
  readonly #open = new Set<AbortController>();
  readonly #unary = new Map<string, { method: MethodDefinition<unknown, unknown>; serve: Serve<unknown, unknown> }>();
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
    service: Service,
    name: Name,
    run: (request: RequestOf<Service[Name]>, caller: Caller) =>
      | ResponseOf<Service[Name]>
      | Promise<ResponseOf<Service[Name]>>,
  ): handleUnaryCall<RequestOf<Service[Name]>, ResponseOf<Service[Name]>> {
    const serve: Serve<RequestOf<Service[Name]>, ResponseOf<Service[Name]>> = async (request, asker) => {
      const { token, controller, deadline } = asker;
      this.#open.add(controller);
      try {
        this.#admit(token, name);
        return await run(request, { signal: controller.signal, deadline });
      } finally {
        this.#open.delete(controller);
      }
    };
    const method = service[name] as MethodDefinition<unknown, unknown>;
    this.#unary.set(method.path, { method, serve: serve as Serve<unknown, unknown> });
    return async (call, respond) => {
      const controller = new AbortController();
      call.on("cancelled", () => controller.abort(cancelled()));
      try {
        const [token, deadline] = [tokenOf(call.metadata), Number(call.getDeadline())];
        respond(null, await serve(call.request, { token, controller, deadline }));
      } catch (error) {
        respond(errorResponse(error));
      }
    };
  }

  async answer(path: string, request: Uint8Array, { token, signal }: Asker): Promise<Uint8Array> {
    const called = this.#unary.get(path);
    if (called === undefined) throw unimplemented(path.replace(/^.*[./](?=\w+\/)/, ""));
    const controller = new AbortController();
    const leave = () => controller.abort(cancelled());
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    try {
      const { method: { requestDeserialize, responseSerialize }, serve } = called;
      const bytes = Buffer.from(request.buffer, request.byteOffset, request.byteLength);
      return responseSerialize(await serve(requestDeserialize(bytes), { token, controller, deadline: Infinity }));
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** @param open Called for each stream. */
  bidi(open: (sink: StreamSink) => StreamHandler): handleBidiStreamingCall<StreamingPullRequest, Uint8Array> {
    return (call) => {
      // gRPC takes an "error" event for the status to end with.
      const fail = (error: unknown) => call.emit("error", errorResponse(error));
      try {
        this.#admit(tokenOf(call.metadata), "streamingPull");
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

  #admit(token: string | undefined, name: CountedCall): void {
    this.#counters.requests[name]++;
    this.#counters.changed();
    if (this.#closed !== undefined) throw this.#closed;
    if (!this.#authorize(token)) throw unauthenticated();
  }
}

function tokenOf(metadata: Metadata): string | undefined {
  const [authorization] = metadata.get("authorization");
  return /^Bearer (.+)$/i.exec(String(authorization ?? ""))?.[1];
}

function cancelled(): StatusError {
  return new StatusError(STATUS.CANCELLED, "Cancelled by the client.");
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
