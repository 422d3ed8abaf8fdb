/**
 * The calls that create, show, change, list and delete topics and subscriptions.
 *
 * @module
 */
import type { protos } from "@google-cloud/pubsub";
import type { Broker } from "./broker.ts";
import { pageOf } from "./page.ts";
import {
  changedSubscription,
  changedTopic,
  checkPushConfig,
  subscriptionSettings,
  topicSettings,
  traitsOf,
} from "./resource_settings.ts";
import { invalidArgument, unimplemented } from "./status_error.ts";

type V1 = typeof protos.google.pubsub.v1;
type Topic = protos.google.pubsub.v1.ITopic;
type Subscription = protos.google.pubsub.v1.ISubscription;
type Message<Type extends { prototype: unknown }> = Type["prototype"];

/** `Topic.State` and `Subscription.State`: the only one there is here. */
const ACTIVE = 1;

/** The unary calls on topics and subscriptions. Each throws `StatusError`s. */
export class Resources {
  readonly #broker: Broker;

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  createTopic(topic: Topic): Topic {
    const name = topic.name ?? "";
    this.#broker.createTopic(name, topicSettings(topic));
    return this.getTopic(name);
  }

  getTopic(name: string): Topic {
    const { settings } = this.#broker.topic(name);
    return { name, ...settings, state: ACTIVE };
  }

  updateTopic({ topic, updateMask }: Message<V1["UpdateTopicRequest"]>): Topic {
    const found = this.#broker.topic(topic?.name ?? "");
    found.settings = changedTopic(found.settings, { changes: topic ?? {}, paths: updateMask?.paths ?? [] });
    return this.getTopic(found.name);
  }

  listTopics(request: Message<V1["ListTopicsRequest"]>) {
    const { items, nextPageToken } = pageOf(this.#broker.topicNames(request.project), request);
    return { topics: items.map((name) => this.getTopic(name)), nextPageToken };
  }

  listTopicSubscriptions(request: Message<V1["ListTopicSubscriptionsRequest"]>) {
    const { items, nextPageToken } = pageOf(this.#broker.subscriptionNamesOf(request.topic), request);
    return { subscriptions: items, nextPageToken };
  }

  deleteTopic(name: string): void {
    this.#broker.deleteTopic(name);
  }

  createSubscription(request: Subscription): Subscription {
    const name = request.name ?? "";
    const settings = subscriptionSettings(request);
    this.#broker.createSubscription({ name, topic: request.topic ?? "", ...traitsOf(settings) }, settings);
    return this.getSubscription(name);
  }

  getSubscription(name: string): Subscription {
    const { topic, settings } = this.#broker.describe(name);
    return { name, topic, ...settings, state: ACTIVE };
  }

  updateSubscription({ subscription, updateMask }: Message<V1["UpdateSubscriptionRequest"]>): Subscription {
    const name = subscription?.name ?? "";
    const change = { changes: subscription ?? {}, paths: updateMask?.paths ?? [] };
    this.#change(name, changedSubscription(this.#broker.describe(name).settings, change));
    return this.getSubscription(name);
  }

  modifyPushConfig({ subscription, pushConfig }: Message<V1["ModifyPushConfigRequest"]>): void {
    checkPushConfig(pushConfig);
    this.#change(subscription, { ...this.#broker.describe(subscription).settings, pushConfig: pushConfig ?? {} });
  }

  listSubscriptions(request: Message<V1["ListSubscriptionsRequest"]>) {
    const { items, nextPageToken } = pageOf(this.#broker.subscriptionNames(request.project), request);
    return { subscriptions: items.map((name) => this.getSubscription(name)), nextPageToken };
  }

  deleteSubscription(name: string): void {
    this.#broker.deleteSubscription(name);
  }

  seek({ subscription, time, snapshot }: Message<V1["SeekRequest"]>): void {
    const found = this.#broker.subscription(subscription);
    if (snapshot) throw unimplemented("snapshots");
    if (!time) throw invalidArgument("A seek must name a time or a snapshot.");
    found.seek(Number(time.seconds ?? 0) * 1000 + (time.nanos ?? 0) / 1e6);
  }

  #change(name: string, settings: ReturnType<typeof subscriptionSettings>): void {
    const { ordering: _, ...traits } = traitsOf(settings);
    this.#broker.changeSubscription(name, { traits, settings });
  }
}
