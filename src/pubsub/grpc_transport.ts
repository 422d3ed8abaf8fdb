/**
 * {@linkcode PullTransport} over the generated client's connection.
 *
 * @module
 */
import { type Client, Metadata, type MethodDefinition, type ServiceError } from "@grpc/grpc-js";
import type { Buffer } from "node:buffer";
import { wallClock } from "../ops/clock.ts";
import { readErrorInfo } from "../wire/error_info.ts";
import { STATUS } from "../wire/status_codes.ts";
import { acknowledgeRequest, modifyAckDeadlineRequest } from "./ack_request.ts";
import type { Connection } from "./connection.ts";
import { type PullResponse, readPullResponse } from "./pull_response.ts";
import { RenewedChannel } from "./renewed_channel.ts";
import {
  CallError,
  type CallStatus,
  isTransient,
  NO_FAILURES,
  type PullStream,
  type PullTransport,
  type SettleFailures,
  type StreamEvents,
  type StreamRequest,
} from "./transport.ts";

/** How long one acknowledge or extension may take, in milliseconds; after that it is tried again. */
const CALL_TIMEOUT_MS = 20_000;

/** How long the server may take to answer a probe, in milliseconds: some round trips, a connection and a token. */
const PROBE_TIMEOUT_MS = 8_000;

/** `protocolVersion` 1 asks the server to answer pings. */
const PROTOCOL_VERSION = 1;

type Method<Request = unknown> = Pick<
  MethodDefinition<Request, unknown>,
  "path" | "requestSerialize" | "responseDeserialize"
>;

/** As much of the generated client's stub as is used here: a gRPC client whose methods tell how they are called. */
interface Stub extends Pick<Client, "getChannel" | "makeBidiStreamRequest" | "makeUnaryRequest"> {
  readonly streamingPull: Method<Record<string, unknown>>;
  readonly acknowledge: Method;
  readonly modifyAckDeadline: Method;
}

/** What of a transport a test shortens. */
export interface GrpcTransportOptions {
  /** How long the server may take to answer a probe; default 8 s. */
  readonly probeTimeoutMs?: number;
}

/**
 * Opens the transport of one subscription.
 *
 * Calls go by the client's stub. Through its gax wrapper streams would read ahead without a bound and end after 30
 * minutes, and requests would be repeated where nobody sees it. What is frequent is read and written by hand:
 * {@linkcode readPullResponse}, {@linkcode acknowledgeRequest}.
 *
 * A probe is a request to extend no lease at all: every server refuses it at once, which is an answer.
 *
 * @param subscription The full name, `projects/PROJECT/subscriptions/NAME`.
 */
export async function grpcTransport(
  connection: Pick<Connection, "subscriber">,
  subscription: string,
  { probeTimeoutMs = PROBE_TIMEOUT_MS }: GrpcTransportOptions = {},
): Promise<PullTransport> {
  // The stub's type says nothing of its methods.
  const stub = await connection.subscriber.initialize() as unknown as Stub;
  const metadata = new Metadata();
  // The routing header; without it some requests take a detour through another region.
  metadata.set("x-goog-request-params", `subscription=${encodeURIComponent(subscription)}`);
  const call = (method: Method, request: Buffer, timeoutMs = CALL_TIMEOUT_MS) =>
    new Promise<void>((resolve, reject) => {
      const options = { deadline: wallClock() + timeoutMs };
      stub.makeUnaryRequest(
        method.path,
        (encoded: Buffer) => encoded,
        method.responseDeserialize,
        request,
        metadata,
        options,
        (error) => error ? reject(error) : resolve(),
      );
    });
  return {
    open: (request, events) => openStream(stub, { subscription, metadata, request, events }),
    async probe() {
      try {
        const nothing = modifyAckDeadlineRequest(subscription, { ackIds: [], seconds: 10 });
        await call(stub.modifyAckDeadline, nothing, probeTimeoutMs);
        return undefined;
      } catch (error) {
        const { code, details } = error as ServiceError;
        if (code === STATUS.DEADLINE_EXCEEDED) return { code, details: `no answer for ${probeTimeoutMs / 1000} s` };
        return isTransient(code) ? { code, details } : undefined;
      }
    },
    renew() {
      const channel = stub.getChannel();
      if (channel instanceof RenewedChannel) channel.renew();
    },
    acknowledge: (ackIds) => settle(ackIds, () => call(stub.acknowledge, acknowledgeRequest(subscription, ackIds))),
    modifyAckDeadline: (ackIds, seconds) =>
      settle(
        ackIds,
        () => call(stub.modifyAckDeadline, modifyAckDeadlineRequest(subscription, { ackIds, seconds })),
      ),
  };
}

