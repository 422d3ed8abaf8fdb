/**
 * `lms emulator`: the embedded Pub/Sub, on a port for other processes.
 *
 * @module
 */
import { FakeServer } from "../pubsub/fake_server.ts";
import { defineCommand, EXIT } from "./command.ts";

/** The command. */
export const emulator = defineCommand({
  name: "emulator",
  summary: "serve the embedded Pub/Sub on a port, for other processes",
  description: [
    "A small Pub/Sub in memory: topics, subscriptions, publish, pull, acknowledge, leases. What it holds is gone",
    "when it ends. For trying things out and for tests; point other programs to it with PUBSUB_EMULATOR_HOST.",
  ],
  settings: ["host", "port"],
  async run({ host, port }, { log, print, drain }) {
    await using server = await FakeServer.start({ host, port });
    log.info("serving Pub/Sub", { address: server.address });
    print(`export PUBSUB_EMULATOR_HOST=${server.address}`);
    await new Promise<void>((resolve) => {
      if (drain.aborted) return resolve();
      drain.addEventListener("abort", () => resolve(), { once: true });
    });
    const { published, acknowledged } = server.stats();
    log.info("stopped", { published, acknowledged });
    return EXIT.ok;
  },
});
