/**
 * Errors as Google's APIs tell them over HTTP (https://google.aip.dev/193).
 *
 * @module
 */
import { readErrorInfo } from "../wire/error_info.ts";
import { StatusError } from "./status_error.ts";

/** By gRPC's code: its name, and the status of HTTP that stands for it (google/rpc/code.proto). */
const CODES: readonly (readonly [name: string, http: number])[] = [
  ["OK", 200],
  ["CANCELLED", 499],
  ["UNKNOWN", 500],
  ["INVALID_ARGUMENT", 400],
  ["DEADLINE_EXCEEDED", 504],
  ["NOT_FOUND", 404],
  ["ALREADY_EXISTS", 409],
  ["PERMISSION_DENIED", 403],
  ["RESOURCE_EXHAUSTED", 429],
  ["FAILED_PRECONDITION", 400],
  ["ABORTED", 409],
  ["OUT_OF_RANGE", 400],
  ["UNIMPLEMENTED", 501],
  ["INTERNAL", 500],
  ["UNAVAILABLE", 503],
  ["DATA_LOSS", 500],
  ["UNAUTHENTICATED", 401],
];

/** An answer in JSON. */
export function jsonResponse(json: unknown, { status = 200, pretty = true } = {}): Response {
  const body = new TextEncoder().encode(`${JSON.stringify(json, null, pretty ? 2 : 0)}\n`);
  const headers = { "content-type": "application/json; charset=UTF-8", "content-length": String(body.length) };
  return new Response(body, { status, headers });
}

/** The answer to a call that failed. */
export function errorResponse(error: unknown): Response {
  const code = error instanceof StatusError ? error.code : 13;
  const [status, http] = CODES[code] ?? CODES[2]!;
  const message = error instanceof Error ? error.message : String(error);
  const info = error instanceof StatusError && error.statusDetails ? readErrorInfo(error.statusDetails) : undefined;
  const details = info && [{
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason: "EXACTLY_ONCE_ACKID_FAILURE",
    domain: "pubsub.googleapis.com",
    metadata: Object.fromEntries(info),
  }];
  return jsonResponse({ error: { code: http, message, status, ...(details && { details }) } }, { status: http });
}

/** The answer to a request that could not be read. */
export function refusalResponse(status: number, message: string): Response {
  const name = CODES.find(([, http]) => http === status)?.[0] ?? "INVALID_ARGUMENT";
  return jsonResponse({ error: { code: status, message, status: name } }, { status });
}
