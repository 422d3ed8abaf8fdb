/**
 * A Pub/Sub server in this process.
 *
 * @module
 */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { Buffer } from "node:buffer";
import { anyFractions, seededFractions } from "../ops/random.ts";
import { ACK_ID_LENGTH_MIN } from "./ack_ids.ts";
import { Broker } from "./broker.ts";
import { Calls } from "./calls.ts";
import { Counters, type Stats } from "./counters.ts";
import { dropEndlessDeadlines } from "./deadlines.ts";
import { FaultPlan, type Faults } from "./faults.ts";
import { MessageCalls } from "./message_calls.ts";
import { MessageStamps } from "./message_stamps.ts";
import { encodeMessage, type NewMessage } from "./messages.ts";
import { PlainPort } from "./plain_port.ts";
import { PullStream, type StreamSink } from "./pull_stream.ts";
import { Resources } from "./resources.ts";
import { PUBLISHER, SUBSCRIBER } from "./service.ts";
import { unavailable } from "./status_error.ts";

export type { Faults, NewMessage, Stats };

/** Room for a request that is over the limit, so that it is refused by name and not by gRPC. */
const RECEIVE_BYTES_MAX = 16 * 1024 * 1024;

/** How long open calls get to end when the server closes, in milliseconds; they are told to, so a turn is enough. */
const CLOSE_MS = 1000;

/** How many characters ack ids have unless the options say otherwise. Google's have about 190. */
const ACK_ID_LENGTH = ACK_ID_LENGTH_MIN;

/** Where and how the server listens. Everything has a default. */
export interface FakeServerOptions {
  /** The address to bind: an IP address, or a name that means one. Default: `127.0.0.1`. */
  readonly host?: string;
  /** Default: 0, a free one. */
  readonly port?: number;
  /** Serve TLS with this certificate and key, both PEM. Default: plain text, as emulators do. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Whether a call with this bearer token (`undefined`: with none) is served; others are UNAUTHENTICATED. */
  readonly authorize?: (token: string | undefined) => boolean;
  /** Faults from the start; see {@linkcode FakeServer.setFaults}. */
  readonly faults?: Partial<Faults>;
  /** The same seed rolls the same dice for the faults. Default: a random one. */
  readonly seed?: number;
  /** Issue message ids in no particular order, as Google does. Default: increasing. */
  readonly shuffleIds?: boolean;
  /** Digits of a publish time after the second: milliseconds, as Google gives them, or microseconds, the default. */
  readonly timePrecision?: "ms" | "us";
  /** Characters of an ack id: 16, the default, and more. Google's have about 190. */
  readonly ackIdLength?: number;
  /** Numbers in [0, 1), for ids. Default: any. */
  readonly random?: () => number;
}

/** A subscription as {@linkcode FakeServer.createSubscription} makes it. */
export interface FakeSubscriptionOptions {
  /** `projects/PROJECT/subscriptions/NAME`. */
  readonly name: string;
  /** `projects/PROJECT/topics/NAME`. */
  readonly topic: string;
  /** The lease of a unary pull, 10 to 600. Default: 10. A stream says itself what lease it wants. */
  readonly ackDeadlineSeconds?: number;
  /** Settling an id whose lease is over fails. Default: false. */
  readonly exactlyOnce?: boolean;
  /** Messages with the same ordering key are handed over in order. Default: false. */
  readonly ordering?: boolean;
  /** A message that comes back after so many hand-overs goes to this topic. Default: none, and nobody counts. */
  readonly deadLetter?: { readonly topic: string; readonly attemptsMax: number };
}

/**
 * The part of Pub/Sub that LMS uses, over gRPC: topics, subscriptions, publish, pull, streaming pull, leases,
 * redelivery. Without TLS the same port has all but streams as JSON over HTTP/1.1 too. Official clients speak to it as
 * they do to Google's emulator. It keeps everything in memory, and misbehaves when asked to.
 *
 * Its clock is `Date.now()` and `setTimeout()`. It has no filters, no schemas, no snapshots and no push; a request for one
 * of these fails as UNIMPLEMENTED.
 *
 * @example
 * ```ts
 * import { FakeServer } from "./fake_server.ts";
 *
 * async function published(): Promise<number> {
 *   await using server = await FakeServer.start({ port: 0 });
 *   server.createTopic("projects/p/topics/logs");
 *   server.createSubscription({ name: "projects/p/subscriptions/logs", topic: "projects/p/topics/logs" });
 *   server.publish("projects/p/topics/logs", [{ data: new TextEncoder().encode("hello") }]);
 *   return server.stats().published;
 * }
 * ```
 */
