/**
 * Reads what a streaming pull brings, straight from the wire. The client library's own way makes four objects of each
 * message and then copies them all; this is the one place where that is a tenth of all that LMS does. What is read is
 * held until it is stored, tens of thousands of messages at once, and whatever they consist of, the garbage collector
 * moves twice and looks at again and again.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import {
  ACK_ID,
  ATTRIBUTES,
  DATA,
  DELIVERY_ATTEMPT,
  EXACTLY_ONCE,
  KEY,
  MESSAGE,
  MESSAGE_ID,
  NANOS,
  ORDERING,
  PUBLISH_TIME,
  RECEIVED_MESSAGES,
  SECONDS,
  SUBSCRIPTION_PROPERTIES,
  VALUE,
} from "../wire/fields.ts";
import { WireReader } from "../wire/protobuf.ts";
import type { ProtoTimestamp, ReceivedMessage } from "./delivery.ts";
import type { SubscriptionProperties } from "./transport.ts";

/**
 * Messages taken from one response, at most. Servers send some thousand; the 10 MB of a response can hold five million
 * empty ones, which would take more than a gigabyte to keep track of.
 */
const MESSAGES_MAX = 20_000;

/** A response: its messages in their order, and what the server says of the subscription where it does. */
export interface PullResponse {
  readonly messages: readonly ReceivedMessage[];
  /** How many messages beyond these are not taken. Their leases lapse, and they come again. */
  readonly refused: number;
  readonly properties: SubscriptionProperties | undefined;
}

/**
 * Reads a `StreamingPullResponse`.
 *
 * Each message is as small as can be for as long as it waits: what it holds is where its parts lie, and every part is
 * made anew whenever it is asked for. The bytes live as long as any of the messages.
 *
 * @param bytes Read again later, and by the messages' data viewed: it must not be written to any more.
 * @throws {RangeError} When the bytes are no such message. What is read later cannot fail.
 */
export function readPullResponse(bytes: Buffer): PullResponse {
  const reader = new WireReader(bytes);
  let count = 0;
  let properties: SubscriptionProperties | undefined;
  while (reader.next()) {
    if (reader.field === RECEIVED_MESSAGES) count++;
    else if (reader.field === SUBSCRIPTION_PROPERTIES) properties = readProperties(bytes, reader);
  }
  const taken = Math.min(count, MESSAGES_MAX);
  const messages = new Array<ReceivedMessage>(taken);
  const parts = new Parts(bytes, taken);
  const readers = { received: new WireReader(bytes), message: new WireReader(bytes), inner: new WireReader(bytes) };
  reader.aim({ start: 0, end: bytes.length });
  for (let index = 0; index < taken && reader.next();) {
    if (reader.field !== RECEIVED_MESSAGES) continue;
    findParts(parts, index, reader, readers);
    messages[index] = new WireMessage(parts, index);
    index++;
  }
  return { messages, refused: count - taken, properties };
}

/** Columns of {@linkcode Parts}: where a part begins and ends, or what it is where it is a number. */
const ACK_ID_START = 0;
const ACK_ID_END = 1;
const DELIVERY_ATTEMPTS = 2;
const MESSAGE_START = 3;
const MESSAGE_END = 4;
const DATA_START = 5;
const DATA_END = 6;
const MESSAGE_ID_START = 7;
const MESSAGE_ID_END = 8;
const ATTRIBUTE_COUNT = 9;
const ATTRIBUTE_BYTES = 10;
const COLUMNS = 11;

/**
 * Where the parts of a response's messages lie: a table with a row for each. Numbers in it cost the garbage collector
 * nothing. An absent part is from 0 to 0, or 0.
 */
class Parts {
  readonly bytes: Buffer;
  readonly rows: Int32Array;
  /** The publish times. Seconds take more than 32 bits, and so do nanoseconds that no server should send. */
  readonly seconds: Float64Array;
  readonly nanos: Float64Array;

  constructor(bytes: Buffer, count: number) {
    this.bytes = bytes;
    this.rows = new Int32Array(count * COLUMNS);
    this.seconds = new Float64Array(count);
    this.nanos = new Float64Array(count);
  }
}

/** A message as a row of the table. */
class WireMessage implements ReceivedMessage {
  readonly #parts: Parts;
  readonly #index: number;

