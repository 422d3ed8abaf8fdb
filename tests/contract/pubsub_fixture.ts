/**
 * What a case of the Pub/Sub contract works with.
 *
 * @module
 */
import { v1 } from "@google-cloud/pubsub";
import { credentials } from "@grpc/grpc-js";
import { assertEquals, assertRejects } from "@std/assert";
import { type Received, Stream, type StreamRequest } from "./pubsub_stream.ts";

/** gRPC status codes. */
export const CODE = { CANCELLED: 1, INVALID_ARGUMENT: 3, NOT_FOUND: 5, ALREADY_EXISTS: 6 } as const;

/** What servers do differently. The embedded server does as Google's service does; its emulator not always. */
export interface Behaviour {
  /** A stream gets no more than its limits. */
  readonly keepsToLimits: boolean;
  /** Pings on a stream are answered. */
  readonly answersPings: boolean;
  /** Acks and deadlines that come on a stream of an exactly-once subscription are confirmed on it. */
  readonly confirmsOnStream: boolean;
  /** Whether an acknowledgement counts that comes after the lease, when nobody got the message meanwhile. */
  readonly countsLateAcks: boolean;
  /** The shortest lease that a subscription may have, in seconds. */
  readonly shortestLease: number;
  /** A pull for which there is nothing answers before its caller's deadline. */
  readonly pullsWithinDeadline: boolean;
  /** What is given back comes again before what follows it under its ordering key. */
  readonly ordersRedelivery: boolean;
  /** Labels may be changed, no lease is longer than 600 s, and a topic that is not there has no list of subscriptions. */
  readonly strict: boolean;
}

/** The embedded server's behaviour. */
export const AS_GOOGLES_SERVICE: Behaviour = {
  keepsToLimits: true,
  answersPings: true,
  confirmsOnStream: true,
  countsLateAcks: false,
  shortestLease: 10,
  pullsWithinDeadline: true,
  ordersRedelivery: true,
  strict: true,
};

/** One case. */
export interface PubSubCase {
  /** A sentence. */
  readonly name: string;
  run(fixture: PubSubFixture): Promise<void>;
}

/** The generated clients, with nothing of LMS around them. */
interface Clients {
  readonly publisher: v1.PublisherClient;
  readonly subscriber: v1.SubscriberClient;
}

function openClients(address: string): Clients {
  const { hostname, port } = new URL(`http://${address}`);
  const options = {
    projectId: "contract",
    servicePath: hostname,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    // Otherwise they ask the metadata server, which is not there.
    universeDomain: "googleapis.com",
  };
  return { publisher: new v1.PublisherClient(options), subscriber: new v1.SubscriberClient(options) };
}

/** A topic and a subscription of one case, and clients to use them with. */
export class PubSubFixture implements AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
  readonly behaviour: Behaviour;
  readonly clients: Clients;
  readonly topic: string;
  readonly subscription: string;
  readonly #streams: Stream[] = [];

  private constructor(address: string, clients: Clients, behaviour: Behaviour) {
    this.address = address;
    this.behaviour = behaviour;
    this.clients = clients;
    this.topic = this.name("topics");
    this.subscription = this.name("subscriptions");
  }

  /** Creates the topic, and the subscription to it, on the server at this address. */
  static async create(address: string, behaviour: Behaviour): Promise<PubSubFixture> {
    const clients = openClients(address);
    const fixture = new PubSubFixture(address, clients, behaviour);
    await clients.publisher.createTopic({ name: fixture.topic });
    await fixture.subscribe({});
    return fixture;
  }

  /** A name that nothing has yet. */
  name(kind: "topics" | "subscriptions"): string {
    return `projects/contract/${kind}/case-${crypto.randomUUID()}`;
  }

  /** Creates a subscription to the topic: the case's own, unless the options name another. */
  async subscribe(options: Parameters<Clients["subscriber"]["createSubscription"]>[0]): Promise<string> {
    const name = options?.name ?? this.subscription;
    await this.clients.subscriber.createSubscription({ topic: this.topic, ...options, name });
    return name;
  }

  /** Publishes a message for each text. Returns the ids. */
  async publish(...texts: string[]): Promise<string[]> {
    const messages = texts.map((text) => ({ data: new TextEncoder().encode(text) }));
    const [{ messageIds }] = await this.clients.publisher.publish({ topic: this.topic, messages });
    return messageIds ?? [];
  }

  /** Opens a stream on the case's subscription; ended with the fixture, unless before. */
  async stream(request: Partial<StreamRequest> = {}): Promise<Stream> {
    const stream = await Stream.open(this.clients.subscriber, { subscription: this.subscription, ...request });
    this.#streams.push(stream);
    return stream;
  }

  /** Pulls what waits. */
  async pull(maxMessages = 100, subscription: string = this.subscription): Promise<Received[]> {
    const [{ receivedMessages }] = await this.clients.subscriber.pull({ subscription, maxMessages });
    return receivedMessages ?? [];
  }

  async acknowledge(messages: readonly Received[], subscription: string = this.subscription): Promise<void> {
    await this.clients.subscriber.acknowledge({ subscription, ackIds: messages.map(({ ackId }) => ackId!) });
  }

  async modifyAckDeadline(messages: readonly Received[], ackDeadlineSeconds: number): Promise<void> {
    const ackIds = messages.map(({ ackId }) => ackId!);
    const { subscription } = this;
    await this.clients.subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stream of this.#streams) await stream[Symbol.asyncDispose]();
    await this.clients.publisher.close();
    await this.clients.subscriber.close();
  }
}

/** The data of messages as texts, sorted: servers keep no order. */
export function texts(messages: readonly Received[]): string[] {
  return messages.map(({ message }) => new TextDecoder().decode(message!.data as Uint8Array)).sort();
}

/** What identifies a message, the same on every redelivery. */
export function identity({ message }: Received): string {
  const { seconds, nanos } = message!.publishTime!;
  return `${message!.messageId} ${seconds}.${nanos}`;
}

/** Fails unless the call fails with this status code. Returns the error. */
export async function assertFails(code: number, call: Promise<unknown>): Promise<Error> {
  const error = await assertRejects(() => call, Error);
  assertEquals((error as { code?: unknown }).code, code, error.message);
  return error;
}

/** For what shows by its absence. */
export function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
