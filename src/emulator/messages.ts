/**
 * The requests and responses of the Pub/Sub API as the fake server sees them. They are frequent, and so read by hand
 * straight from the wire.
 *
 * @module
 */
import { ATTRIBUTES, DATA, KEY, ORDERING_KEY, PUBLISH_TIME, VALUE } from "../wire/fields.ts";
import { concat, field, fieldLength, text, WireReader, WireWriter } from "../wire/protobuf.ts";
import { AckIdList } from "./ack_ids.ts";

/** Google's limit (https://cloud.google.com/pubsub/quotas#resource_limits). */
const ORDERING_KEY_BYTES_MAX = 1024;

/** A message as a program in the same process publishes it. */
export interface NewMessage {
  readonly data: Uint8Array;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Messages with the same key are handed over in order by subscriptions with message ordering. Default: none. */
  readonly orderingKey?: string;
}

/** Messages to publish, encoded. */
export interface PublishRequest {
  readonly topic: string;
  /** Views into the request. */
  readonly messages: readonly Uint8Array[];
  /** Bytes of the whole request. */
  readonly bytes: number;
}

/** Ids to acknowledge, or whose deadline to set. */
export interface AckRequest {
  readonly subscription: string;
  readonly ackIds: AckIdList;
  /** 0 in an acknowledge request. */
  readonly seconds: number;
  /** Bytes of the whole request. */
  readonly bytes: number;
}

/** Reads a PublishRequest. The messages are views into the bytes. */
export function readPublishRequest(bytes: Uint8Array): PublishRequest {
  const reader = new WireReader(bytes);
  const messages: Uint8Array[] = [];
  let topic = "";
  while (reader.next()) {
    const value = bytes.subarray(reader.start, reader.end);
    if (reader.field === 1) topic = new TextDecoder().decode(value);
    else if (reader.field === 2) messages.push(value);
  }
  return { topic, messages, bytes: bytes.length };
}

/** Reads an AcknowledgeRequest. */
export function readAcknowledgeRequest(bytes: Uint8Array): AckRequest {
  return readAckRequest(bytes, 2);
}

/** Reads a ModifyAckDeadlineRequest. */
export function readModifyAckDeadlineRequest(bytes: Uint8Array): AckRequest {
  return readAckRequest(bytes, 4);
}

function readAckRequest(bytes: Uint8Array, ackIdField: number): AckRequest {
  const reader = new WireReader(bytes);
  const bounds: number[] = [];
  let subscription = "";
  let seconds = 0;
  while (reader.next()) {
    if (reader.field === ackIdField) bounds.push(reader.start, reader.end);
    else if (reader.field === 1) subscription = new TextDecoder().decode(bytes.subarray(reader.start, reader.end));
    else if (reader.field === 3) seconds = reader.value;
  }
  return { subscription, ackIds: new AckIdList(bytes, bounds), seconds, bytes: bytes.length };
}

/** Encodes a PublishResponse. */
export function encodePublishResponse(messageIds: readonly string[]): Uint8Array {
  return concat(messageIds.map((id) => text(1, id)));
}

/** Encodes a `PubsubMessage` without id and time. */
export function encodeMessage({ data, attributes, orderingKey }: NewMessage): Uint8Array {
  const encoded = attributes === undefined ? [] : encodeAttributes(attributes);
  if (orderingKey) encoded.push(text(ORDERING_KEY, orderingKey));
  let length = fieldLength(data.length);
  for (const rest of encoded) length += rest.length;
  const writer = new WireWriter(new Uint8Array(length));
  writer.header(DATA, data.length);
  writer.raw(data);
  for (const rest of encoded) writer.raw(rest);
  return writer.bytes;
}

/** Attributes as fields of a `PubsubMessage`. */
export function encodeAttributes(attributes: Readonly<Record<string, string>>): Uint8Array[] {
  return Object.entries(attributes).map(([key, value]) =>
    field(ATTRIBUTES, concat([text(KEY, key), text(VALUE, value)]))
  );
}

/** Why Google's service would refuse an encoded `PubsubMessage`; `undefined`: it would not. */
export function messageFault(message: Uint8Array): string | undefined {
  const reader = new WireReader(message);
  let dataBytes = 0;
  let attributes = 0;
  while (reader.next()) {
    const length = reader.end - reader.start;
    if (reader.field === DATA) dataBytes = length;
    if (reader.field === ORDERING_KEY && length > ORDERING_KEY_BYTES_MAX) {
      return `The ordering key is too long: ${length} bytes, the maximum is ${ORDERING_KEY_BYTES_MAX}.`;
    }
    if (reader.field !== ATTRIBUTES) continue;
    attributes++;
    const fault = attributeFault(message, reader);
    if (fault !== undefined) return fault;
  }
  if (attributes > 100) return `The value for attributes is too large. You passed ${attributes}, the maximum is 100.`;
  if (dataBytes > 0 || attributes > 0) return undefined;
  return "One or more messages in the publish request is empty. Each message must contain either non-empty data, " +
    "or at least one attribute.";
}

function attributeFault(message: Uint8Array, entry: WireReader): string | undefined {
  const reader = new WireReader(message, { start: entry.start, end: entry.end });
  let keyBytes = 0;
  let valueBytes = 0;
  while (reader.next()) {
    const length = reader.end - reader.start;
    if (reader.field === KEY) keyBytes = length;
    else if (reader.field === VALUE) valueBytes = length;
  }
  if (keyBytes === 0) return "One or more messages in the publish request has an attribute with an empty key.";
  if (keyBytes > 256) return `An attribute key is too long: ${keyBytes} bytes, the maximum is 256.`;
  if (valueBytes > 1024) return `An attribute value is too long: ${valueBytes} bytes, the maximum is 1024.`;
  return undefined;
}

/** The ordering key of an encoded `PubsubMessage`; empty where it has none. */
export function orderingKey(message: Uint8Array): string {
  const reader = new WireReader(message);
  let key = "";
  while (reader.next()) {
    if (reader.field === ORDERING_KEY) key = new TextDecoder().decode(message.subarray(reader.start, reader.end));
  }
  return key;
}

/** When a stored message was published, in milliseconds since 1970. */
export function publishTimeMs(message: Uint8Array): number {
  const reader = new WireReader(message);
  let ms = 0;
  while (reader.next()) {
    if (reader.field !== PUBLISH_TIME) continue;
    const time = new WireReader(message, reader);
    ms = 0;
    // Seconds, nanoseconds.
    while (time.next()) ms += time.field === 1 ? time.value * 1000 : time.value / 1e6;
  }
  return ms;
}

/** What a publisher put into a stored message: everything but id and time. */
export function withoutStamp(message: Uint8Array): Uint8Array {
  const reader = new WireReader(message);
  const writer = new WireWriter(new Uint8Array(message.length));
  while (reader.next()) {
    if (reader.field !== DATA && reader.field !== ATTRIBUTES && reader.field !== ORDERING_KEY) continue;
    writer.header(reader.field, reader.end - reader.start);
    writer.raw(message.subarray(reader.start, reader.end));
  }
  return writer.bytes.subarray(0, writer.at);
}
