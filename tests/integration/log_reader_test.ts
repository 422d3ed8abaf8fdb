/**
 * Readers of the log who do not read, or go away.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { LmsProcess } from "../support/lms_process.ts";

const TOPIC = "projects/lms/topics/log-topic";

function environment(server: FakeServer): Record<string, string> {
  return { PUBSUB_EMULATOR_HOST: server.address, PUBSUB_PROJECT_ID: "lms", DATABASE_URL: "sqlite::memory:" };
}

function messages(count: number): { readonly data: Uint8Array }[] {
  const data = new TextEncoder().encode(JSON.stringify({ service_name: "a", payload: "b", severity: "info" }));
  return Array.from({ length: count }, () => ({ data }));
}

Deno.test("lms mon stores and acknowledges while nobody reads its log, and says afterwards how many lines were dropped", async () => {
  await using server = await FakeServer.start();
  // A pipe holds 64 KiB, and 1 MiB may wait.
  await using monitor = new LmsProcess(["mon", "--batch-size=1"], environment(server), { unread: true });
  await server.waitFor(({ openStreams }) => openStreams > 0);
  server.publish(TOPIC, messages(7_000));
  await server.waitFor(({ acknowledged }) => acknowledged === 7_000);
  monitor.signal("SIGTERM");
  const { code, stderr } = await monitor.ended();
  assertEquals(code, 0);
  assertStringIncludes(stderr, "lines of the log were dropped, because nobody read them");
});

Deno.test("lms mon whose terminal goes away stores what it holds", async () => {
  await using server = await FakeServer.start();
  const args = ["mon", "--flush-interval=600", "--duration=60"];
  await using monitor = new LmsProcess(args, environment(server), { terminal: true });
  await server.waitFor(({ openStreams }) => openStreams > 0);
  server.publish(TOPIC, messages(3));
  await server.waitFor(({ outstanding }) => outstanding === 3);
  monitor.signal("SIGKILL"); // It is what holds the terminal.
  await server.waitFor(({ acknowledged, openStreams }) => acknowledged === 3 && openStreams === 0);
});

Deno.test("lms mon without a terminal goes on at SIGHUP, and says so", async () => {
  await using server = await FakeServer.start();
  await using monitor = new LmsProcess(["mon", "--flush-interval=1"], environment(server));
  await server.waitFor(({ openStreams }) => openStreams > 0);
  monitor.signal("SIGHUP");
  await monitor.logged(({ msg }) => msg.startsWith("SIGHUP is ignored"));
  server.publish(TOPIC, messages(3));
  await server.waitFor(({ acknowledged }) => acknowledged === 3);
  monitor.signal("SIGTERM");
  assertEquals((await monitor.ended()).code, 0);
});
