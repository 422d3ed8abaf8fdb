/**
 * The errors that the fake server answers with, in words like those of Google's service.
 *
 * @module
 */
import { concat, field, text, WireWriter } from "../wire/protobuf.ts";
import { STATUS } from "../wire/status_codes.ts";

/** What a call fails with. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  /** The gRPC status code. */
  readonly code: number;
  /** An encoded `google.rpc.Status`, where there is more to say than the code and the message. */
  readonly statusDetails: Uint8Array | undefined;

  constructor(code: number, message: string, statusDetails?: Uint8Array) {
    super(message);
    this.code = code;
    this.statusDetails = statusDetails;
  }
}

export function notFound(resource: string): StatusError {
  return new StatusError(STATUS.NOT_FOUND, `Resource not found (resource=${resource}).`);
}

export function alreadyExists(resource: string): StatusError {
  return new StatusError(STATUS.ALREADY_EXISTS, `Resource already exists in the project (resource=${resource}).`);
}

export function invalidArgument(details: string): StatusError {
  return new StatusError(STATUS.INVALID_ARGUMENT, details);
}

/** For what Google's service does and this server does not. */
export function unimplemented(what: string): StatusError {
  return new StatusError(STATUS.UNIMPLEMENTED, `The embedded Pub/Sub server does not support ${what}.`);
}

export function unavailable(
  details = "The service was unable to fulfill your request. Please try again.",
): StatusError {
  return new StatusError(STATUS.UNAVAILABLE, details);
}

export function unauthenticated(): StatusError {
  return new StatusError(
    STATUS.UNAUTHENTICATED,
    "Request had invalid authentication credentials. Expected OAuth 2 access token or other valid credential.",
  );
}

/**
 * Trailers beyond about 64 KiB, after base64, make the client's HTTP/2 layer cancel the call. An answer with more ids
 * than fit leaves all of them out: one that names only some would call the others acknowledged.
 */
const STATUS_DETAILS_BYTES_MAX = 40 * 1024;

/** Google's words for an ack id whose lease is over (https://cloud.google.com/pubsub/docs/exactly-once-delivery). */
const ACK_ID_FAILURE = "EXACTLY_ONCE_ACKID_FAILURE";
const INVALID_ACK_ID = "PERMANENT_FAILURE_INVALID_ACK_ID";

/**
 * The answer of a subscription with exactly-once delivery to ack ids that it does not hold: the fate of each, as the
 * metadata of an `ErrorInfo`, or of none where they are too many for that.
 */
export function invalidAckIds(ackIds: readonly string[]): StatusError {
  const details = "Some acknowledgement ids in the request were invalid. " +
    "This could be because the acknowledgement ids have expired or the acknowledgement ids were malformed.";
  const info = concat([
    text(1, ACK_ID_FAILURE),
    text(2, "pubsub.googleapis.com"),
    ...ackIds.map((id) => field(3, concat([text(1, id), text(2, INVALID_ACK_ID)]))),
  ]);
  const any = concat([text(1, "type.googleapis.com/google.rpc.ErrorInfo"), field(2, info)]);
  const code = new WireWriter(new Uint8Array(2));
  code.number(1, STATUS.INVALID_ARGUMENT);
  // google.rpc.Status: code, message, details.
  const statusDetails = concat([code.bytes, text(2, details), field(3, any)]);
  const fits = statusDetails.length <= STATUS_DETAILS_BYTES_MAX;
  return new StatusError(STATUS.INVALID_ARGUMENT, details, fits ? statusDetails : undefined);
}
