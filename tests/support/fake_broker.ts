/**
 * The fake server's insides without gRPC: a broker, and what it hands over, read back.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { AckIdList } from "../../src/emulator/ack_ids.ts";
import { Broker } from "../../src/emulator/broker.ts";
import { Counters, type Stats } from "../../src/emulator/counters.ts";
import { FaultPlan, type Faults } from "../../src/emulator/faults.ts";
import { MessageStamps } from "../../src/emulator/message_stamps.ts";
import { encodeMessage } from "../../src/emulator/messages.ts";
import type { Consumer, Subscription } from "../../src/emulator/subscription.ts";
import type { SubscriptionTraits } from "../../src/emulator/traits.ts";
import { seededFractions } from "../../src/ops/random.ts";
import { WireReader } from "../../src/wire/protobuf.ts";

/** A message as it was handed over. */
export interface HandedOver {
  readonly ackId: string;
  readonly text: string;
  /** 0 where attempts are not counted. */
  readonly attempt: number;
}

/** A broker with a topic and a subscription to it. */
export class BrokerFixture implements Disposable {
  static readonly TOPIC = "projects/p/topics/logs";
  static readonly SUBSCRIPTION = "projects/p/subscriptions/logs";
  readonly counters: Counters;
  readonly faults: FaultPlan;
  readonly broker: Broker;

  constructor(
    options: {
      readonly faults?: Partial<Faults>;
      readonly traits?: Partial<SubscriptionTraits>;
      /** Further topics. */
      readonly topics?: readonly string[];
    } = {},
  ) {
    const random = seededFractions(1);
    this.faults = new FaultPlan(random);
    this.faults.change(options.faults ?? {});
    this.counters = new Counters(() => this.broker.waiting);
    this.broker = new Broker({
      counters: this.counters,
      faults: this.faults,
      random,
      ackIdLength: 16,
      stamps: new MessageStamps({ order: "increasing", timePrecision: "us", random }),
    });
    this.broker.createTopic(BrokerFixture.TOPIC);
    for (const topic of options.topics ?? []) this.broker.createTopic(topic);
    this.subscribe(options.traits ?? {});
  }

  get subscription(): Subscription {
    return this.broker.subscription(BrokerFixture.SUBSCRIPTION);
  }

  get stats(): Stats {
    return this.counters.snapshot();
  }

  subscribe(traits: Partial<SubscriptionTraits>): void {
    this.broker.createSubscription({
      name: BrokerFixture.SUBSCRIPTION,
      topic: BrokerFixture.TOPIC,
      ackDeadlineSeconds: 10,
      exactlyOnce: false,
      ordering: false,
      ...traits,
    });
  }

  publish(...texts: string[]): void {
    this.publishKeyed("", ...texts);
  }

  /** Publishes with an ordering key. */
  publishKeyed(orderingKey: string, ...texts: string[]): void {
    const encoder = new TextEncoder();
    const messages = texts.map((text) => encodeMessage({ data: encoder.encode(text), orderingKey }));
    this.broker.topic(BrokerFixture.TOPIC).publish(messages);
  }

  /** Attaches a consumer. */
  consumer(limits: Partial<Pick<RecordingConsumer, "messagesMax" | "bytesMax" | "leaseMs">> = {}): RecordingConsumer {
    const consumer = Object.assign(new RecordingConsumer(), limits);
    this.subscription.attach(consumer);
    return consumer;
  }

  acknowledge(...messages: readonly HandedOver[]): number[] {
    return this.subscription.acknowledge(AckIdList.of(messages.map(({ ackId }) => ackId)));
  }

  modifyDeadline(seconds: number, ...messages: readonly HandedOver[]): number[] {
    return this.subscription.modifyDeadline(AckIdList.of(messages.map(({ ackId }) => ackId)), seconds);
  }

  /** Waits until everything is handed over that can be; that takes turns of the event loop, and no time. */
  async settled(): Promise<void> {
    for (let delivered = -1; delivered !== this.stats.delivered;) {
      delivered = this.stats.delivered;
      // Three turns: one to hand over, two for whatever that set off.
      for (let turn = 0; turn < 3; turn++) await nextTurn();
    }
  }

  [Symbol.dispose](): void {
    this.broker[Symbol.dispose]();
    this.counters[Symbol.dispose]();
  }
}

/** A turn of the event loop, in which immediates run. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => resolve()));
}

/** A consumer that keeps what it gets. */
export class RecordingConsumer implements Consumer {
  readonly wantsProperties = false;
  leaseMs = 10_000;
  messagesMax = Infinity;
  bytesMax = Infinity;
  /** One list a response. */
  readonly responses: HandedOver[][] = [];
  failure: Error | undefined;
  #messages = 0;
  #bytes = 0;

  get messages(): HandedOver[] {
    return this.responses.flat();
  }

  get texts(): string[] {
    return this.messages.map(({ text }) => text);
  }

  get roomMessages(): number {
    return this.messagesMax - this.#messages;
  }

  get roomBytes(): number {
    return this.bytesMax - this.#bytes;
  }

  get idle(): boolean {
    return this.#messages === 0;
  }

  deliver(response: Uint8Array, { messages, bytes }: { readonly messages: number; readonly bytes: number }): void {
    this.#messages += messages;
    this.#bytes += bytes;
    this.responses.push(readResponse(response));
  }

  released(bytes: number): void {
    this.#messages--;
    this.#bytes -= bytes;
  }

  fail(error: Error): void {
    this.failure = error;
  }
}

/** The messages of an encoded response. */
export function readResponse(bytes: Uint8Array): HandedOver[] {
  const received: HandedOver[] = [];
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.field === 1) received.push(readReceived(bytes, reader));
  }
  return received;
}

function readReceived(bytes: Uint8Array, span: { readonly start: number; readonly end: number }): HandedOver {
  const reader = new WireReader(bytes, span);
  const received = { ackId: "", text: "", attempt: 0 };
  while (reader.next()) {
    if (reader.field === 1) received.ackId = textOf(bytes, reader);
    else if (reader.field === 2) received.text = dataOf(bytes, reader);
    else received.attempt = reader.value;
  }
  return received;
}

function dataOf(bytes: Uint8Array, span: { readonly start: number; readonly end: number }): string {
  const reader = new WireReader(bytes, span);
  while (reader.next()) {
    if (reader.field === 1) return textOf(bytes, reader);
  }
  return "";
}

function textOf(bytes: Uint8Array, { start, end }: { readonly start: number; readonly end: number }): string {
  return new TextDecoder().decode(bytes.subarray(start, end));
}
