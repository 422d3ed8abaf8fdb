/**
 * Writes what settles and extends leases, straight to the wire: an id of each message goes out in one of these.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { ACKNOWLEDGE, MODIFY } from "../wire/fields.ts";
import { fieldLength, WireWriter } from "../wire/protobuf.ts";

/** The `AcknowledgeRequest` of these ids. */
export function acknowledgeRequest(subscription: string, ackIds: readonly string[]): Buffer {
  return request(ACKNOWLEDGE, { subscription, ackIds });
}

/**
 * The `ModifyAckDeadlineRequest` of these ids.
 *
 * @param content.seconds The new deadline from now, at least 0.
 */
export function modifyAckDeadlineRequest(
  subscription: string,
  content: { readonly ackIds: readonly string[]; readonly seconds: number },
): Buffer {
  return request(MODIFY, { subscription, ...content });
}

interface Fields {
  readonly subscription: number;
  readonly seconds?: number;
  readonly ackIds: number;
}

interface Content {
  readonly subscription: string;
  readonly ackIds: readonly string[];
  readonly seconds?: number;
}

function request(fields: Fields, { subscription, ackIds, seconds = 0 }: Content): Buffer {
  // Ids are ASCII; a text that is not takes more bytes than it has characters.
  const lengths = ackIds.map((id) => Buffer.byteLength(id));
  const nameLength = Buffer.byteLength(subscription);
  const length = lengths.reduce((sum, bytes) => sum + fieldLength(bytes), fieldLength(nameLength));
  // Tag and value of a whole number take at most 6 bytes.
  const buffer = Buffer.allocUnsafe(length + 6);
  const writer = new WireWriter(buffer);
  writer.header(fields.subscription, nameLength);
  writer.at += buffer.write(subscription, writer.at);
  // Left out where it is 0, which is protobuf's default.
  if (fields.seconds !== undefined && seconds > 0) writer.number(fields.seconds, seconds);
  for (let i = 0; i < ackIds.length; i++) {
    writer.header(fields.ackIds, lengths[i]!);
    writer.at += buffer.write(ackIds[i]!, writer.at);
  }
  return buffer.subarray(0, writer.at);
}
