/**
 * `lms sim`: services that log, played.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { publishTo } from "../../app/publish.ts";
import { openPubSub } from "../../app/pubsub.ts";
import { nameOf } from "../../config/settings.ts";
import { UsageError } from "../../config/usage_error.ts";
import { randomSeed } from "../../ops/random.ts";
import { whyUnwritable } from "../../ops/unwritable.ts";
import { manifestJson } from "../../sim/manifest_json.ts";
import { manifestTable } from "../../sim/manifest_table.ts";
import { simulate } from "../../sim/simulator.ts";
import { traffic } from "../../sim/traffic.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import type { SIM } from "./command.ts";

/** Runs the command. */
export async function run(
  config: ConfigOf<typeof SIM>,
  { log, printRows, results, terminal, reserveFile, writeFile, drain }: Context,
): Promise<number> {
  if (config.manifest !== undefined) await reserve(config.manifest, reserveFile);
  await using pubsub = await openPubSub(config);
  if (!await pubsub.ensure({ stop: drain, log })) return EXIT.ok;
  const seed = config.seed ?? randomSeed();
  log.info("simulating", { topic: pubsub.topic, services: config.services, rate: config.rate ?? "random", seed });
  let published = 0;
  const status = setInterval(() => terminal.status([`simulating: ${published} published`]), 1_000);
  try {
    const manifest = await simulate({
      traffic: traffic({ seed, services: config.services, malformedShare: config.malformed }),
      publish: (messages) => publishTo(pubsub, messages, drain),
      rate: config.rate ?? "random",
      durationMs: config.durationMs,
      count: config.messages,
      signal: drain,
      listMessages: config.listMessages,
      onPublished: (total) => published = total,
    });
    terminal.status([]);
    printRows(manifestTable(manifest, results).split("\n"));
    if (config.manifest !== undefined) await writeFile(config.manifest, manifestJson(manifest));
    return EXIT.ok;
  } finally {
    clearInterval(status);
    terminal.status([]);
  }
}

/** What cannot be written at the end is told before anything is published. */
async function reserve(path: string, reserveFile: Context["reserveFile"]): Promise<void> {
  try {
    await reserveFile(path);
  } catch (error) {
    throw new UsageError(`Cannot use ${nameOf("manifest")} "${path}": ${whyUnwritable(error)}`);
  }
}
