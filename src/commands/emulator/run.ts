/**
 * `lms emulator`: the embedded Pub/Sub, on a port for other processes.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { whyNotListening } from "../../app/listening.ts";
import { nameOf } from "../../config/settings.ts";
import { UsageError } from "../../config/usage_error.ts";
import { parseChaos } from "../../emulator/chaos.ts";
import { FakeServer } from "../../emulator/fake_server.ts";
import { aborted } from "../../ops/abortable.ts";
import { randomSeed } from "../../ops/random.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import type { EMULATOR } from "./command.ts";

/** Runs the command. */
export async function run(
  { host, port, chaos, seed = randomSeed() }: ConfigOf<typeof EMULATOR>,
  { log, print, drain }: Context,
): Promise<number> {
  const faults = chaos === undefined ? { ok: true as const, value: {} } : parseChaos(chaos);
  if (!faults.ok) throw new UsageError(`Cannot use ${nameOf("chaos")} "${chaos}": it must be ${faults.problem}`);
  checkFree(host, port);
  await using server = await FakeServer.start({ host, port, seed, faults: faults.value });
  log.info("serving Pub/Sub", { address: server.address });
  if (chaos !== undefined) log.warn("misbehaving on purpose", { ...faults.value, seed });
  print(`export PUBSUB_EMULATOR_HOST=${server.address}`);
  await aborted(drain);
  const { published, acknowledged, delivered, redelivered, acksDropped } = server.stats();
  log.info("stopped", { published, acknowledged, delivered, redelivered, acks_dropped: acksDropped });
  return EXIT.ok;
}

/** gRPC has words of its own for an address that is taken, and writes them to stderr beside the log. */
function checkFree(hostname: string, port: number): void {
  try {
    Deno.listen({ hostname, port }).close();
  } catch (error) {
    const why = whyNotListening(error, { host: "host", port: "port" });
    const address = hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
    throw new Error(`Cannot listen on ${address}: ${why}`, { cause: error });
  }
}
