/**
 * Opens the clients that speak to Pub/Sub: Google's service, its emulator, or the embedded server.
 *
 * @module
 */
import { PubSub, v1 } from "@google-cloud/pubsub";
import { Credentials } from "./credentials.ts";
import { RENEWED_CHANNEL } from "./renewed_channel.ts";
import { CallError } from "./transport.ts";

/** Where Pub/Sub is. */
export interface ConnectionOptions {
  /** Always explicit: without it the client library tries to find out by starting `gcloud`. */
  readonly projectId: string;
  /** `host:port`; default: Google's global endpoint. */
  readonly endpoint?: string;
  /** Without TLS and credentials, as an emulator is spoken to. */
  readonly plaintext: boolean;
}

/** Clients of one project; closing ends their connections. */
export interface Connection extends AsyncDisposable {
  readonly projectId: string;
  readonly publisher: v1.PublisherClient;
  readonly subscriber: v1.SubscriberClient;
  /**
   * Finds what calls to Google's service need: Application Default Credentials, a token for them, and certificate
   * authorities. May be called again after it failed.
   *
   * @throws {CallError} When there is no token, with a code that says whether another try makes sense.
   * @throws {Error} When the rest cannot be found, with the remedy.
   */
  ready(): Promise<void>;
}

/**
 * How much the server may have sent on a stream that is not yet read here. HTTP/2 begins with 64 KiB, which at 50 ms to
 * Google and back is 1.3 MB a second for each stream; with 1 MiB that is 20 MB. What arrives is read at once, so that
 * this much is only ever on its way.
 */
const WINDOW_BYTES = 1024 * 1024;

/** What a token is asked for. */
const SERVICE_URL = "https://pubsub.googleapis.com/";
const SCOPES = [...new Set([...v1.PublisherClient.scopes, ...v1.SubscriberClient.scopes])];

/** An emulator is near, and speaks plain HTTP/2: what a proxy makes of that is an error page, or silence. */
const NO_PROXY = { "grpc.enable_http_proxy": 0 };

/** The parts of `host:port`. The library takes such a text apart at its first colon, which an IPv6 address has inside. */
function partsOf(endpoint: string): { readonly servicePath: string; readonly port: number } {
  const colon = endpoint.lastIndexOf(":");
  return { servicePath: endpoint.slice(0, colon), port: Number(endpoint.slice(colon + 1)) };
}

/**
 * The longest wait before another try to connect. gRPC's own is 2 minutes, which is how long pulling would go on resting
 * after an outage.
 */
const RECONNECT_MS_MAX = 4_000;

/**
 * The largest response that is taken. Requests to publish are at most 10 MB, and a response is not much larger; what
 * claims to be is refused before it is read.
 */
const RESPONSE_BYTES_MAX = 20 * 1024 * 1024;

/** How the connection is made that messages are pulled over. */
export const PULLING_CHANNEL = {
  "grpc-node.flow_control_window": WINDOW_BYTES,
  "grpc.max_reconnect_backoff_ms": RECONNECT_MS_MAX,
  "grpc.max_receive_message_length": RESPONSE_BYTES_MAX,
  ...RENEWED_CHANNEL,
};

/** Makes the clients. Nothing is looked for or sent yet: the first call, or {@linkcode Connection.ready}, does. */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const { projectId, endpoint, plaintext } = options;
  // Only the settings that this class works out are taken from it; the generated clients do the work.
  const found = await new PubSub({
    projectId,
    // Both keep the library from asking the metadata server, or the environment, where it runs.
    emulatorMode: plaintext,
    universeDomain: "googleapis.com",
    ...(endpoint === undefined ? {} : { apiEndpoint: endpoint }),
  }).getClientConfig() as ConstructorParameters<typeof v1.PublisherClient>[0];
  const auth = plaintext ? undefined : new Credentials({ projectId, scopes: SCOPES });
  const settings = {
    ...found,
    ...(auth === undefined ? {} : { auth }),
    ...(endpoint === undefined ? {} : partsOf(endpoint)),
    ...(plaintext ? NO_PROXY : {}),
  };
  const publisher = new v1.PublisherClient(settings);
  const subscriber = new v1.SubscriberClient({ ...settings, ...PULLING_CHANNEL });
  return {
    projectId,
    publisher,
    subscriber,
    async ready() {
      try {
        await Promise.all([publisher.initialize(), subscriber.initialize()]);
        await auth?.ready(SERVICE_URL);
      } catch (error) {
        throw error instanceof CallError ? error : unopened(error);
      }
    },
    async [Symbol.asyncDispose]() {
      // One that could not be opened says so again when it is closed.
      await Promise.allSettled([publisher.close(), subscriber.close()]);
    },
  };
}

/** What the libraries say of credentials and authorities, with what to do about it. */
function unopened(error: unknown): Error {
  const { code, path, message } = error as {
    readonly code?: unknown;
    readonly path?: unknown;
    readonly message: string;
  };
  const said = message.split("\n", 1)[0]!.replace(/\. Browse to .*/, "");
  const remedy = code === "ENOENT"
    ? `is there a file ${
      path ?? ""
    }? GRPC_DEFAULT_SSL_ROOTS_FILE_PATH and GOOGLE_APPLICATION_CREDENTIALS name such files`
    : "set GOOGLE_APPLICATION_CREDENTIALS to a service account's key file, run on a machine with an attached account, or " +
      "run: gcloud auth application-default login";
  return new Error(`Cannot open Pub/Sub: ${said}; ${remedy}`, { cause: error });
}
