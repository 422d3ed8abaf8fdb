/**
 * Encodes what a subscriber receives: `StreamingPullResponse`, and `PullResponse`, which has the same messages in the
 * same field.
 *
 * @module
 */
import {
  ACK_ID,
  ACKNOWLEDGE_CONFIRMATION,
  DELIVERY_ATTEMPT,
  EXACTLY_ONCE,
  MESSAGE,
  MODIFY_ACK_DEADLINE_CONFIRMATION,
  ORDERING,
  RECEIVED_MESSAGES,
  SUBSCRIPTION_PROPERTIES,
} from "../wire/fields.ts";
import { concat, field, fieldLength, text, varintLength, WireWriter } from "../wire/protobuf.ts";
import type { AckIdCodec } from "./ack_ids.ts";
import { GROUP_MESSAGES_MAX } from "./leases.ts";
import type { MessageLog } from "./message_log.ts";

/** What goes into a response. */
export interface ResponseContent {
  /** Where the messages are. */
  readonly log: MessageLog;
  /** Which messages, in the order in which they appear. */
  readonly positions: readonly number[];
  /** The lease group that they make. */
  readonly group: number;
  readonly ackIds: AckIdCodec;
  /** How often a message was handed over, this time included; left out where nobody counts. */
  readonly attempt?: (position: number) => number;
  /** What follows the messages, encoded. */
  readonly tail: Uint8Array;
}

/** The encoded response. */
export function encodeResponse({ log, positions, group, ackIds, attempt, tail }: ResponseContent): Uint8Array {
  const ackIdField = fieldLength(ackIds.length);
  const lengths = new Uint32Array(positions.length);
  let total = tail.length;
  for (let index = 0; index < positions.length; index++) {
    const position = positions[index]!;
    let length = ackIdField + fieldLength(log.size(position));
    if (attempt !== undefined) length += 1 + varintLength(attempt(position));
    lengths[index] = length;
    total += fieldLength(length);
  }
  const writer = new WireWriter(new Uint8Array(total));
  for (let index = 0; index < positions.length; index++) {
    const position = positions[index]!;
    writer.header(RECEIVED_MESSAGES, lengths[index]!);
    writer.header(ACK_ID, ackIds.length);
    ackIds.write(writer.bytes, writer.at, group * GROUP_MESSAGES_MAX + index);
    writer.at += ackIds.length;
    const message = log.message(position);
    writer.header(MESSAGE, message.length);
    writer.raw(message);
    if (attempt !== undefined) writer.number(DELIVERY_ATTEMPT, attempt(position));
  }
  writer.raw(tail);
  return writer.bytes;
}

/** The tail that tells a stream about its subscription; false is protobuf's default and takes no bytes. */
export function encodeProperties(
  { exactlyOnce, ordering }: { readonly exactlyOnce: boolean; readonly ordering: boolean },
): Uint8Array {
  const length = (exactlyOnce ? 2 : 0) + (ordering ? 2 : 0);
  const writer = new WireWriter(new Uint8Array(fieldLength(length)));
  writer.header(SUBSCRIPTION_PROPERTIES, length);
  if (exactlyOnce) writer.number(EXACTLY_ONCE, 1);
  if (ordering) writer.number(ORDERING, 1);
  return writer.bytes;
}

/** Encodes the response that tells what became of the ids that a request on a stream settled. */
export function encodeConfirmation(ids: {
  readonly acknowledged: readonly string[];
  readonly invalidAcks: readonly string[];
  readonly modified: readonly string[];
  readonly invalidDeadlines: readonly string[];
}): Uint8Array {
  const list = (number: number, values: readonly string[]) => values.map((id) => text(number, id));
  return concat([
    field(ACKNOWLEDGE_CONFIRMATION, concat([...list(1, ids.acknowledged), ...list(2, ids.invalidAcks)])),
    field(MODIFY_ACK_DEADLINE_CONFIRMATION, concat([...list(1, ids.modified), ...list(2, ids.invalidDeadlines)])),
  ]);
}
