/**
 * The Pub/Sub that an end-to-end run uses, and the environment that leads LMS to it.
 *
 * @module
 */
import { ensureResources, subscriptionName, topicName } from "../../src/pubsub/admin.ts";
import { connect } from "../../src/pubsub/connection.ts";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { startEmulator } from "../support/emulator.ts";
import { makeServiceAccount } from "../support/service_account.ts";
import { makeTlsFiles } from "../support/tls.ts";

/**
 * `emulator`: Google's emulator. `tls`: the embedded server, demanding TLS with an authority of its own and signed
 * bearer tokens, which is how Google's service is spoken to. `gcp`: Google's service, in a project of yours.
 */
export type PubSubKind = "emulator" | "tls" | "gcp";

/** A Pub/Sub with a topic and a subscription of its own for this run. */
export interface PubSubUnderTest extends AsyncDisposable {
  readonly address: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Opens one.
 *
 * @param folder For certificates and keys of this run.
 */
export function openPubSub(kind: PubSubKind, folder: string): Promise<PubSubUnderTest> {
  switch (kind) {
    case "emulator":
      return openEmulator();
    case "tls":
      return openTls(folder);
    case "gcp":
      return openGoogle();
  }
}

function names(): { PUBSUB_TOPIC: string; PUBSUB_SUBSCRIPTION: string } {
  const suffix = crypto.randomUUID().slice(0, 8);
  return { PUBSUB_TOPIC: `lms-e2e-${suffix}`, PUBSUB_SUBSCRIPTION: `lms-e2e-${suffix}` };
}

async function openEmulator(): Promise<PubSubUnderTest> {
  const emulator = await startEmulator();
  return {
    address: emulator.address,
    env: { PUBSUB_EMULATOR_HOST: emulator.address, ...names() },
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}

const TLS_PROJECT = "lms-e2e-tls";

async function openTls(folder: string): Promise<PubSubUnderTest> {
  const files = await makeTlsFiles(folder);
  const account = await makeServiceAccount(folder, TLS_PROJECT);
  let refused = 0;
  const server = await FakeServer.start({
    host: "127.0.0.1",
    port: 0,
    tls: { cert: files.cert, key: files.key },
    authorize: (token) => {
      const accepted = account.accepts(token);
      if (!accepted) refused++;
      return accepted;
    },
  });
  const { PUBSUB_TOPIC, PUBSUB_SUBSCRIPTION } = names();
  server.createTopic(topicName(TLS_PROJECT, PUBSUB_TOPIC));
  server.createSubscription({
    name: subscriptionName(TLS_PROJECT, PUBSUB_SUBSCRIPTION),
    topic: topicName(TLS_PROJECT, PUBSUB_TOPIC),
  });
  return {
    address: `${server.address} with TLS and bearer tokens`,
    env: {
      PUBSUB_ENDPOINT: server.address.replace("127.0.0.1", "localhost"),
      PUBSUB_PROJECT_ID: TLS_PROJECT,
      PUBSUB_TOPIC,
      PUBSUB_SUBSCRIPTION,
      GOOGLE_APPLICATION_CREDENTIALS: account.keyFile,
      DENO_CERT: files.caFile,
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      if (refused > 0) throw new Error(`${refused} call(s) came without a valid token`);
    },
  };
}

/** Whose project to use, and the file with credentials for it; or a line that says what is missing. */
export async function googleAccess(): Promise<
  { readonly projectId: string; readonly credentials: string } | { readonly missing: string }
> {
  const projectId = Deno.env.get("PUBSUB_PROJECT_ID") ?? Deno.env.get("GOOGLE_CLOUD_PROJECT");
  const credentials = Deno.env.get("GOOGLE_APPLICATION_CREDENTIALS") ??
    `${Deno.env.get("HOME") ?? ""}/.config/gcloud/application_default_credentials.json`;
  const present = await Deno.stat(credentials).then(() => true, () => false);
  if (projectId !== undefined && present) return { projectId, credentials };
  return {
    missing: "Cannot use Google Pub/Sub: this test needs a project (PUBSUB_PROJECT_ID) and credentials " +
      "(gcloud auth application-default login, or GOOGLE_APPLICATION_CREDENTIALS) that may create and delete a topic " +
      "and a subscription there (roles/pubsub.editor)",
  };
}

async function openGoogle(): Promise<PubSubUnderTest> {
  const access = await googleAccess();
  if ("missing" in access) throw new Error(access.missing);
  const { projectId, credentials } = access;
  const { PUBSUB_TOPIC, PUBSUB_SUBSCRIPTION } = names();
  const topic = topicName(projectId, PUBSUB_TOPIC);
  const subscription = subscriptionName(projectId, PUBSUB_SUBSCRIPTION);
  const connection = await connect({ projectId, plaintext: false });
  await ensureResources(connection, { topic, subscription });
  return {
    address: `Google's service, project ${projectId}`,
    env: {
      PUBSUB_PROJECT_ID: projectId,
      PUBSUB_TOPIC,
      PUBSUB_SUBSCRIPTION,
      GOOGLE_APPLICATION_CREDENTIALS: credentials,
    },
    async [Symbol.asyncDispose]() {
      await connection.subscriber.deleteSubscription({ subscription });
      await connection.publisher.deleteTopic({ topic });
      await connection[Symbol.asyncDispose]();
    },
  };
}
