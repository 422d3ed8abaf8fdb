/**
 * Creates topics and subscriptions, on servers where LMS may.
 *
 * @module
 */
import { STATUS } from "../wire/status_codes.ts";
import type { Connection } from "./connection.ts";

/** What to create. */
export interface Resources {
  readonly topic: string;
  readonly subscription: string;
}

/** `projects/PROJECT/topics/NAME`. @param topic Its name, or a full name, which stays as it is. */
export function topicName(projectId: string, topic: string): string {
  return topic.includes("/") ? topic : `projects/${projectId}/topics/${topic}`;
}

/** `projects/PROJECT/subscriptions/NAME`. @param subscription Its name, or a full name, which stays as it is. */
export function subscriptionName(projectId: string, subscription: string): string {
  return subscription.includes("/") ? subscription : `projects/${projectId}/subscriptions/${subscription}`;
}

/** The project in a full name; `undefined` where the name is a short one. */
export function projectOf(name: string): string | undefined {
  return /^projects\/([^/]+)\//.exec(name)?.[1];
}

/** The last part of a full name. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/**
 * The topic of a subscription, as the service names it.
 *
 * @throws The client library's error; one of permission where the account may pull from the subscription but not see it.
 */
export async function topicOf({ subscriber }: Connection, subscription: string): Promise<string> {
  const [{ topic }] = await subscriber.getSubscription({ subscription });
  return topic ?? "";
}

/**
 * Creates the topic, and the subscription to it, where they are missing. Safe to call from several processes at once.
 * For emulators and the embedded server: on Google's service resources are their owner's business.
 *
 * @param names Full names.
 * @throws The client library's error when the server refuses for another reason than that they exist.
 */
export async function ensureResources(connection: Connection, { topic, subscription }: Resources): Promise<void> {
  await unlessItExists(connection.publisher.createTopic({ name: topic }));
  await unlessItExists(connection.subscriber.createSubscription({ name: subscription, topic }));
}

/**
 * Creates a subscription that gets a copy of whatever the topic gets, for as long as it is not disposed of.
 *
 * @param names Full names.
 */
export async function temporarySubscription(
  { subscriber }: Connection,
  { topic, subscription }: Resources,
): Promise<AsyncDisposable> {
  await subscriber.createSubscription({ name: subscription, topic });
  return {
    async [Symbol.asyncDispose]() {
      await subscriber.deleteSubscription({ subscription });
    },
  };
}

async function unlessItExists(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if ((error as { code?: unknown }).code !== STATUS.ALREADY_EXISTS) throw error;
  }
}
