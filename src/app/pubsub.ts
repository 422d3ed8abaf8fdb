/**
 * Opens Pub/Sub as the settings say: Google's service, an emulator, or a server embedded in this process.
 *
 * @module
 */
import { type Config, nameOf } from "../config/settings.ts";
import type { PUBSUB_SETTINGS } from "../config/settings/pubsub.ts";
import { UsageError } from "../config/usage_error.ts";
import { FakeServer } from "../emulator/fake_server.ts";
import { abortable } from "../ops/abortable.ts";
import { Backoff } from "../ops/backoff.ts";
import type { Log } from "../ops/logger.ts";
import { sleep } from "../ops/sleep.ts";
import { ensureResources, projectOf, type Resources, subscriptionName, topicName } from "../pubsub/admin.ts";
import { connect, type Connection } from "../pubsub/connection.ts";
import { CallError, isTransient } from "../pubsub/transport.ts";
import { STATUS } from "../wire/status_codes.ts";

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
   * Creates the topic and the subscription where they are missing; on Google's service it creates nothing, and waits for
   * a token.
   *
   * @returns Whether all is there; `false` as soon as it was told to stop.
   */
  ensure(options: EnsureOptions): Promise<boolean>;
}

/** How to wait for Pub/Sub. */
export interface EnsureOptions {
  /** Ends the wait. */
  readonly stop: AbortSignal;
  readonly log: Log;
  /** How long to wait for a token, in milliseconds; default 60 s, which is how long the library waits for an emulator. */
  readonly timeoutMs?: number;
}

type PubSubConfig = Config<keyof typeof PUBSUB_SETTINGS>;

/**
 * Opens Google's service or an emulator.
 *
 * @throws {UsageError} When the project is needed and not set.
 */
export async function openPubSub(config: PubSubConfig): Promise<PubSubAccess> {
  const { emulatorHost, endpoint } = config;
  const project = projectNamed(config);
  if (emulatorHost !== undefined) {
    return access(
      config,
      await connect({
        projectId: project ?? EMULATOR_PROJECT,
        endpoint: emulatorHost,
        plaintext: true,
      }),
      { address: emulatorHost, real: false },
    );
  }
  if (project === undefined) {
    throw new UsageError(
      "Cannot open Pub/Sub: no project is set; set --project (PUBSUB_PROJECT_ID), " +
        "or PUBSUB_EMULATOR_HOST to use an emulator, or try lms demo, which needs neither",
    );
  }
  const connection = await connect({
    projectId: project,
    plaintext: false,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  return access(config, connection, { address: endpoint ?? "Google Pub/Sub", real: true });
}

/** The project that is set, else the one in a full name of the subscription or the topic. */
function projectNamed(config: Pick<PubSubConfig, "project" | "topic" | "subscription">): string | undefined {
  return config.project ?? projectOf(config.subscription) ?? projectOf(config.topic);
}

/** Starts a server in this process and opens it. Closing ends the server too. */
export async function openEmbedded(config: Omit<PubSubConfig, "emulatorHost" | "endpoint">): Promise<PubSubAccess> {
  const server = await FakeServer.start({ host: "127.0.0.1", port: 0 });
  const connection = await connect({
    projectId: projectNamed(config) ?? EMULATOR_PROJECT,
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
    ensure: (options) =>
      unlessStopped(
        real ? waitForToken(connection, options) : ensure(connection, { topic, subscription }, address),
        options.stop,
      ),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** Whether the promise was kept before the signal was aborted. Nobody hears of it after that. */
async function unlessStopped(promise: Promise<void>, stop: AbortSignal): Promise<boolean> {
  try {
    await abortable(promise, stop);
    return true;
  } catch (error) {
    if (stop.aborted && error === stop.reason) return false;
    throw error;
  }
}

/** How often the wait for a token is told. */
const TOLD_EVERY_MS = 10_000;

/** Servers that give tokens have bad seconds as others have. */
async function waitForToken(connection: Connection, { stop, log, timeoutMs = 60_000 }: EnsureOptions): Promise<void> {
  const startedAt = performance.now();
  const backoff = new Backoff({ firstMs: 200, maxMs: 5_000 });
  let toldAt = -Infinity;
  while (!stop.aborted) {
    try {
      return await connection.ready();
    } catch (error) {
      if (!(error instanceof CallError && isTransient(error.code))) throw error;
      const now = performance.now();
      if (now - startedAt >= timeoutMs) {
        throw new CallError(
          `Cannot open Pub/Sub within ${
            Math.round(timeoutMs / 1000)
          } s: ${error.message}; does the server that gives ` +
            `tokens work? ${nameOf("startupTimeoutMs")} of lms mon says how long to wait`,
          { code: error.code, cause: error },
        );
      }
      if (now - toldAt >= TOLD_EVERY_MS) {
        toldAt = now;
        log.warn("waiting for a token for Pub/Sub", { reason: error.message });
      }
      await sleep(Math.min(backoff.next(), timeoutMs), stop).catch(() => {});
    }
  }
}

/** Whether a server did not answer a call: in time, or at all. */
export function isUnanswered(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === STATUS.DEADLINE_EXCEEDED || code === STATUS.UNAVAILABLE;
}

/** What the client library says after a minute of trying is a page long. */
async function ensure(connection: Connection, names: Resources, address: string): Promise<void> {
  try {
    await ensureResources(connection, names);
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    throw new Error(`Cannot reach Pub/Sub at ${address}: nothing answers; does an emulator run there?`, {
      cause: error,
    });
  }
}
