/**
 * What `lms emulator` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { defineCommand } from "../command.ts";
import { CHAOS_FAULTS } from "../../emulator/chaos.ts";

/** `lms emulator`. */
export const EMULATOR = defineCommand({
  name: "emulator",
  summary: "serve the embedded Pub/Sub on a port, for other processes",
  description: [
    "A small Pub/Sub in memory: topics, subscriptions, publish, pull, acknowledge, leases. What it holds is gone",
    "when it ends. For trying things out and for tests; point other programs to it with PUBSUB_EMULATOR_HOST.",
    "",
    "With --chaos it misbehaves; the same --seed gives the same requests the same faults. SHARE is 0 to 1 or a percent:",
    ...CHAOS_FAULTS.map(({ name, value, help }) => `  ${`${name}${value && "="}${value}`.padEnd(27)}${help}`),
  ],
  settings: ["host", "port", "chaos", "seed"],
});
