/**
 * One leased hand-over of a message, settled once.
 *
 * @module
 */

/** A moment as Pub/Sub's protocol writes it. `seconds` is since 1970, `nanos` is 0 to 999,999,999. */
export interface ProtoTimestamp {
  readonly seconds: string | number;
  readonly nanos: number;
}

/** A message as the server hands it over. */
export interface ReceivedMessage {
  readonly ackId: string;
  readonly deliveryAttempt: number;
  readonly messageId: string;
  readonly publishTime: ProtoTimestamp;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `ack`: done, never deliver it again. `nack`: give it back, deliver it again now. */
export type Settlement = "ack" | "nack";

/**
 * A leased message. Its states are *held* and *settled*; {@linkcode Delivery.ack} and {@linkcode Delivery.nack} both
 * move from the one to the other, the first call wins and later ones do nothing. A delivery that is never settled
 * is given back when its subscriber closes.
 */
export class Delivery {
  readonly messageId: string;
  readonly publishTime: ProtoTimestamp;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  /** The server's count of deliveries, from 1; 0 where it does not count. */
  readonly deliveryAttempt: number;
  /** The token that settles or extends this lease. */
  readonly ackId: string;
  /** What flow control counts: the bytes of data and attributes. */
  readonly bytes: number;
  #settled = false;
  readonly #settle: (delivery: Delivery, settlement: Settlement) => void;

  /** @param settle Called once, with the settlement that won. */
  constructor(received: ReceivedMessage, settle: (delivery: Delivery, settlement: Settlement) => void) {
    const { data, attributes } = received;
    this.messageId = received.messageId;
    this.publishTime = received.publishTime;
    this.data = data;
    this.attributes = attributes;
    this.deliveryAttempt = received.deliveryAttempt;
    this.ackId = received.ackId;
    let bytes = data.byteLength;
    for (const name in attributes) bytes += name.length + attributes[name]!.length;
    this.bytes = bytes;
    this.#settle = settle;
  }

  /** Whether `ack` or `nack` was called. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Done: the message is stored. */
  ack(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle(this, "ack");
  }

  /** Given back: the server delivers it again at once, here or elsewhere, and counts a delivery attempt. */
  nack(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle(this, "nack");
  }
}
