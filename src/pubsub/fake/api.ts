/**
 * What each unary call does: limits, faults, and the broker behind them.
 *
 * @module
 */
import type { protos } from "@google-cloud/pubsub";
import { sleep } from "../../ops/sleep.ts";
import type { Broker } from "./broker.ts";
import type { FaultPlan } from "./faults.ts";
import { type AckRequest, messageFault, type PublishRequest } from "./messages.ts";
import { pullOnce } from "./pull_once.ts";
import { invalidAckIds, invalidArgument, unavailable, unimplemented } from "./status_error.ts";

type Topic = protos.google.pubsub.v1.ITopic;
type Subscription = protos.google.pubsub.v1.ISubscription;
type DeadLetterPolicy = protos.google.pubsub.v1.IDeadLetterPolicy;
type PullRequest = protos.google.pubsub.v1.IPullRequest;

/** Server limits (https://cloud.google.com/pubsub/quotas#resource_limits). */
const PUBLISH_MESSAGES_MAX = 1000;
const PUBLISH_BYTES_MAX = 10 * 1024 * 1024;
const ACK_BYTES_MAX = 512 * 1024;

/** What a subscription gets that does not ask for another, in seconds. */
const ACK_DEADLINE_SECONDS = 10;
/** After how many attempts a message goes to the dead-letter topic, where the policy does not say; also the fewest. */
const DELIVERY_ATTEMPTS = 5;
const DELIVERY_ATTEMPTS_MAX = 100;

/** `Subscription.State`: the only one there is here. */
const ACTIVE = 1;

/** Options of a subscription that would silently do nothing here. */
const UNSUPPORTED = ["pushConfig", "bigqueryConfig", "cloudStorageConfig", "bigtableConfig", "filter"] as const;

/** What the calls work with. */
export interface ApiParts {
  readonly broker: Broker;
  readonly faults: FaultPlan;
  /** Called with the ids of every acknowledge request before it takes effect. */
  readonly beforeAcknowledge: (ackIds: () => readonly string[]) => Promise<void> | void;
}

/** The unary calls. Each throws `StatusError`s; the signal is aborted when nobody waits for the answer any more. */
export class Api {
  readonly #broker: Broker;
  readonly #faults: FaultPlan;
  readonly #beforeAcknowledge: ApiParts["beforeAcknowledge"];

  constructor({ broker, faults, beforeAcknowledge }: ApiParts) {
    this.#broker = broker;
    this.#faults = faults;
    this.#beforeAcknowledge = beforeAcknowledge;
  }

  createTopic(topic: Topic): Topic {
    if (topic.schemaSettings) throw unimplemented("schemas");
    const name = topic.name ?? "";
    this.#broker.createTopic(name);
    return { name };
  }

