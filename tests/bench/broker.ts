/**
 * The Pub/Sub server of a round: the embedded one, in the bench's own process, the same for every side.
 *
 * @module
 */
import { subscriptionName, topicName } from "../../src/pubsub/admin.ts";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { Account, type MessageSource } from "./messages.ts";

/** The project of all resources. */
export const PROJECT = "lms";

const TOPIC = topicName(PROJECT, "log-topic");

/**
 * Characters of an ack id, which a subscriber has to read and to send back. Google's have 170 to 190; of longer ones
 * the library's `Subscription` makes requests above 512 KiB (up to 3,000 ids, or 510 KiB of ids and 3 bytes around each
 * of them), which the embedded server refuses as Google documents it.
 */
const ACK_ID_LENGTH = 170;

/** Messages that share a publish time, as those of one publish request do. */
const MESSAGES_PER_PUBLISH = 100;

/** How often a backlog that is fed is looked after, in milliseconds. */
const FEED_EVERY_MS = 5;

/** A server with a topic and its subscription, which hands nothing over until {@linkcode Broker.release}. */
export class Broker implements AsyncDisposable {
  readonly server: FakeServer;
  /** What was published. */
  readonly account = new Account();
  /** No message was published before this second, in the database's form. */
  readonly startedAt: string = new Date().toISOString().slice(0, 19).replace("T", " ");
  readonly #source: MessageSource;
  #feeding: ReturnType<typeof setInterval> | undefined;

  private constructor(server: FakeServer, source: MessageSource) {
    this.server = server;
    this.#source = source;
  }

  /** Ids are in no order and times are in milliseconds, as Google's service gives them. */
  static async start(source: MessageSource): Promise<Broker> {
    const server = await FakeServer.start({
      shuffleIds: true,
      timePrecision: "ms",
      ackIdLength: ACK_ID_LENGTH,
      faults: { pauseDelivery: true },
    });
    server.createTopic(TOPIC);
    server.createSubscription({ name: subscriptionName(PROJECT, "log-sub"), topic: TOPIC });
    return new Broker(server, source);
  }

  /** Publishes without a network. Returns the ids. */
  publish(count: number): string[] {
    const ids: string[] = [];
    for (let left = count; left > 0; left -= MESSAGES_PER_PUBLISH) {
      const messages = Array.from({ length: Math.min(left, MESSAGES_PER_PUBLISH) }, () => this.#source.next());
      for (const [index, id] of this.server.publish(TOPIC, messages).entries()) {
        this.account.add(messages[index]!, { id, payloadBytes: this.#source.payloadBytes });
        ids.push(id);
      }
    }
    return ids;
  }

  /** Keeps `waiting` messages in the backlog until `count` were published, so that large ones need not all fit. */
  feed({ count, waiting }: { readonly count: number; readonly waiting: number }): void {
    const top = () => {
      const missing = Math.min(waiting - this.server.stats().waiting, count - this.account.count);
      if (missing > 0) this.publish(missing);
      if (this.account.count === count) clearInterval(this.#feeding);
    };
    this.#feeding = setInterval(top, FEED_EVERY_MS);
    top();
  }

  /** Lets messages go. */
  release(): void {
    this.server.setFaults({ pauseDelivery: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#feeding);
    await this.server[Symbol.asyncDispose]();
  }
}
