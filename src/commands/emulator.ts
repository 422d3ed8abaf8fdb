/**
 * `lms emulator`: the embedded Pub/Sub, on a port for other processes.
 *
 * @module
 */
import { nameOf } from "../config.ts";
import { FakeServer } from "../pubsub/fake_server.ts";
import { CHAOS_FAULTS, parseChaos } from "./chaos.ts";
import { defineCommand, EXIT, UsageError } from "./command.ts";
import { randomSeed } from "./quantity.ts";

/** The command. */
export const emulator = defineCommand({
  name: "emulator",
  summary: "serve the embedded Pub/Sub on a port, for other processes",
  description: [
    "A small Pub/Sub in memory: topics, subscriptions, publish, pull, acknowledge, leases. What it holds is gone",
    "when it ends. For trying things out and for tests; point other programs to it with PUBSUB_EMULATOR_HOST.",
    "",
    "With --chaos it misbehaves; the same --seed gives the same requests the same faults. SHARE is 0 to 1 or a percent:",
    ...CHAOS_FAULTS.map(({ name, value, help }) => `  ${`${name}${value && "="}${value}`.padEnd(26)}${help}`),
  ],
  settings: ["host", "port", "chaos", "seed"],
  async run({ host, port, chaos, seed = randomSeed() }, { log, print, drain }) {
    const faults = chaos === undefined ? { ok: true as const, value: {} } : parseChaos(chaos);
    if (!faults.ok) throw new UsageError(`Cannot use ${nameOf("chaos")} "${chaos}": it must be ${faults.allowed}`);
    await using server = await FakeServer.start({ host, port, seed, faults: faults.value });
    log.info("serving Pub/Sub", { address: server.address });
    if (chaos !== undefined) log.warn("misbehaving on purpose", { ...faults.value, seed });
    print(`export PUBSUB_EMULATOR_HOST=${server.address}`);
    await new Promise<void>((resolve) => {
      if (drain.aborted) return resolve();
      drain.addEventListener("abort", () => resolve(), { once: true });
    });
    const { published, acknowledged, delivered, redelivered, acksDropped } = server.stats();
    log.info("stopped", { published, acknowledged, delivered, redelivered, acks_dropped: acksDropped });
    return EXIT.ok;
  },
});
