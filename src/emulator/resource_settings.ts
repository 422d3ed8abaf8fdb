/**
 * The settings of topics and subscriptions: which the server obeys, which it only keeps and shows, and which it
 * refuses, because a program that asks for them relies on them.
 *
 * @module
 */
import type { protos } from "@google-cloud/pubsub";
import { invalidArgument, unimplemented } from "./status_error.ts";
import type { SubscriptionTraits } from "./traits.ts";

type Topic = protos.google.pubsub.v1.ITopic;
type Subscription = protos.google.pubsub.v1.ISubscription;
type DeadLetterPolicy = protos.google.pubsub.v1.IDeadLetterPolicy;
type Duration = protos.google.protobuf.IDuration;

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** What a subscription gets that does not ask for another; in seconds. */
const ACK_DEADLINE = 10;
const RETENTION = 7 * DAY;
const EXPIRATION = 31 * DAY;

/** Bounds (https://cloud.google.com/pubsub/docs/reference/rpc/google.pubsub.v1); in seconds. */
const ACK_DEADLINE_RANGE = { min: 10, max: 600 } as const;
const RETENTION_RANGE = { min: 10 * MINUTE, max: 31 * DAY } as const;
const EXPIRATION_RANGE = { min: DAY, max: Infinity } as const;
const BACKOFF_RANGE = { min: 0, max: 600 } as const;
const BACKOFF_MIN = 10;
const BACKOFF_MAX = 600;
const ATTEMPTS_RANGE = { min: 5, max: 100 } as const;

/** Settings of a topic that are kept, shown and may be changed. */
const TOPIC_SHOWN = ["labels", "messageStoragePolicy", "kmsKeyName", "messageRetentionDuration"] as const;
/** Settings that would silently do nothing here, with the words for an error. */
const TOPIC_REFUSED = {
  schemaSettings: "schemas",
  ingestionDataSourceSettings: "ingestion from other sources",
  messageTransforms: "message transforms",
} as const;

const SUBSCRIPTION_REFUSED = {
  bigqueryConfig: "export to BigQuery",
  cloudStorageConfig: "export to Cloud Storage",
  bigtableConfig: "export to Bigtable",
  filter: "filters",
  messageTransforms: "message transforms",
  detached: "detached subscriptions",
} as const;

/** Settings of a subscription that may be changed after its creation. */
const CHANGEABLE = [
  "ackDeadlineSeconds",
  "labels",
  "deadLetterPolicy",
  "enableExactlyOnceDelivery",
  "expirationPolicy",
  "messageRetentionDuration",
  "pushConfig",
  "retainAckedMessages",
  "retryPolicy",
] as const satisfies readonly (keyof Subscription)[];

/** A topic's settings as kept. */
export type TopicSettings = Pick<Topic, typeof TOPIC_SHOWN[number]>;

/** A subscription's settings as kept: complete, and within their bounds. */
export type SubscriptionSettings = Omit<Subscription, "name" | "topic">;

/** Checks what a request wants of a topic. @throws {StatusError} For what is out of its bounds, or not supported. */
export function topicSettings(request: Topic): TopicSettings {
  refuse(request, TOPIC_REFUSED);
  checkDuration(request.messageRetentionDuration, { name: "message_retention_duration", ...RETENTION_RANGE });
  return pick(request, TOPIC_SHOWN);
}

/** The settings of a topic after those that a mask names came from `changes`. @throws {StatusError} */
export function changedTopic(before: TopicSettings, { changes, paths }: Change<Topic>): TopicSettings {
  const names = namesOf(paths, [...TOPIC_SHOWN, ...Object.keys(TOPIC_REFUSED)]);
  return topicSettings({ ...without(before, names), ...pick(changes, names as (keyof Topic)[]) });
}

/** Checks what a request wants of a subscription. @throws {StatusError} As {@linkcode topicSettings}. */
export function subscriptionSettings(request: Subscription): SubscriptionSettings {
  refuse(request, SUBSCRIPTION_REFUSED);
  checkPushConfig(request.pushConfig);
  // 0 means that the request does not say.
  const ackDeadlineSeconds = request.ackDeadlineSeconds || ACK_DEADLINE;
  const retention = request.messageRetentionDuration ?? { seconds: RETENTION };
  const expiration = request.expirationPolicy ?? { ttl: { seconds: EXPIRATION } };
  check(ackDeadlineSeconds, { name: "ack_deadline_seconds", ...ACK_DEADLINE_RANGE });
  checkDuration(retention, { name: "message_retention_duration", ...RETENTION_RANGE });
  checkDuration(expiration.ttl, { name: "expiration_policy.ttl", ...EXPIRATION_RANGE });
  return {
    ackDeadlineSeconds,
    messageRetentionDuration: retention,
    expirationPolicy: expiration,
    pushConfig: request.pushConfig ?? {},
    labels: request.labels ?? {},
    retainAckedMessages: request.retainAckedMessages === true,
    enableMessageOrdering: request.enableMessageOrdering === true,
    enableExactlyOnceDelivery: request.enableExactlyOnceDelivery === true,
    ...(request.deadLetterPolicy && { deadLetterPolicy: deadLetterPolicy(request.deadLetterPolicy) }),
    ...(request.retryPolicy && { retryPolicy: retryPolicy(request.retryPolicy) }),
  };
}

