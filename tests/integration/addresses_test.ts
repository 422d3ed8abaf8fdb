/**
 * How Pub/Sub is found: by IPv6 addresses, past proxies, by full names; and a topic that is gone.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { connect } from "../../src/pubsub/connection.ts";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { runLms } from "../support/run_lms.ts";
import { SilentServer } from "../support/silent_server.ts";

for (const host of ["::1", "[::1]"]) {
  Deno.test(`lms emulator --host ${host} prints an address that lms pub and lms emu can use`, async () => {
    await using emulator = new LmsProcess(["emulator", "--port=0", `--host=${host}`], {});
    const { address } = await emulator.logged(({ msg }) => msg === "serving Pub/Sub");
    assertMatch(String(address), /^\[::1\]:\d+$/);
    const published = await runLms(["pub", "2"], { PUBSUB_EMULATOR_HOST: String(address) });
    assertEquals(published.code, 0, published.stderr);
    assertEquals(published.stdout.trimEnd().split("\n").length, 2);
    const received = await runLms(["emu", "1"], { PUBSUB_EMULATOR_HOST: String(address) });
    assertEquals(received.code, 0, received.stderr);
  });
}

Deno.test("lms mock asks no proxy for its own server, and lms pub none for an emulator", async () => {
  await using proxy = new SilentServer();
  const url = `http://${proxy.address}`;
  const env = { http_proxy: url, https_proxy: url, grpc_proxy: url };
  const mock = await runLms(["mock", "1", "--duration=10"], env);
  assertEquals(mock.code, 0, mock.stderr);
  await using emulator = new LmsProcess(["emulator", "--port=0"], env);
  const { address } = await emulator.logged(({ msg }) => msg === "serving Pub/Sub");
  const published = await runLms(["pub", "1"], { ...env, PUBSUB_EMULATOR_HOST: String(address) });
  assertEquals(published.code, 0, published.stderr);
  assertEquals(proxy.connections, 0);
});

Deno.test("lms takes full names of topic and subscription, also of two projects, and needs no project beside them", async () => {
  await using server = await FakeServer.start();
  server.createTopic("projects/theirs/topics/logs");
  server.createSubscription({ name: "projects/ours-1/subscriptions/logs", topic: "projects/theirs/topics/logs" });
  const env = {
    PUBSUB_EMULATOR_HOST: server.address,
    PUBSUB_TOPIC: "projects/theirs/topics/logs",
    PUBSUB_SUBSCRIPTION: "projects/ours-1/subscriptions/logs",
  };
  const published = await runLms(["pub", "3"], env);
  assertEquals(published.code, 0, published.stderr);
  await using monitor = new LmsProcess(["mon", "--database=sqlite::memory:", "--flush-interval=100ms"], env);
  await server.waitFor(({ acknowledged }) => acknowledged === 3);
  monitor.signal("SIGTERM");
  assertEquals((await monitor.ended()).code, 0);
});

Deno.test("lms mon warns at start of a subscription whose topic was deleted", async () => {
  await using server = await FakeServer.start();
  const env = { PUBSUB_EMULATOR_HOST: server.address, PUBSUB_PROJECT_ID: "lms" };
  server.createTopic("projects/lms/topics/log-topic");
  server.createSubscription({ name: "projects/lms/subscriptions/log-sub", topic: "projects/lms/topics/log-topic" });
  await using connection = await connect({ projectId: "lms", endpoint: server.address, plaintext: true });
  await connection.publisher.deleteTopic({ topic: "projects/lms/topics/log-topic" });
  await using monitor = new LmsProcess(["mon", "--database=sqlite::memory:"], env);
  const { level } = await monitor.logged(({ msg }) => msg.startsWith("the subscription's topic was deleted"));
  assertEquals(level, "warn");
});