  getTopic(name: string): Topic {
    return { name: this.#broker.topic(name).name };
  }

  createSubscription(request: Subscription): Subscription {
    for (const option of UNSUPPORTED) {
      const value = request[option];
      if (typeof value === "string" ? value !== "" : (value ?? undefined) !== undefined) throw unimplemented(option);
    }
    const name = request.name ?? "";
    const { deadLetterPolicy } = request;
    this.#broker.createSubscription({
      name,
      topic: request.topic ?? "",
      // 0 means that the request does not say.
      ackDeadlineSeconds: request.ackDeadlineSeconds || ACK_DEADLINE_SECONDS,
      exactlyOnce: request.enableExactlyOnceDelivery === true,
      ordering: request.enableMessageOrdering === true,
      deadLetter: deadLetterPolicy ? deadLetterOf(deadLetterPolicy) : undefined,
    });
    return this.getSubscription(name);
  }

  getSubscription(name: string): Subscription {
    const { traits } = this.#broker.subscription(name);
    return {
      name,
      topic: this.#broker.topicOf(name),
      ackDeadlineSeconds: traits.ackDeadlineSeconds,
      enableExactlyOnceDelivery: traits.exactlyOnce,
      enableMessageOrdering: traits.ordering,
      state: ACTIVE,
      ...(traits.deadLetter && {
        deadLetterPolicy: {
          deadLetterTopic: traits.deadLetter.topic,
          maxDeliveryAttempts: traits.deadLetter.attemptsMax,
        },
      }),
    };
  }

  publish({ topic: name, messages, bytes }: PublishRequest): string[] {
    const { refusePublishShare, losePublishAnswerShare } = this.#faults.current;
    if (this.#faults.hits(refusePublishShare)) throw unavailable();
    const topic = this.#broker.topic(name);
    if (bytes > PUBLISH_BYTES_MAX) throw tooLarge(PUBLISH_BYTES_MAX);
    if (messages.length > PUBLISH_MESSAGES_MAX) {
      throw invalidArgument(
        `The value for message_count is too large. You passed ${messages.length} in the request, ` +
          `but the maximum value is ${PUBLISH_MESSAGES_MAX}.`,
      );
    }
    if (messages.length === 0) {
      throw invalidArgument("The value for message_count is too small. It must be at least 1.");
    }
    for (const message of messages) {
      const fault = messageFault(message);
      if (fault !== undefined) throw invalidArgument(fault);
    }
    const ids = topic.publish(messages);
    if (this.#faults.hits(losePublishAnswerShare)) throw unavailable();
    return ids;
  }

  pull({ subscription, maxMessages, returnImmediately }: PullRequest, signal: AbortSignal): Promise<Uint8Array> {
    const messagesMax = maxMessages ?? 0;
    if (messagesMax < 1) throw invalidArgument("The value for max_messages is too small. It must be at least 1.");
    return pullOnce(this.#broker.subscription(subscription ?? ""), {
      messagesMax,
      returnImmediately: returnImmediately === true,
      signal,
    });
  }

  async acknowledge({ subscription: name, ackIds, bytes }: AckRequest, signal: AbortSignal): Promise<void> {
    const { refuseAckShare, loseAckAnswerShare, ackDelayMs } = this.#faults.current;
    if (this.#faults.hits(refuseAckShare)) throw unavailable();
    const subscription = this.#broker.subscription(name);
    if (bytes > ACK_BYTES_MAX) throw tooLarge(ACK_BYTES_MAX);
    if (ackIds.count === 0) throw noAckIds();
    await abortable(this.#beforeAcknowledge(() => ackIds.texts()), signal);
    if (ackDelayMs > 0) await sleep(ackDelayMs, signal);
    const unknown = subscription.acknowledge(ackIds);
    if (this.#faults.hits(loseAckAnswerShare)) throw unavailable();
    if (subscription.traits.exactlyOnce && unknown.length > 0) {
      throw invalidAckIds(unknown.map((index) => ackIds.text(index)));
    }
  }

  modifyAckDeadline({ subscription: name, ackIds, seconds, bytes }: AckRequest): void {
    if (this.#faults.hits(this.#faults.current.refuseExtendShare)) throw unavailable();
    const subscription = this.#broker.subscription(name);
    if (bytes > ACK_BYTES_MAX) throw tooLarge(ACK_BYTES_MAX);
    if (ackIds.count === 0) throw noAckIds();
    if (seconds > 600) {
      throw invalidArgument(`Invalid ack deadline given: ${seconds}. It must be from 0 to 600 seconds.`);
    }
    const unknown = subscription.modifyDeadline(ackIds, seconds);
    if (subscription.traits.exactlyOnce && unknown.length > 0) {
      throw invalidAckIds(unknown.map((index) => ackIds.text(index)));
    }
  }
}

function deadLetterOf({ deadLetterTopic, maxDeliveryAttempts }: DeadLetterPolicy) {
  // 0 means that the request does not say.
  const attemptsMax = maxDeliveryAttempts || DELIVERY_ATTEMPTS;
  if (attemptsMax < DELIVERY_ATTEMPTS || attemptsMax > DELIVERY_ATTEMPTS_MAX) {
    throw invalidArgument(
      `The value for max_delivery_attempts is out of range. You passed ${attemptsMax} in the request, ` +
        `but it must be from ${DELIVERY_ATTEMPTS} to ${DELIVERY_ATTEMPTS_MAX}.`,
    );
  }
  return { topic: deadLetterTopic ?? "", attemptsMax };
}

function tooLarge(limit: number) {
  return invalidArgument(`Request payload size exceeds the limit: ${limit} bytes.`);
}

function noAckIds() {
  return invalidArgument("You have passed an invalid argument to the service (argument=ack_ids).");
}

/** Waits for the promise, but no longer than until the signal is aborted. */
async function abortable(promise: Promise<void> | void, signal: AbortSignal): Promise<void> {
  if (promise === undefined) return;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
