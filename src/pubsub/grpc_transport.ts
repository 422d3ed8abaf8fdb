/**
 * {@linkcode PullTransport} over the generated client.
 *
 * @module
 */
import { type Client, Metadata, type MethodDefinition } from "@grpc/grpc-js";
import type { Connection } from "./connection.ts";
import { type PullResponse, readPullResponse } from "./pull_response.ts";
import {
  CallError,
  type CallStatus,
  NO_FAILURES,
  type PullStream,
  type PullTransport,
  type SettleFailures,
  type StreamEvents,
  type StreamRequest,
} from "./transport.ts";

/** How long one acknowledge or extension may take, in milliseconds; after that it is tried again. */
const CALL_TIMEOUT_MS = 20_000;

/** `protocolVersion` 1 asks the server to answer pings. */
const PROTOCOL_VERSION = 1;

/** As much of the generated client's stub as is used here: a gRPC client whose methods tell how they are called. */
interface Stub extends Pick<Client, "makeBidiStreamRequest"> {
  readonly streamingPull: Pick<MethodDefinition<Record<string, unknown>, unknown>, "path" | "requestSerialize">;
}

/**
 * Opens the transport of one subscription.
 *
 * Streams are opened on the client's stub: through its gax wrapper they would read ahead without a bound and
 * end after 30 minutes. Responses are read by {@linkcode readPullResponse}.
 *
 * @param subscription The full name, `projects/PROJECT/subscriptions/NAME`.
 */
export async function grpcTransport(connection: Connection, subscription: string): Promise<PullTransport> {
  const client = connection.subscriber;
  // The stub's type says nothing of its methods.
  const stub = await client.initialize() as unknown as Stub;
  // The sender repeats requests itself, so that it knows what is on its way. The types leave out that null is allowed.
  const options = { timeout: CALL_TIMEOUT_MS, retry: null } as unknown as { timeout: number };
  return {
    open: (request, events) => openStream(stub, { subscription, request, events }),
    acknowledge: (ackIds) => settle(ackIds, () => client.acknowledge({ subscription, ackIds: [...ackIds] }, options)),
    modifyAckDeadline: (ackIds, ackDeadlineSeconds) =>
      settle(
        ackIds,
        () => client.modifyAckDeadline({ subscription, ackIds: [...ackIds], ackDeadlineSeconds }, options),
      ),
  };
}

function openStream(
  stub: Stub,
  { subscription, request, events }: {
    readonly subscription: string;
    readonly request: StreamRequest;
    readonly events: StreamEvents;
  },
): PullStream {
  const metadata = new Metadata();
  // The routing header; without it some requests take a detour through another region.
  metadata.set("x-goog-request-params", `subscription=${encodeURIComponent(subscription)}`);
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
  stream.on("data", ({ messages, properties }: PullResponse) => events.response(messages, properties));
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

/** As much of a generated client's error as is used here. */
interface GrpcError {
  readonly code?: unknown;
  readonly details?: unknown;
  readonly message?: unknown;
  readonly errorInfoMetadata?: Readonly<Record<string, string>> | undefined;
}

async function settle(ackIds: readonly string[], call: () => Promise<unknown>): Promise<SettleFailures> {
  try {
    await call();
    return NO_FAILURES;
  } catch (error) {
    const { code, details, message } = error as GrpcError;
    const failures = failuresById(error as GrpcError, ackIds);
    if (failures !== undefined) return failures;
    throw new CallError(String(details ?? message), { code: typeof code === "number" ? code : 2, cause: error });
  }
}

/**
 * Subscriptions with exactly-once delivery answer with the fate of each id that failed, as `ErrorInfo` metadata:
 * `PERMANENT_FAILURE_…` or `TRANSIENT_FAILURE_…` (https://cloud.google.com/pubsub/docs/exactly-once-delivery).
 */
function failuresById(error: GrpcError, ackIds: readonly string[]): SettleFailures | undefined {
  const metadata = error.errorInfoMetadata;
  if (metadata === undefined || metadata === null) return undefined;
  const transient: string[] = [];
  const permanent: string[] = [];
  for (const id of ackIds) {
    const fate = metadata[id];
    if (fate?.startsWith("TRANSIENT_")) transient.push(id);
    else if (fate?.startsWith("PERMANENT_")) permanent.push(id);
  }
  return transient.length + permanent.length > 0 ? { transient, permanent } : undefined;
}
