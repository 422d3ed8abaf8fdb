/**
 * Opens Pub/Sub as the settings say: Google's service, an emulator, or a server embedded in this process.
 *
 * @module
 */
import type { Config } from "../config.ts";
import { ensureResources, type Resources, subscriptionName, topicName } from "../pubsub/admin.ts";
import { connect, type Connection } from "../pubsub/connection.ts";
import { FakeServer } from "../pubsub/fake_server.ts";
import { type OutgoingMessage, publish } from "../pubsub/publisher.ts";
import { UsageError } from "./command.ts";
import type { PUBSUB_SETTINGS } from "./settings.ts";

/** The project on an emulator, where any will do. */
const EMULATOR_PROJECT = "lms";

/** Pub/Sub, opened. */
export interface PubSubAccess extends AsyncDisposable {
  readonly connection: Connection;
  /** For people: the address, or "Google Pub/Sub". */
  readonly address: string;
  /** Whether it is Google's own service, where nothing is created and nothing is lost by default. */
  readonly real: boolean;
  /** Full name. */
  readonly topic: string;
  /** Full name. */
  readonly subscription: string;
  /**
   * Creates the topic and the subscription where they are missing; on Google's service it creates nothing, and finds the
   * credentials.
   *
   * @param stop Ends the wait for an emulator that does not answer; nothing is known to exist then.
   */
  ensure(stop?: AbortSignal): Promise<void>;
}

type PubSubConfig = Config<typeof PUBSUB_SETTINGS[number]>;

/**
 * Opens Google's service or an emulator.
 *
 * @throws {UsageError} When the project is needed and not set.
 */
export async function openPubSub(config: PubSubConfig): Promise<PubSubAccess> {
  const { emulatorHost, endpoint } = config;
  if (emulatorHost !== undefined) {
    return access(
      config,
      await connect({
        projectId: config.project ?? EMULATOR_PROJECT,
        endpoint: emulatorHost,
        plaintext: true,
      }),
      { address: emulatorHost, real: false },
    );
  }
  if (config.project === undefined) {
    throw new UsageError(
      "Cannot open Pub/Sub: no project is set; set --project (PUBSUB_PROJECT_ID), " +
        "or PUBSUB_EMULATOR_HOST to use an emulator, or try lms demo, which needs neither",
    );
  }
  const connection = await connect({
    projectId: config.project,
    plaintext: false,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  return access(config, connection, { address: endpoint ?? "Google Pub/Sub", real: true });
}

/** Starts a server in this process and opens it. Closing ends the server too. */
export async function openEmbedded(config: Omit<PubSubConfig, "emulatorHost" | "endpoint">): Promise<PubSubAccess> {
  const server = await FakeServer.start({ host: "127.0.0.1", port: 0 });
  const connection = await connect({
    projectId: config.project ?? EMULATOR_PROJECT,
    endpoint: server.address,
    plaintext: true,
  });
  const opened = access(config, connection, { address: `${server.address} (embedded)`, real: false });
  return {
    ...opened,
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

function access(
  config: Pick<PubSubConfig, "topic" | "subscription">,
  connection: Connection,
  { address, real }: { readonly address: string; readonly real: boolean },
): PubSubAccess {
  const topic = topicName(connection.projectId, config.topic);
  const subscription = subscriptionName(connection.projectId, config.subscription);
  return {
    connection,
    address,
    real,
    topic,
    subscription,
    ensure: (stop) =>
      unlessStopped(real ? connection.ready() : ensure(connection, { topic, subscription }, address), stop),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** Ends with the promise, or as soon as the signal is aborted. */
function unlessStopped(promise: Promise<void>, stop: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    stop?.addEventListener("abort", () => resolve(), { once: true });
    if (stop?.aborted) resolve();
  });
}

/** gRPC's codes for a server that does not answer: in time, at all. */
const NO_ANSWER: readonly unknown[] = [4, 14];

/** What the client library says after a minute of trying is a page long. */
async function ensure(connection: Connection, names: Resources, address: string): Promise<void> {
  try {
    await ensureResources(connection, names);
  } catch (error) {
    if (!NO_ANSWER.includes((error as { code?: unknown }).code)) throw error;
    throw new Error(`Cannot reach Pub/Sub at ${address}: nothing answers; does an emulator run there?`, {
      cause: error,
    });
  }
}

/** gRPC's code for "there is no such thing". */
export const NOT_FOUND = 5;
/** gRPC's code for "you may not". */
export const PERMISSION_DENIED = 7;

/** The last part of a full name. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/**
 * Publishes messages to the topic.
 *
 * @returns Their ids, in their order.
 * @throws With the remedy where there is one, in one line: the client library's own words may be a page long.
 */
export async function publishTo(
  { connection, topic, address, real }: PubSubAccess,
  messages: readonly OutgoingMessage[],
): Promise<string[]> {
  try {
    return await publish(connection, topic, messages);
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    const { projectId } = connection;
    const reason = real && code === NOT_FOUND
      ? `there is no such topic; create it with: gcloud pubsub topics create ${shortName(topic)} --project=${projectId}`
      : real && code === PERMISSION_DENIED
      ? `no right to; grant it with: gcloud pubsub topics add-iam-policy-binding ${shortName(topic)} ` +
        `--member=serviceAccount:ACCOUNT --role=roles/pubsub.publisher --project=${projectId}`
      : NO_ANSWER.includes(code)
      ? "no answer; is it running?"
      : message.split("\n", 1)[0];
    throw new Error(`Cannot publish to ${topic} at ${address}: ${reason}`, { cause: error });
  }
}
