/**
 * Reads what a streaming pull brings, straight from the wire. The client library's own way makes four objects of each
 * message and then copies them all; this is the one place where that is a tenth of all that LMS does.
 *
 * Field numbers are those of https://github.com/googleapis/googleapis/blob/master/google/pubsub/v1/pubsub.proto.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { ProtoTimestamp, ReceivedMessage } from "./delivery.ts";
import type { SubscriptionProperties } from "./transport.ts";
import { WireReader } from "./wire.ts";

/** Fields of `StreamingPullResponse`. */
const RECEIVED_MESSAGES = 1;
const SUBSCRIPTION_PROPERTIES = 4;
/** Fields of `ReceivedMessage`. */
const ACK_ID = 1;
const MESSAGE = 2;
const DELIVERY_ATTEMPT = 3;
/** Fields of `PubsubMessage`. */
const DATA = 1;
const ATTRIBUTES = 2;
const MESSAGE_ID = 3;
const PUBLISH_TIME = 4;
/** Fields of an entry of a map. */
const KEY = 1;
const VALUE = 2;
/** Fields of `google.protobuf.Timestamp`. */
const SECONDS = 1;
const NANOS = 2;
/** Fields of `SubscriptionProperties`. */
const EXACTLY_ONCE = 1;
const ORDERING = 2;

/** A response: its messages in their order, and what the server says of the subscription where it does. */
export interface PullResponse {
  readonly messages: readonly ReceivedMessage[];
  readonly properties: SubscriptionProperties | undefined;
}

const NO_DATA = new Uint8Array();
const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Reads a `StreamingPullResponse`.
 *
 * @param bytes The messages' data are views into it: it must not be written to any more.
 * @throws {RangeError} When the bytes are no such message.
 */
export function readPullResponse(bytes: Buffer): PullResponse {
  const messages: ReceivedMessage[] = [];
  let properties: SubscriptionProperties | undefined;
  const reader = new WireReader(bytes);
  const readers = { received: new WireReader(bytes), message: new WireReader(bytes), time: new WireReader(bytes) };
  while (reader.next()) {
    if (reader.field === RECEIVED_MESSAGES) messages.push(readReceived(bytes, reader, readers));
    else if (reader.field === SUBSCRIPTION_PROPERTIES) properties = readProperties(bytes, reader);
  }
  return { messages, properties };
}

/** Where a nested message lies. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Readers for what is nested, used again for each message. */
interface Readers {
  readonly received: WireReader;
  readonly message: WireReader;
  readonly time: WireReader;
}

function readReceived(bytes: Buffer, at: Span, { received, message, time }: Readers): ReceivedMessage {
  let ackId = "";
  let deliveryAttempt = 0;
  let messageId = "";
  let publishTime: ProtoTimestamp = { seconds: 0, nanos: 0 };
  let data: Uint8Array = NO_DATA;
  let attributes = NO_ATTRIBUTES;
  received.aim(at);
  while (received.next()) {
    if (received.field === ACK_ID) ackId = bytes.toString("utf8", received.start, received.end);
    else if (received.field === DELIVERY_ATTEMPT) deliveryAttempt = received.value;
    else if (received.field === MESSAGE) {
      message.aim(received);
      while (message.next()) {
        switch (message.field) {
          case DATA:
            data = bytes.subarray(message.start, message.end);
            break;
          case ATTRIBUTES:
            attributes = withAttribute(attributes, bytes, message);
            break;
          case MESSAGE_ID:
            messageId = bytes.toString("utf8", message.start, message.end);
            break;
          case PUBLISH_TIME:
            time.aim(message);
            publishTime = readTimestamp(time);
            break;
        }
      }
    }
  }
  return { ackId, deliveryAttempt, messageId, publishTime, data, attributes };
}

function withAttribute(
  attributes: Readonly<Record<string, string>>,
  bytes: Buffer,
  at: Span,
): Readonly<Record<string, string>> {
  let [key, value] = ["", ""];
  const reader = new WireReader(bytes, at);
  while (reader.next()) {
    if (reader.field === KEY) key = bytes.toString("utf8", reader.start, reader.end);
    else if (reader.field === VALUE) value = bytes.toString("utf8", reader.start, reader.end);
  }
  const all: Record<string, string> = attributes === NO_ATTRIBUTES ? {} : attributes;
  // An attribute of this name must not become the object's prototype.
  if (key === "__proto__") {
    Object.defineProperty(all, key, { value, enumerable: true, configurable: true, writable: true });
  } else all[key] = value;
  return all;
}

function readTimestamp(reader: WireReader): ProtoTimestamp {
  let seconds = 0;
  let nanos = 0;
  while (reader.next()) {
    if (reader.field === SECONDS) seconds = reader.value;
    else if (reader.field === NANOS) nanos = reader.value;
  }
  return { seconds, nanos };
}

function readProperties(bytes: Buffer, at: Span): SubscriptionProperties {
  let [exactlyOnceDelivery, messageOrdering] = [false, false];
  const reader = new WireReader(bytes, at);
  while (reader.next()) {
    if (reader.field === EXACTLY_ONCE) exactlyOnceDelivery = reader.value !== 0;
    else if (reader.field === ORDERING) messageOrdering = reader.value !== 0;
  }
  return { exactlyOnceDelivery, messageOrdering };
}
