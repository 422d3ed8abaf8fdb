/**
 * A topic: stamps what is published and keeps it for its subscriptions.
 *
 * @module
 */
import type { Counters } from "./counters.ts";
import { MessageLog } from "./message_log.ts";
import type { MessageStamps } from "./message_stamps.ts";
import type { TopicSettings } from "./resource_settings.ts";

/** What a topic tells its subscriptions. */
export interface TopicListener {
  /** There are new messages in the log. */
  published(): void;
}

/** What a topic is made of. */
export interface TopicParts {
  readonly settings: TopicSettings;
  readonly stamps: MessageStamps;
  readonly counters: Counters;
}

/** One topic. A message is kept until every subscription that existed when it was published is done with it. */
export class Topic {
  /** `projects/PROJECT/topics/NAME`. */
  readonly name: string;
  /** As kept for whoever asks. */
  settings: TopicSettings;
  readonly log = new MessageLog();
  /** They add and remove themselves. */
  readonly subscriptions = new Set<TopicListener>();
  readonly #stamps: MessageStamps;
  readonly #counters: Counters;

  constructor(name: string, { settings, stamps, counters }: TopicParts) {
    this.name = name;
    this.settings = settings;
    this.#stamps = stamps;
    this.#counters = counters;
  }

  /**
   * Accepts messages: encoded `PubsubMessage`s, to which id and time are added.
   *
   * @returns Their ids.
   */
  publish(messages: Iterable<Uint8Array>): string[] {
    const holders = this.subscriptions.size;
    const stamps = this.#stamps;
    const ids: string[] = [];
    stamps.begin();
    for (const message of messages) {
      const stamp = stamps.next();
      // A later field of the same number wins, so that whatever id the publisher put there is overwritten.
      if (holders > 0) this.log.append([message, stamp], holders);
      ids.push(stamps.lastId());
    }
    this.#counters.now.published += ids.length;
    this.#counters.changed();
    for (const subscription of this.subscriptions) subscription.published();
    return ids;
  }
}
