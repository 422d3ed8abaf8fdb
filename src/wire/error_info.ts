/**
 * Reads what a server tells beside a status: `ErrorInfo` in the trailer `grpc-status-details-bin`.
 *
 * Field numbers are those of https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto and
 * error_details.proto beside it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { KEY, VALUE } from "./fields.ts";
import { WireReader } from "./protobuf.ts";

/** Field of `google.rpc.Status`. */
const DETAILS = 3;
/** Fields of `google.protobuf.Any`. */
const TYPE_URL = 1;
const PACKED = 2;
/** Field of `google.rpc.ErrorInfo`. */
const METADATA = 3;

const ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo";

/**
 * The metadata of the first `ErrorInfo` in a status.
 *
 * @param status An encoded `google.rpc.Status`.
 * @returns `undefined` where there is none, or where the bytes are no such message: they explain an error, and an error
 * without an explanation is still an error.
 */
export function readErrorInfo(status: Uint8Array): ReadonlyMap<string, string> | undefined {
  const bytes = Buffer.from(status.buffer, status.byteOffset, status.byteLength);
  try {
    const reader = new WireReader(bytes);
    while (reader.next()) {
      if (reader.field !== DETAILS) continue;
      const metadata = readDetail(bytes, reader);
      if (metadata !== undefined) return metadata;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function readDetail(bytes: Buffer, at: Span): ReadonlyMap<string, string> | undefined {
  let type = "";
  let packed: Span = { start: 0, end: 0 };
  const any = new WireReader(bytes, at);
  while (any.next()) {
    if (any.field === TYPE_URL) type = bytes.toString("utf8", any.start, any.end);
    else if (any.field === PACKED) packed = { start: any.start, end: any.end };
  }
  if (type !== ERROR_INFO) return undefined;
  const metadata = new Map<string, string>();
  const info = new WireReader(bytes, packed);
  while (info.next()) {
    if (info.field !== METADATA) continue;
    let [key, value] = ["", ""];
    const entry = new WireReader(bytes, info);
    while (entry.next()) {
      if (entry.field === KEY) key = bytes.toString("utf8", entry.start, entry.end);
      else if (entry.field === VALUE) value = bytes.toString("utf8", entry.start, entry.end);
    }
    metadata.set(key, value);
  }
  return metadata;
}
