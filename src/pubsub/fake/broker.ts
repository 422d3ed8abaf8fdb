/**
 * The topics and subscriptions of the fake server, without gRPC.
 *
 * @module
 */
import type { Counters } from "./counters.ts";
import type { FaultPlan } from "./faults.ts";
import { encodeAttributes, publishTimeMs, withoutStamp } from "./messages.ts";
import type { MessageStamps } from "./message_stamps.ts";
import { alreadyExists, invalidArgument, notFound } from "./status_error.ts";
import { Subscription, type SubscriptionTraits } from "./subscription.ts";
import { Topic } from "./topic.ts";
import { concat } from "../wire.ts";

/** What a deleted topic is called by the subscriptions that it leaves behind. */
const DELETED_TOPIC = "_deleted-topic_";

/** Letters, digits and `-_.~+%`, beginning with a letter, 3 to 255 characters. */
const NAME = /^projects\/[^/]+\/(topics|subscriptions)\/[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}$/;

/** A subscription to be. */
export interface NewSubscription extends SubscriptionTraits {
  /** `projects/PROJECT/topics/NAME`; must exist. */
  readonly topic: string;
}

/** What a broker works with. */
export interface BrokerParts {
  readonly counters: Counters;
  readonly faults: FaultPlan;
  readonly stamps: MessageStamps;
  readonly random: () => number;
  readonly ackIdLength: number;
}

/** All topics and subscriptions. Throws `StatusError`s as a call to Google's service would. */
export class Broker implements Disposable {
  readonly #parts: BrokerParts;
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions = new Map<string, { readonly subscription: Subscription; topic: string }>();

  constructor(parts: BrokerParts) {
    this.#parts = parts;
  }

  /** Messages that wait to be handed over. */
  get waiting(): number {
    let waiting = 0;
    for (const { subscription } of this.#subscriptions.values()) waiting += subscription.waiting;
    return waiting;
  }

  createTopic(name: string): void {
    checkName(name, "topics");
    if (this.#topics.has(name)) throw alreadyExists(name);
    this.#topics.set(name, new Topic(name, this.#parts));
  }

  topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw notFound(name);
    return topic;
  }

  /** Its subscriptions stay, and keep what waits. */
  deleteTopic(name: string): void {
    this.topic(name);
    this.#topics.delete(name);
    for (const entry of this.#subscriptions.values()) {
      if (entry.topic === name) entry.topic = DELETED_TOPIC;
    }
  }

  createSubscription({ topic: topicName, ...traits }: NewSubscription): void {
    checkName(traits.name, "subscriptions");
    const { ackDeadlineSeconds: seconds } = traits;
    if (seconds < 10 || seconds > 600) {
      throw invalidArgument(`Invalid ack deadline given: ${seconds}. It must be from 10 to 600 seconds.`);
    }
    const topic = this.topic(topicName);
    if (this.#subscriptions.has(traits.name)) throw alreadyExists(traits.name);
    const subscription = new Subscription(traits, {
      ...this.#parts,
      topic,
      deadLetter: (position, attempts) => {
        const target = this.#topics.get(traits.deadLetter?.topic ?? "");
        target?.publish([deadLetterMessage(topic.log.message(position), { subscription: traits.name, attempts })]);
        return target !== undefined;
      },
    });
    this.#subscriptions.set(traits.name, { subscription, topic: topicName });
  }

  subscription(name: string): Subscription {
    return this.#entry(name).subscription;
  }

  /** The name of the topic that a subscription belongs to. */
  topicOf(subscription: string): string {
    return this.#entry(subscription).topic;
  }

  deleteSubscription(name: string): void {
    this.subscription(name).end(notFound(name));
    this.#subscriptions.delete(name);
  }

  /** There may be something to hand over after all. */
  wake(): void {
    for (const { subscription } of this.#subscriptions.values()) subscription.wake();
  }

  /** Stops every clock. */
  [Symbol.dispose](): void {
    for (const { subscription } of this.#subscriptions.values()) subscription[Symbol.dispose]();
  }

  #entry(name: string): { readonly subscription: Subscription; topic: string } {
    const entry = this.#subscriptions.get(name);
    if (entry === undefined) throw notFound(name);
    return entry;
  }
}

function checkName(name: string, kind: "topics" | "subscriptions"): void {
  const match = NAME.exec(name);
  if (match?.[1] === kind && !name.includes(`/${kind}/goog`)) return;
  throw invalidArgument(`Invalid [${kind}] name: (name=${name})`);
}

/** A message as it arrives in a dead-letter topic: as published, and where it comes from. */
function deadLetterMessage(
  message: Uint8Array,
  { subscription, attempts }: { readonly subscription: string; readonly attempts: number },
): Uint8Array {
  const [, project, , name] = subscription.split("/");
  const attributes = {
    CloudPubSubDeadLetterSourceSubscription: name!,
    CloudPubSubDeadLetterSourceSubscriptionProject: project!,
    CloudPubSubDeadLetterSourceDeliveryCount: String(attempts),
    CloudPubSubDeadLetterSourceTopicPublishTime: new Date(publishTimeMs(message)).toISOString(),
  };
  return concat([withoutStamp(message), ...encodeAttributes(attributes)]);
}
