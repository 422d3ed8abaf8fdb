/**
 * Messages as a server hands them over, and deliveries of them, for tests.
 *
 * @module
 */
import { Delivery, type ReceivedMessage, type Settlement } from "../../src/pubsub/delivery.ts";
import { FAKE_START_MS } from "./time.ts";

const UTF8 = new TextEncoder();

/** What of a message a test cares about. */
export interface ReceivedFields {
  /** Bytes as they are, a text in UTF-8, anything else as JSON; default: a log entry that names the message. */
  readonly data?: unknown;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly ackId?: string;
  readonly deliveryAttempt?: number;
}

/**
 * Message number `n`, with the identity that `key(n)` of `entries.ts` has.
 *
 * @param fields.ackId Default `ack-N`; a redelivery gets another one.
 */
export function received(n: number, fields: ReceivedFields = {}): ReceivedMessage {
  const { data = { service_name: `service-${n % 3}`, payload: `message ${n}`, severity: "info" } } = fields;
  const { attributes = {} } = fields;
  const bytes = data instanceof Uint8Array ? data : UTF8.encode(typeof data === "string" ? data : JSON.stringify(data));
  return {
    ackId: fields.ackId ?? `ack-${n}`,
    deliveryAttempt: fields.deliveryAttempt ?? 0,
    messageId: String(1_000_000 + n),
    publishTime: { seconds: FAKE_START_MS / 1000, nanos: n * 1000 },
    data: bytes,
    attributes,
    bytes: Object.entries(attributes).flat().reduce((sum, text) => sum + UTF8.encode(text).length, bytes.length),
  };
}

/** Messages `from` to `from + count - 1`. */
export function receivedRange(from: number, count: number, fields: ReceivedFields = {}): ReceivedMessage[] {
  return Array.from({ length: count }, (_, i) => received(from + i, fields));
}

/** Deliveries of messages `from` to `from + count - 1` whose settlements nobody hears of. */
export function deliveries(from: number, count: number): Delivery[] {
  return receivedRange(from, count).map((message) => new Delivery(message, () => {}));
}

/** Keeps what became of deliveries, in order. */
export class SettlementLog {
  readonly settlements: { readonly delivery: Delivery; readonly settlement: Settlement }[] = [];
  readonly #onSettle: (delivery: Delivery, settlement: Settlement) => void;

  /** @param onSettle Told of each settlement as it happens. */
  constructor(onSettle: (delivery: Delivery, settlement: Settlement) => void = () => {}) {
    this.#onSettle = onSettle;
  }

  /** Ack ids that were acknowledged, in order. */
  get acked(): string[] {
    return this.#settledBy("ack");
  }

  /** Ack ids that were given back, in order. */
  get nacked(): string[] {
    return this.#settledBy("nack");
  }

  /** Makes deliveries whose settlements are kept here. */
  deliver(messages: readonly ReceivedMessage[]): Delivery[] {
    return messages.map((message) =>
      new Delivery(message, (delivery, settlement) => {
        this.settlements.push({ delivery, settlement });
        this.#onSettle(delivery, settlement);
      })
    );
  }

  #settledBy(wanted: Settlement): string[] {
    return this.settlements.filter(({ settlement }) => settlement === wanted).map(({ delivery }) => delivery.ackId);
  }
}
