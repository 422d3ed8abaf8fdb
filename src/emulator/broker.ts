/**
 * The topics and subscriptions of the fake server, without gRPC.
 *
 * @module
 */
import type { Counters } from "./counters.ts";
import type { FaultPlan } from "./faults.ts";
import { encodeAttributes, publishTimeMs, withoutStamp } from "./messages.ts";
import type { MessageStamps } from "./message_stamps.ts";
import type { SubscriptionSettings, TopicSettings } from "./resource_settings.ts";
import { alreadyExists, invalidArgument, notFound } from "./status_error.ts";
import { Subscription } from "./subscription.ts";
import { Topic } from "./topic.ts";
import type { SubscriptionTraits } from "./traits.ts";
import { concat } from "../wire/protobuf.ts";

/** What a deleted topic is called by the subscriptions that it leaves behind. */
const DELETED_TOPIC = "_deleted-topic_";

/** Letters, digits and `-_.~+%`, beginning with a letter, 3 to 255 characters. */
const PROJECT = /^projects\/[^/]+$/;
const NAME = /^projects\/[^/]+\/(topics|subscriptions)\/[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}$/;

/** A subscription to be. */
export interface NewSubscription extends SubscriptionTraits {
  /** `projects/PROJECT/topics/NAME`; must exist. */
  readonly topic: string;
}

/** What is to become of a subscription. */
export interface SubscriptionChange {
  readonly traits: Partial<Omit<SubscriptionTraits, "name" | "ordering">>;
  readonly settings: SubscriptionSettings;
}

/** What a broker works with. */
export interface BrokerParts {
  readonly counters: Counters;
  readonly faults: FaultPlan;
  readonly stamps: MessageStamps;
  readonly random: () => number;
  readonly ackIdLength: number;
}

interface Entry {
  readonly subscription: Subscription;
  topic: string;
  settings: SubscriptionSettings;
}

/** All topics and subscriptions. Throws `StatusError`s as a call to Google's service would. */
export class Broker implements Disposable {
  readonly #parts: BrokerParts;
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions = new Map<string, Entry>();

  constructor(parts: BrokerParts) {
    this.#parts = parts;
  }

  /** Messages that wait to be handed over. */
  get waiting(): number {
    let waiting = 0;
    for (const { subscription } of this.#subscriptions.values()) waiting += subscription.waiting;
    return waiting;
  }

  /** @param settings As kept for whoever asks; none of them is obeyed. */
  createTopic(name: string, settings: TopicSettings = {}): void {
    checkName(name, "topics");
    if (this.#topics.has(name)) throw alreadyExists(name);
    this.#topics.set(name, new Topic(name, { ...this.#parts, settings }));
  }

  topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic !== undefined) return topic;
    checkName(name, "topics");
    throw notFound(name);
  }

  /** The names of a project's topics. */
  topicNames(project: string): string[] {
    return namesOf(project, this.#topics);
  }

  /** The names of a topic's subscriptions. */
  subscriptionNamesOf(topic: string): string[] {
    this.topic(topic);
    return [...this.#subscriptions].filter(([, entry]) => entry.topic === topic).map(([name]) => name);
  }

  /** Its subscriptions stay, and keep what waits. */
  deleteTopic(name: string): void {
    this.topic(name);
    this.#topics.delete(name);
    for (const entry of this.#subscriptions.values()) {
      if (entry.topic === name) entry.topic = DELETED_TOPIC;
    }
  }

  /** @param settings As kept for whoever asks; the traits are what is obeyed. */
  createSubscription({ topic: topicName, ...traits }: NewSubscription, settings: SubscriptionSettings = {}): void {
    const { name } = traits;
    checkName(name, "subscriptions");
    const topic = this.topic(topicName);
    if (traits.deadLetter !== undefined) this.topic(traits.deadLetter.topic);
    if (this.#subscriptions.has(name)) throw alreadyExists(name);
    const subscription = new Subscription(traits, {
      ...this.#parts,
      topic,
      deadLetter: (position, attempts) => {
        const target = this.#topics.get(subscription.traits.deadLetter?.topic ?? "");
        target?.publish([deadLetterMessage(topic.log.message(position), { subscription: name, attempts })]);
        return target !== undefined;
      },
    });
    this.#subscriptions.set(name, { subscription, topic: topicName, settings });
  }

  /** Changes how a subscription behaves, and what is kept for whoever asks. */
  changeSubscription(name: string, { traits, settings }: SubscriptionChange): void {
    const entry = this.#entry(name);
    // One that was deleted since is not looked for as long as nobody names another.
    const { deadLetter } = traits;
    if (deadLetter && deadLetter.topic !== entry.subscription.traits.deadLetter?.topic) this.topic(deadLetter.topic);
    entry.subscription.change(traits);
    entry.settings = settings;
  }

  subscription(name: string): Subscription {
    return this.#entry(name).subscription;
  }

  /** The topic that a subscription belongs to, and its settings as kept. */
  describe(subscription: string): { readonly topic: string; readonly settings: SubscriptionSettings } {
    return this.#entry(subscription);
  }

  /** The names of a project's subscriptions. */
  subscriptionNames(project: string): string[] {
    return namesOf(project, this.#subscriptions);
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

  #entry(name: string): Entry {
    const entry = this.#subscriptions.get(name);
    if (entry !== undefined) return entry;
    checkName(name, "subscriptions");
    throw notFound(name);
  }
}

function namesOf(project: string, resources: ReadonlyMap<string, unknown>): string[] {
  if (!PROJECT.test(project)) throw invalidArgument(`Invalid [projects] name: (name=${project.slice(0, 300)})`);
  return [...resources.keys()].filter((name) => name.startsWith(`${project}/`));
}

function checkName(name: string, kind: "topics" | "subscriptions"): void {
  const match = NAME.exec(name);
  if (match?.[1] === kind && !name.includes(`/${kind}/goog`)) return;
  throw invalidArgument(`Invalid [${kind}] name: (name=${name.slice(0, 300)})`);
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
