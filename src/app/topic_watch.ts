/**
 * Tells of a subscription whose topic was deleted: it stays, takes part in nothing, and is silent for ever.
 *
 * @module
 */
import type { Log } from "../ops/logger.ts";
import { shortName, topicOf } from "../pubsub/admin.ts";
import type { Connection } from "../pubsub/connection.ts";

/** How often is looked. */
const LOOK_EVERY_MS = 600_000;

/** What the service says in place of a topic's name. */
const DELETED_TOPIC = "_deleted-topic_";

/** What to watch. */
export interface TopicWatch {
  readonly connection: Connection;
  /** Full name. */
  readonly subscription: string;
  readonly log: Log;
}

/**
 * Looks now and every ten minutes whether the subscription still has a topic. Where the account may not look
 * (`roles/pubsub.viewer` may), or nothing answers, it says nothing: pulling needs no such right, and tells its own outages.
 *
 * @returns Dispose of it to stop.
 */
export function watchTopic({ connection, subscription, log }: TopicWatch): Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const look = async () => {
    const topic = await topicOf(connection, subscription).catch((error: Error) => {
      log.debug("cannot see the subscription's topic", { subscription, reason: error.message.split("\n", 1)[0] });
    });
    if (over) return;
    if (topic === DELETED_TOPIC) {
      log.warn("the subscription's topic was deleted: nothing new arrives", {
        subscription,
        remedy: `a new topic of that name does not help; create ${shortName(subscription)} anew when it is empty`,
      });
    }
    timer = setTimeout(look, LOOK_EVERY_MS);
  };
  look();
  return {
    [Symbol.dispose]() {
      over = true;
      clearTimeout(timer);
    },
  };
}
