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

/** A message as the server hands it over. Its parts may be made anew each time that they are read. */
export interface ReceivedMessage {
  readonly ackId: string;
  readonly deliveryAttempt: number;
  readonly messageId: string;
  readonly publishTime: ProtoTimestamp;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  /** What flow control counts: the bytes of data and attributes. */
  readonly bytes: number;
}

/** `ack`: done, never deliver it again. `nack`: give it back, deliver it again now. */
export type Settlement = "ack" | "nack";

/**
 * A leased message. Its states are *held* and *settled*; {@linkcode Delivery.ack} and {@linkcode Delivery.nack} both
 * move from the one to the other, the first call wins and later ones do nothing. A delivery that is never settled
 * is given back when its subscriber closes.
 */
export class Delivery implements ReceivedMessage {
  readonly #received: ReceivedMessage;
  readonly #settle: (delivery: Delivery, settlement: Settlement) => void;
  #settled = false;

  /** @param settle Called once, with the settlement that won. */
  constructor(received: ReceivedMessage, settle: (delivery: Delivery, settlement: Settlement) => void) {
    this.#received = received;
    this.#settle = settle;
  }

  /** The token that settles or extends this lease. */
  get ackId(): string {
    return this.#received.ackId;
  }

  /** The server's count of deliveries, from 1; 0 where it does not count. */
  get deliveryAttempt(): number {
    return this.#received.deliveryAttempt;
  }

  get messageId(): string {
    return this.#received.messageId;
  }

  get publishTime(): ProtoTimestamp {
    return this.#received.publishTime;
  }

  get data(): Uint8Array {
    return this.#received.data;
  }

  get attributes(): Readonly<Record<string, string>> {
    return this.#received.attributes;
  }

  get bytes(): number {
    return this.#received.bytes;
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
