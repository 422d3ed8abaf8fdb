/**
 * The unary calls on messages: limits, faults, and the broker behind them.
 *
 * @module
 */
import type { protos } from "@google-cloud/pubsub";
import { sleep } from "../ops/sleep.ts";
import { checkAckIds, checkDeadline } from "./ack_checks.ts";
import type { Broker } from "./broker.ts";
import type { Caller } from "./calls.ts";
import type { FaultPlan } from "./faults.ts";
import { type AckRequest, messageFault, type PublishRequest } from "./messages.ts";
import { pullOnce } from "./pull_once.ts";
import { invalidAckIds, invalidArgument, unavailable } from "./status_error.ts";

type PullRequest = protos.google.pubsub.v1.IPullRequest;

/** Server limits (https://cloud.google.com/pubsub/quotas#resource_limits). */
const PUBLISH_MESSAGES_MAX = 1000;
const PUBLISH_BYTES_MAX = 10 * 1024 * 1024;
const ACK_BYTES_MAX = 512 * 1024;

/** What the calls work with. */
export interface MessageCallsParts {
  readonly broker: Broker;
  readonly faults: FaultPlan;
  /** Called with the ids of every acknowledge request before it takes effect. */
  readonly beforeAcknowledge: (ackIds: () => readonly string[]) => Promise<void> | void;
}

/** See the module. Each throws `StatusError`s; the signal is aborted when nobody waits for the answer any more. */
export class MessageCalls {
  readonly #broker: Broker;
  readonly #faults: FaultPlan;
  readonly #beforeAcknowledge: MessageCallsParts["beforeAcknowledge"];

  constructor({ broker, faults, beforeAcknowledge }: MessageCallsParts) {
    this.#broker = broker;
    this.#faults = faults;
    this.#beforeAcknowledge = beforeAcknowledge;
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

  pull({ subscription, maxMessages, returnImmediately }: PullRequest, caller: Caller): Promise<Uint8Array> {
    const messagesMax = maxMessages ?? 0;
    if (messagesMax < 1) throw invalidArgument("The value for max_messages is too small. It must be at least 1.");
    return pullOnce(this.#broker.subscription(subscription ?? ""), {
      messagesMax,
      returnImmediately: returnImmediately === true,
      caller,
    });
  }

  async acknowledge({ subscription: name, ackIds, bytes }: AckRequest, { signal }: Caller): Promise<void> {
    const { refuseAckShare, loseAckAnswerShare, ackDelayMs } = this.#faults.current;
    if (this.#faults.hits(refuseAckShare)) throw unavailable();
    const subscription = this.#broker.subscription(name);
    if (bytes > ACK_BYTES_MAX) throw tooLarge(ACK_BYTES_MAX);
    checkAckIds(subscription, ackIds);
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
    checkAckIds(subscription, ackIds);
    checkDeadline(seconds);
    const unknown = subscription.modifyDeadline(ackIds, seconds);
    if (subscription.traits.exactlyOnce && unknown.length > 0) {
      throw invalidAckIds(unknown.map((index) => ackIds.text(index)));
    }
  }
}

function tooLarge(limit: number) {
  return invalidArgument(`Request payload size exceeds the limit: ${limit} bytes.`);
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