/** The settings of a subscription after those that a mask names came from `changes`. @throws {StatusError} */
export function changedSubscription(
  before: SubscriptionSettings,
  { changes, paths }: Change<Subscription>,
): SubscriptionSettings {
  const names = namesOf(paths, [...CHANGEABLE, ...Object.keys(SUBSCRIPTION_REFUSED)]);
  return subscriptionSettings({ ...without(before, names), ...pick(changes, names as (keyof Subscription)[]) });
}

/** How a subscription with these settings behaves. */
export function traitsOf(settings: SubscriptionSettings): Omit<SubscriptionTraits, "name"> {
  const { deadLetterPolicy: policy } = settings;
  return {
    ackDeadlineSeconds: settings.ackDeadlineSeconds!,
    exactlyOnce: settings.enableExactlyOnceDelivery!,
    ordering: settings.enableMessageOrdering!,
    retainAckedMs: settings.retainAckedMessages ? 1000 * secondsOf(settings.messageRetentionDuration!) : undefined,
    deadLetter: policy ? { topic: policy.deadLetterTopic!, attemptsMax: policy.maxDeliveryAttempts! } : undefined,
  };
}

/** A push configuration without an endpoint means pull; with one it is not supported. */
export function checkPushConfig(config: protos.google.pubsub.v1.IPushConfig | null | undefined): void {
  if (config?.pushEndpoint) throw unimplemented("push subscriptions");
}

/** Changes of a resource: those of its settings that the paths name. */
interface Change<Resource> {
  readonly changes: Resource;
  /** Of a field mask, in snake case; what is below a setting stands for the whole of it. */
  readonly paths: readonly string[];
}

/** The settings that the paths of a field mask name. */
function namesOf(paths: readonly string[], changeable: readonly string[]): string[] {
  if (paths.length === 0) {
    throw invalidArgument("The update_mask in the request must be set, and contain a non-empty paths list.");
  }
  return paths.map((path) => {
    const name = path.split(".")[0]!.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
    if (!changeable.includes(name)) {
      throw invalidArgument(
        `Invalid update_mask provided in the request: "${path}" is not a field that can be changed.`,
      );
    }
    return name;
  });
}

function refuse<Resource>(request: Resource, refused: Partial<Record<keyof Resource, string>>): void {
  for (const [name, words] of Object.entries(refused)) {
    const value = request[name as keyof Resource];
    const unset = !value || (Array.isArray(value) && value.length === 0);
    if (!unset) throw unimplemented(words as string);
  }
}

function deadLetterPolicy({ deadLetterTopic, maxDeliveryAttempts }: DeadLetterPolicy): DeadLetterPolicy {
  // 0 means that the request does not say.
  const attemptsMax = maxDeliveryAttempts || ATTEMPTS_RANGE.min;
  check(attemptsMax, { name: "max_delivery_attempts", ...ATTEMPTS_RANGE });
  return { deadLetterTopic: deadLetterTopic ?? "", maxDeliveryAttempts: attemptsMax };
}

function retryPolicy(policy: protos.google.pubsub.v1.IRetryPolicy): protos.google.pubsub.v1.IRetryPolicy {
  const minimumBackoff = policy.minimumBackoff ?? { seconds: BACKOFF_MIN };
  const maximumBackoff = policy.maximumBackoff ?? { seconds: BACKOFF_MAX };
  checkDuration(minimumBackoff, { name: "minimum_backoff", ...BACKOFF_RANGE });
  checkDuration(maximumBackoff, { name: "maximum_backoff", ...BACKOFF_RANGE });
  if (secondsOf(minimumBackoff) > secondsOf(maximumBackoff)) {
    throw invalidArgument("Invalid retry_policy: minimum_backoff is longer than maximum_backoff.");
  }
  return { minimumBackoff, maximumBackoff };
}

/** A range, and what it is the range of. */
interface Range {
  /** As the API's documents write it. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

function checkDuration(duration: Duration | null | undefined, range: Range): void {
  if (duration) check(secondsOf(duration), range);
}

function check(value: number, { name, min, max }: Range): void {
  if (value >= min && value <= max) return;
  throw invalidArgument(
    `The value for ${name} is out of range. You passed ${value} in the request, ` +
      (max === Infinity ? `but it must be at least ${min}.` : `but it must be from ${min} to ${max}.`),
  );
}

function secondsOf({ seconds, nanos }: Duration): number {
  return Number(seconds ?? 0) + (nanos ?? 0) / 1e9;
}

/** The properties of these names, those left out that the object does not set. */
function pick<T extends object, Name extends keyof T>(source: T, names: readonly Name[]): Pick<T, Name> {
  // A decoded message has its defaults on its prototype.
  return Object.fromEntries(
    names.filter((name) => source[name] !== undefined && source[name] !== null).map((name) => [name, source[name]]),
  ) as Pick<T, Name>;
}

/** What a mask names and the request does not set is back at its default. */
function without<T extends object>(source: T, names: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(source).filter(([name]) => !names.includes(name))) as Partial<T>;
}