  constructor(parts: Parts, index: number) {
    this.#parts = parts;
    this.#index = index;
  }

  get ackId(): string {
    return this.#text(ACK_ID_START, ACK_ID_END);
  }

  get deliveryAttempt(): number {
    return this.#number(DELIVERY_ATTEMPTS);
  }

  /** Ids are ASCII. Of one that is not every byte is kept, so that no two of them become the same. */
  get messageId(): string {
    return this.#parts.bytes.toString("latin1", this.#number(MESSAGE_ID_START), this.#number(MESSAGE_ID_END));
  }

  get publishTime(): ProtoTimestamp {
    return { seconds: this.#parts.seconds[this.#index]!, nanos: this.#parts.nanos[this.#index]! };
  }

  get data(): Uint8Array {
    return this.#parts.bytes.subarray(this.#number(DATA_START), this.#number(DATA_END));
  }

  get attributes(): Readonly<Record<string, string>> {
    const attributes: Record<string, string> = {};
    if (this.#number(ATTRIBUTE_COUNT) === 0) return attributes;
    const { bytes } = this.#parts;
    const message = new WireReader(bytes, { start: this.#number(MESSAGE_START), end: this.#number(MESSAGE_END) });
    while (message.next()) if (message.field === ATTRIBUTES) addAttribute(attributes, bytes, message);
    return attributes;
  }

  get bytes(): number {
    return this.#number(DATA_END) - this.#number(DATA_START) + this.#number(ATTRIBUTE_BYTES);
  }

  #number(column: number): number {
    return this.#parts.rows[this.#index * COLUMNS + column]!;
  }

  #text(start: number, end: number): string {
    return this.#parts.bytes.toString("utf8", this.#number(start), this.#number(end));
  }
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
  readonly inner: WireReader;
}

/** Fills a row of the table, which is 0 throughout. */
function findParts(parts: Parts, index: number, at: Span, { received, message, inner }: Readers): void {
  const { rows, seconds, nanos } = parts;
  const row = index * COLUMNS;
  received.aim(at);
  while (received.next()) {
    if (received.field === ACK_ID) {
      rows[row + ACK_ID_START] = received.start;
      rows[row + ACK_ID_END] = received.end;
    } else if (received.field === DELIVERY_ATTEMPT) {
      rows[row + DELIVERY_ATTEMPTS] = received.value;
    } else if (received.field === MESSAGE) {
      rows[row + MESSAGE_START] = received.start;
      rows[row + MESSAGE_END] = received.end;
      message.aim(received);
      while (message.next()) {
        switch (message.field) {
          case DATA:
            rows[row + DATA_START] = message.start;
            rows[row + DATA_END] = message.end;
            break;
          case ATTRIBUTES:
            rows[row + ATTRIBUTE_COUNT]! += 1;
            rows[row + ATTRIBUTE_BYTES]! += attributeBytes(inner, message);
            break;
          case MESSAGE_ID:
            rows[row + MESSAGE_ID_START] = message.start;
            rows[row + MESSAGE_ID_END] = message.end;
            break;
          case PUBLISH_TIME:
            inner.aim(message);
            while (inner.next()) {
              if (inner.field === SECONDS) seconds[index] = inner.value;
              else if (inner.field === NANOS) nanos[index] = inner.value;
            }
            break;
        }
      }
    }
  }
}

/** Bytes of an attribute's name and value. */
function attributeBytes(reader: WireReader, at: Span): number {
  let bytes = 0;
  reader.aim(at);
  while (reader.next()) {
    if (reader.field === KEY || reader.field === VALUE) bytes += reader.end - reader.start;
  }
  return bytes;
}

function addAttribute(attributes: Record<string, string>, bytes: Buffer, at: Span): void {
  let [key, value] = ["", ""];
  const reader = new WireReader(bytes, at);
  while (reader.next()) {
    if (reader.field === KEY) key = bytes.toString("utf8", reader.start, reader.end);
    else if (reader.field === VALUE) value = bytes.toString("utf8", reader.start, reader.end);
  }
  // An attribute of this name must not become the object's prototype.
  if (key === "__proto__") {
    Object.defineProperty(attributes, key, { value, enumerable: true, configurable: true, writable: true });
  } else attributes[key] = value;
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