export class FakeServer implements AsyncDisposable {
  /** Called with the ack ids of every Acknowledge request, before it takes effect; the request waits for the promise. */
  onAcknowledge: ((ackIds: readonly string[]) => Promise<void> | void) | undefined;
  readonly #counters: Counters;
  readonly #faults: FaultPlan;
  readonly #broker: Broker;
  readonly #messageCalls: MessageCalls;
  readonly #streams = new Set<PullStream>();
  readonly #calls: Calls;
  readonly #server = new Server({ "grpc.max_receive_message_length": RECEIVE_BYTES_MAX });
  #address = "";
  /** Where it speaks without TLS. */
  #plain: PlainPort | undefined;
  #closed: Promise<void> | undefined;

  /**
   * Starts a server.
   *
   * @returns A server that accepts calls; dispose of it to end it.
   * @throws {RangeError} For an option out of its range.
   * @throws {Error} When it cannot listen there.
   */
  static async start(options: FakeServerOptions = {}): Promise<FakeServer> {
    const { host = "127.0.0.1", port = 0, tls } = options;
    const server = new FakeServer(options);
    // An IPv6 address has colons of its own.
    const bracketed = host.includes(":") ? `[${host}]` : host;
    try {
      const bound = tls === undefined
        ? await server.#listen(host, port)
        : await server.#listenWithTls(`${bracketed}:${port}`, tls);
      server.#address = `${bracketed}:${bound}`;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw new Error(`Cannot listen on ${bracketed}:${port}: ${(error as Error).message}`, { cause: error });
    }
    return server;
  }

