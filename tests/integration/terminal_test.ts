/**
 * What a person sees of hostile messages and errors, on a terminal that `script` makes, and what a program reads.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { oneLine } from "../../src/ops/safe_text.ts";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { runLms } from "../support/run_lms.ts";

const HOSTILE = "\x1b]0;title\x07\x1b[2J\x9b31m\u202eevil\u2066\nforged,row,info";
const TOPIC = "projects/lms/topics/log-topic";

/** Stores one hostile message and prints it at the end, on a terminal or into a pipe. */
async function monitored(terminal: boolean): Promise<string> {
  await using server = await FakeServer.start();
  const data = new TextEncoder().encode(JSON.stringify({ service_name: "a", payload: HOSTILE, severity: "info" }));
  const env = { PUBSUB_EMULATOR_HOST: server.address, PUBSUB_PROJECT_ID: "lms", DATABASE_URL: "sqlite::memory:" };
  await using monitor = new LmsProcess(["mon", "--duration=2", "--flush-interval=1", "--print-log=all"], env, {
    terminal,
  });
  await server.waitFor(({ openStreams }) => openStreams > 0);
  server.publish(TOPIC, [{ data }]);
  return (await monitor.ended()).stdout;
}

Deno.test("lms mon shows a hostile payload on a terminal in one harmless line", async () => {
  const line = (await monitored(true)).split("\r\n").find((line) => line.startsWith("a,"));
  assertStringIncludes(line!, `a,"${oneLine(HOSTILE)}",info,`);
});

Deno.test("lms mon prints a hostile payload into a pipe byte for byte", async () => {
  assertStringIncludes(await monitored(false), `a,"${HOSTILE}",info,`);
});

Deno.test("lms says what ends it in one record of its log, in the format of the rest", async () => {
  const args = ["migrate", "--startup-timeout=0"];
  const env = { DATABASE_URL: "sqlite:/nowhere/a\nb\x1b[2J\u202e.db" };
  const json = await runLms(args, { ...env, LOG_FORMAT: "json" });
  assertEquals([json.code, json.stderr.trimEnd().split("\n").length], [1, 1], json.stderr);
  assertEquals(JSON.parse(json.stderr).level, "error");
  const text = await runLms(args, { ...env, LOG_FORMAT: "text" });
  assertEquals(oneLine(text.stderr.trimEnd()), text.stderr.trimEnd());
});

Deno.test("lms says which setting it cannot use in one record where its log is to be JSON, and in a plain line else", async () => {
  const args = ["mon", "--batch-size=x\n\x1b[2J"];
  const json = await runLms(args, { LOG_FORMAT: "json" });
  assertEquals([json.code, json.stderr.trimEnd().split("\n").length], [2, 1], json.stderr);
  assertStringIncludes(JSON.parse(json.stderr).msg, "lms mon: Cannot use --batch-size ");
  const { stderr } = await runLms(args, { LOG_FORMAT: "text" });
  assertEquals(stderr.startsWith("lms mon: Cannot use --batch-size "), true, stderr);
  assertEquals(oneLine(stderr.trimEnd()), stderr.trimEnd());
});
