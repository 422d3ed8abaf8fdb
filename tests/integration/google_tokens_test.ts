/**
 * LMS beside servers that give tokens and that have a bad time: while it starts, and while it runs.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { runLms, temporaryFolder } from "../support/run_lms.ts";
import { makeTlsFiles } from "../support/tls.ts";
import { type Refusal, TOKEN, TokenServer } from "../support/token_server.ts";

const TOPIC = "projects/lms-test/topics/log-topic";

/** A Pub/Sub that takes this token only, the server that gives it, and the environment that leads LMS to the first. */
async function startSecured() {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder()).path;
  const files = await makeTlsFiles(folder);
  const pubsub = stack.use(
    await FakeServer.start({
      tls: { cert: files.cert, key: files.key },
      authorize: (token) => token === TOKEN,
    }),
  );
  pubsub.createTopic(TOPIC);
  pubsub.createSubscription({ name: "projects/lms-test/subscriptions/log-sub", topic: TOPIC });
  const tokens = stack.use(new TokenServer());
  const env = {
    PUBSUB_ENDPOINT: pubsub.address.replace("127.0.0.1", "localhost"),
    PUBSUB_PROJECT_ID: "lms-test",
    DENO_CERT: files.caFile,
  };
  const byFile = { ...env, GOOGLE_APPLICATION_CREDENTIALS: await tokens.writeCredentials(folder) };
  const byMetadata = { ...env, GCE_METADATA_HOST: tokens.address, CLOUDSDK_CONFIG: folder };
  return { pubsub, tokens, byFile, byMetadata, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The library itself asks four times before it says anything. */
function fourTimes(...statuses: readonly number[]): Refusal[] {
  return statuses.flatMap((status) => Array<Refusal>(4).fill({ status }));
}

/** Waits for what a running monitor does; where it ends before that, its log says why. */
async function unlessEnded<T>(monitor: LmsProcess, event: Promise<T>): Promise<T> {
  return await Promise.race([
    event,
    monitor.ended().then(({ code, stderr }) => {
      throw new Error(`lms ended with ${code}: ${stderr}`);
    }),
  ]);
}

const MESSAGE = { data: new TextEncoder().encode(`{"service_name":"a","payload":"p","severity":"info"}`) };
const MON = ["mon", "--database=sqlite::memory:", "--flush-interval=100ms"];

for (const source of ["byFile", "byMetadata"] as const) {
  Deno.test(`lms mon waits at start for a token that is refused with 503, 429 and 408 (${source})`, async () => {
    await using secured = await startSecured();
    // The metadata server is first asked whether it is there.
    const before = source === "byMetadata" ? fourTimes(500) : [];
    secured.tokens.refusals = [...before, ...fourTimes(503), { status: 429 }, { status: 408 }];
    await using monitor = new LmsProcess(MON, secured[source]);
    const { reason } = await unlessEnded(
      monitor,
      monitor.logged(({ msg }) => msg === "waiting for a token for Pub/Sub"),
    );
    assertEquals(reason, "Cannot get a token: HTTP 503");
    secured.pubsub.publish(TOPIC, [MESSAGE]);
    await unlessEnded(monitor, secured.pubsub.waitFor(({ acknowledged }) => acknowledged === 1));
    monitor.signal("SIGTERM");
    const { code, stderr } = await monitor.ended();
    assertEquals(code, 0, stderr);
  });
}

Deno.test("lms mon keeps running where tokens are refused with 500 and 503 for seconds, and acknowledges after that", async () => {
  await using secured = await startSecured();
  // The library asks for the next token five minutes before, so for every call.
  secured.tokens.lifetimeSeconds = 1;
  await using monitor = new LmsProcess([...MON, "--streams=1"], { ...secured.byFile, LOG_LEVEL: "debug" });
  await unlessEnded(monitor, secured.pubsub.waitFor(({ openStreams }) => openStreams === 1));
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  secured.tokens.refusals = [500, 503, 500, 503].map((status) => ({ status }));
  secured.pubsub.publish(TOPIC, [MESSAGE]);
  secured.pubsub.resetStreams();
  await unlessEnded(
    monitor,
    monitor.logged(({ msg, reason }) => msg === "stream ended" && String(reason).includes("HTTP 50")),
  );
  await unlessEnded(monitor, secured.pubsub.waitFor(({ acknowledged }) => acknowledged === 1));
  monitor.signal("SIGTERM");
  const { code, stderr } = await monitor.ended();
  assertEquals(code, 0, stderr);
});

Deno.test("lms ends at once where a token is refused for good, and says what to look at", async () => {
  await using secured = await startSecured();
  for (const [args, refusal] of [[MON, { status: 400, error: "invalid_grant" }], [["pub"], { status: 403 }]] as const) {
    secured.tokens.refusals = [refusal];
    const { code, stderr } = await runLms(args, secured.byFile);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, `Cannot get a token: HTTP ${refusal.status}`);
    assertStringIncludes(stderr, "GOOGLE_APPLICATION_CREDENTIALS");
  }
});

Deno.test("lms mon that waits for a token stops at SIGTERM, and gives up after STARTUPTIMEOUT", async () => {
  await using secured = await startSecured();
  secured.tokens.refusals = Array<Refusal>(1_000).fill({ status: 503 });
  const impatient = await runLms(MON, { ...secured.byFile, STARTUPTIMEOUT: "1" });
  assertEquals(impatient.code, 1, impatient.stderr);
  assertStringIncludes(impatient.stderr, "STARTUPTIMEOUT");
  await using monitor = new LmsProcess(MON, secured.byFile);
  await unlessEnded(monitor, monitor.logged(({ msg }) => msg === "waiting for a token for Pub/Sub"));
  monitor.signal("SIGTERM");
  const { code, stderr } = await monitor.ended();
  assertEquals(code, 0, stderr);
});