  private constructor(options: FakeServerOptions) {
    const { random = anyFractions, ackIdLength = ACK_ID_LENGTH, faults = {} } = options;
    if (!(ackIdLength >= ACK_ID_LENGTH_MIN)) {
      throw new RangeError(`Cannot start: ackIdLength must be at least ${ACK_ID_LENGTH_MIN}: ${ackIdLength}`);
    }
    this.#faults = new FaultPlan(seededFractions(options.seed ?? Math.floor(random() * 2 ** 32)));
    this.#faults.change(faults);
    this.#counters = new Counters(() => this.#broker.waiting);
    this.#broker = new Broker({
      counters: this.#counters,
      faults: this.#faults,
      random,
      ackIdLength,
      stamps: new MessageStamps({
        order: options.shuffleIds ? "shuffled" : "increasing",
        timePrecision: options.timePrecision ?? "us",
        random,
      }),
    });
    this.#messageCalls = new MessageCalls({
      broker: this.#broker,
      faults: this.#faults,
      beforeAcknowledge: (ackIds) => this.onAcknowledge?.(ackIds()),
    });
    this.#calls = new Calls({ counters: this.#counters, authorize: options.authorize ?? (() => true) });
    this.#addServices(this.#calls);
  }

  async #listen(host: string, port: number): Promise<number> {
    this.#plain = await PlainPort.open(this.#server, { host, port, calls: this.#calls });
    return this.#plain.number;
  }

  /** gRPC only, as nothing but tests speaks TLS to it. */
  async #listenWithTls(address: string, { cert, key }: NonNullable<FakeServerOptions["tls"]>): Promise<number> {
    const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#server.bindAsync(
      address,
      ServerCredentials.createSsl(null, [pair]),
      (error, bound) => error === null ? resolve(bound) : reject(error),
    );
    await promise;
    dropEndlessDeadlines(this.#server);
    return promise;
  }

  /** `host:port`, as `PUBSUB_EMULATOR_HOST` wants it. */
  get address(): string {
    return this.#address;
  }

  /** Creates a topic, as the call does. @throws {Error} When it exists, or the name will not do. */
  createTopic(name: string): void {
    this.#broker.createTopic(name);
  }

  /** Creates a subscription, as the call does. @throws {Error} When it exists, or the topic does not. */
  createSubscription(options: FakeSubscriptionOptions): void {
    this.#broker.createSubscription({ ackDeadlineSeconds: 10, exactlyOnce: false, ordering: false, ...options });
  }

  /**
   * Publishes without a network: what a test or benchmark fills a backlog with. The messages share one publish time.
   * No limit and no fault applies.
   *
   * @param topic Full name; must exist.
   * @returns The messages' ids, in order.
   */
  publish(topic: string, messages: Iterable<NewMessage>): string[] {
    return this.#broker.topic(topic).publish(Iterator.from(messages).map(encodeMessage));
  }

  /** Counts so far. */
  stats(): Stats {
    return this.#counters.snapshot();
  }

  /**
   * Waits until what is counted fulfils a condition.
   *
   * @returns The counts at that moment.
   * @throws The signal's reason when it is aborted; an `Error` when the server is closed first.
   */
  waitFor(condition: (stats: Stats) => boolean, options: { readonly signal?: AbortSignal } = {}): Promise<Stats> {
    return this.#counters.waitFor(condition, options.signal);
  }

  /** What goes wrong at present. */
  get faults(): Faults {
    return this.#faults.current;
  }

  /** Changes what goes wrong, from the next request on. @throws {RangeError} For a number out of its range. */
  setFaults(changes: Partial<Faults>): void {
    this.#faults.change(changes);
    this.#broker.wake();
  }

  /** Ends every open stream with UNAVAILABLE, after what was sent already. Returns how many there were. */
  resetStreams(): number {
    const streams = [...this.#streams];
    for (const stream of streams) stream.fail(unavailable());
    return streams.length;
  }

  /** Breaks every connection; the server goes on listening. */
  dropConnections(): void {
    if (this.#plain === undefined) this.#server.drain(this.#address, 0);
    else this.#plain.dropConnections();
  }

  /** Ends streams and waiting calls with UNAVAILABLE and stops listening. Idempotent. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const reason = unavailable("Server is shutting down.");
    this.#calls.close(reason);
    for (const stream of [...this.#streams]) stream.fail(reason);
    this.#broker[Symbol.dispose]();
    this.#counters[Symbol.dispose]();
    this.#plain?.close();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#server.forceShutdown();
        resolve();
      }, CLOSE_MS);
      this.#server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    await this.#plain?.[Symbol.asyncDispose]();
  }

  #addServices(calls: Calls): void {
    const [messages, resources] = [this.#messageCalls, new Resources(this.#broker)];
    const publisher = PUBLISHER;
    const subscriber = SUBSCRIBER;
    this.#server.addService(publisher, {
      createTopic: calls.unary(publisher, "createTopic", (topic) => resources.createTopic(topic)),
      getTopic: calls.unary(publisher, "getTopic", ({ topic }) => resources.getTopic(topic)),
      updateTopic: calls.unary(publisher, "updateTopic", (request) => resources.updateTopic(request)),
      listTopics: calls.unary(publisher, "listTopics", (request) => resources.listTopics(request)),
      listTopicSubscriptions: calls.unary(
        publisher,
        "listTopicSubscriptions",
        (request) => resources.listTopicSubscriptions(request),
      ),
      deleteTopic: calls.unary(publisher, "deleteTopic", ({ topic }) => resources.deleteTopic(topic)),
      publish: calls.unary(publisher, "publish", (request) => messages.publish(request)),
    });
    this.#server.addService(subscriber, {
      createSubscription: calls.unary(
        subscriber,
        "createSubscription",
        (request) => resources.createSubscription(request),
      ),
      getSubscription: calls.unary(
        subscriber,
        "getSubscription",
        ({ subscription }) => resources.getSubscription(subscription),
      ),
      updateSubscription: calls.unary(
        subscriber,
        "updateSubscription",
        (request) => resources.updateSubscription(request),
      ),
      modifyPushConfig: calls.unary(subscriber, "modifyPushConfig", (request) => resources.modifyPushConfig(request)),
      listSubscriptions: calls.unary(
        subscriber,
        "listSubscriptions",
        (request) => resources.listSubscriptions(request),
      ),
      seek: calls.unary(subscriber, "seek", (request) => resources.seek(request)),
      deleteSubscription: calls.unary(
        subscriber,
        "deleteSubscription",
        ({ subscription }) => resources.deleteSubscription(subscription),
      ),
      pull: calls.unary(subscriber, "pull", (request, caller) => messages.pull(request, caller)),
      acknowledge: calls.unary(subscriber, "acknowledge", (request, caller) => messages.acknowledge(request, caller)),
      modifyAckDeadline: calls.unary(
        subscriber,
        "modifyAckDeadline",
        (request) => messages.modifyAckDeadline(request),
      ),
      streamingPull: calls.bidi((sink) => this.#openStream(sink)),
    });
  }

  #openStream(sink: StreamSink): PullStream {
    const stream = new PullStream(sink, {
      counters: this.#counters,
      faults: this.#faults,
      subscription: (name) => this.#broker.subscription(name),
      over: () => this.#streams.delete(stream),
      breakConnections: () => this.dropConnections(),
    });
    this.#streams.add(stream);
    return stream;
  }
}
