/**
 * LMS as it speaks to Google's service, over TLS and with signed tokens, where something is missing there.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeServer } from "../../src/pubsub/fake_server.ts";
import { runLms, temporaryFolder } from "../support/run_lms.ts";
import { makeServiceAccount } from "../support/service_account.ts";
import { makeTlsFiles } from "../support/tls.ts";

const PROJECT = "lms-test";

/** A server that demands both, with neither topic nor subscription, and the environment that leads LMS to it. */
async function startSecured(folder: string): Promise<{ env: Record<string, string> } & AsyncDisposable> {
  const files = await makeTlsFiles(folder);
  const account = await makeServiceAccount(folder, PROJECT);
  const server = await FakeServer.start({
    tls: { cert: files.cert, key: files.key },
    authorize: (token) => account.accepts(token),
  });
  return {
    env: {
      PUBSUB_ENDPOINT: server.address.replace("127.0.0.1", "localhost"),
      PUBSUB_PROJECT_ID: PROJECT,
      GOOGLE_APPLICATION_CREDENTIALS: account.keyFile,
      DENO_CERT: files.caFile,
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

Deno.test("lms mon names the gcloud command that creates a missing subscription", async () => {
  await using folder = await temporaryFolder();
  await using secured = await startSecured(folder.path);
  const { code, stderr } = await runLms(["mon", "--database=sqlite::memory:"], secured.env);
  assertEquals(code, 1, stderr);
  assertStringIncludes(
    stderr,
    "gcloud pubsub subscriptions create log-sub --topic=log-topic --ack-deadline=60 --project=lms-test",
  );
});

Deno.test("lms pub names the gcloud command that creates a missing topic", async () => {
  await using folder = await temporaryFolder();
  await using secured = await startSecured(folder.path);
  const { code, stderr } = await runLms(["pub"], secured.env);
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, "gcloud pubsub topics create log-topic --project=lms-test");
});
