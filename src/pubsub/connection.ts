/**
 * Opens the clients that speak to Pub/Sub: Google's service, its emulator, or the embedded server.
 *
 * @module
 */
import { PubSub, v1 } from "@google-cloud/pubsub";

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
}

/**
 * Makes the clients. Nothing is sent yet: the first call connects, and fetches Application Default Credentials where
 * those are needed.
 */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const { projectId, endpoint, plaintext } = options;
  // Only the settings that this class works out are taken from it; the generated clients do the work.
  const settings = await new PubSub({
    projectId,
    // Both keep the library from asking the metadata server, or the environment, where it runs.
    emulatorMode: plaintext,
    universeDomain: "googleapis.com",
    ...(endpoint === undefined ? {} : { apiEndpoint: endpoint }),
  }).getClientConfig() as ConstructorParameters<typeof v1.PublisherClient>[0];
  const publisher = new v1.PublisherClient(settings);
  const subscriber = new v1.SubscriberClient(settings);
  return {
    projectId,
    publisher,
    subscriber,
    async [Symbol.asyncDispose]() {
      await Promise.all([publisher.close(), subscriber.close()]);
    },
  };
}
