/**
 * Signals, while Pub/Sub does not answer.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { SilentServer } from "../support/silent_server.ts";

/** Well under the minute after which the client library gives up by itself. */
const AT_ONCE_MS = 20_000;

/** Sends SIGTERM and waits for the end. */
async function terminated(process: LmsProcess) {
  const sentAt = performance.now();
  process.signal("SIGTERM");
  const ended = await process.ended();
  assert(performance.now() - sentAt < AT_ONCE_MS, `ended too late: ${ended.stderr}`);
  return ended;
}

for (
  const { args, code } of [
    { args: ["mon", "--database=sqlite::memory:"], code: 0 },
    { args: ["sim"], code: 0 },
    { args: ["emu"], code: 0 },
    { args: ["pub"], code: 1 },
  ]
) {
  Deno.test(`lms ${args[0]} that waits for Pub/Sub ends at SIGTERM with exit code ${code}`, async () => {
    await using server = new SilentServer();
    await using lms = new LmsProcess(args, { PUBSUB_EMULATOR_HOST: server.address, LOG_LEVEL: "debug" });
    while (server.connections === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const ended = await terminated(lms);
    assertEquals(ended.code, code, ended.stderr);
  });
}

for (const args of [["sim", "--rate=max"], ["pub", "100000"]]) {
  Deno.test(`lms ${args[0]} whose publishing is not answered ends at SIGTERM, and says that its account is open`, async () => {
    await using server = await FakeServer.start({ faults: { refusePublishShare: 1 } });
    await using lms = new LmsProcess(args, { PUBSUB_EMULATOR_HOST: server.address });
    await server.waitFor(({ requests }) => requests.publish > 0);
    const { code, stderr } = await terminated(lms);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "stopped while there was no answer");
  });
}
