/**
 * LMS as it speaks to Google's service, over TLS and with signed tokens, where something is missing there.
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FakeServer } from "../../src/emulator/fake_server.ts";
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

/** What the log says last. */
function lastMessage(stderr: string): string {
  return JSON.parse(stderr.trimEnd().split("\n").at(-1)!).msg;
}

/** Google's service, and nobody to ask for credentials. */
const NOBODY = { PUBSUB_PROJECT_ID: PROJECT, METADATA_SERVER_DETECTION: "none" };

for (const args of [["mon", "--database=sqlite::memory:"], ["pub"]]) {
  Deno.test(`lms ${args[0]} without credentials says in one line how to give it some, and exits 1`, async () => {
    const { code, stdout, stderr } = await runLms(args, NOBODY);
    assertEquals({ code, stdout }, { code: 1, stdout: "" }, stderr);
    assertMatch(lastMessage(stderr), /^Cannot open Pub\/Sub: [^\n]*GOOGLE_APPLICATION_CREDENTIALS[^\n]*$/);
    assertEquals(stderr.includes("    at "), false, stderr);
  });
}

Deno.test("lms names the file that a variable names and that is not there, and the one that it may not read", async () => {
  await using folder = await temporaryFolder();
  const missing = `${folder.path}/key.json`;
  const { code, stderr } = await runLms(["pub"], { ...NOBODY, GOOGLE_APPLICATION_CREDENTIALS: missing });
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, `is there a file ${missing}?`);
  const outOfReach = await runLms(["pub"], { ...NOBODY, GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: "/srv/ca.pem" });
  assertEquals(outOfReach.code, 1, outOfReach.stderr);
  assertMatch(lastMessage(outOfReach.stderr), /^Cannot read "\/srv\/ca\.pem": [^\n]*ALLOW_READ$/);
});