function openStream(
  stub: Stub,
  { subscription, metadata, request, events }: {
    readonly subscription: string;
    readonly metadata: Metadata;
    readonly request: StreamRequest;
    readonly events: StreamEvents;
  },
): PullStream {
  const { path, requestSerialize } = stub.streamingPull;
  const stream = stub.makeBidiStreamRequest(path, requestSerialize, readPullResponse, metadata);
  let status: CallStatus | undefined;
  let ended = false;
  let finished = false;
  // Both "status" and "end" come once; messages may still be read between the two.
  const endOnce = () => {
    if (status === undefined || !ended) return;
    events.end(status);
  };
  stream.on("metadata", () => events.accepted());
  stream.on("data", ({ messages, refused, properties }: PullResponse) => {
    if (refused > 0) events.refused(refused);
    events.response(messages, properties);
  });
  stream.on("error", () => {
    // "status" tells the same and always follows; after an error the stream emits no "end".
    ended = true;
    endOnce();
  });
  stream.on("end", () => {
    ended = true;
    endOnce();
  });
  stream.on("status", ({ code, details }: CallStatus) => {
    finished = true;
    status = { code, details };
    if (code !== 0) ended = true;
    endOnce();
  });
  stream.write({
    subscription,
    streamAckDeadlineSeconds: request.ackDeadlineSeconds,
    maxOutstandingMessages: request.maxOutstandingMessages,
    maxOutstandingBytes: request.maxOutstandingBytes,
    clientId: request.clientId,
    protocolVersion: PROTOCOL_VERSION,
  });
  return {
    ping: () => {
      if (!finished) stream.write({});
    },
    finish: () => stream.end(),
    cancel: () => stream.cancel(),
  };
}

/** The trailer with what a server tells beside a status. */
const STATUS_DETAILS = "grpc-status-details-bin";

async function settle(ackIds: readonly string[], call: () => Promise<void>): Promise<SettleFailures> {
  try {
    await call();
    return NO_FAILURES;
  } catch (error) {
    const { code, details, message, metadata } = error as Partial<ServiceError>;
    const [status] = metadata?.get(STATUS_DETAILS) ?? [];
    const fates = status === undefined || typeof status === "string" ? undefined : readErrorInfo(status);
    const failures = fates === undefined ? undefined : failuresById(fates, ackIds);
    if (failures !== undefined) return failures;
    throw new CallError(String(details ?? message), { code: typeof code === "number" ? code : 2, cause: error });
  }
}

/**
 * Subscriptions with exactly-once delivery answer with the fate of each id that failed, as `ErrorInfo` metadata:
 * `PERMANENT_FAILURE_…` or `TRANSIENT_FAILURE_…` (https://cloud.google.com/pubsub/docs/exactly-once-delivery).
 */
function failuresById(fates: ReadonlyMap<string, string>, ackIds: readonly string[]): SettleFailures | undefined {
  const transient: string[] = [];
  const permanent: string[] = [];
  for (const id of ackIds) {
    const fate = fates.get(id);
    if (fate?.startsWith("TRANSIENT_")) transient.push(id);
    else if (fate?.startsWith("PERMANENT_")) permanent.push(id);
  }
  return transient.length + permanent.length > 0 ? { transient, permanent } : undefined;
}
