/**
 * `lms sim`: services that log, played.
 *
 * @module
 */
import { manifestJson } from "../sim/manifest_json.ts";
import { manifestTable } from "../sim/manifest_table.ts";
import { simulate } from "../sim/simulator.ts";
import { traffic } from "../sim/traffic.ts";
import { defineCommand, EXIT } from "./command.ts";
import { openPubSub, publishTo, PUBSUB_SETTINGS } from "./pubsub.ts";
import { randomSeed } from "./quantity.ts";

/** The command. */
export const sim = defineCommand({
  name: "sim",
  summary: "run the service simulator: random messages for DURATION",
  description: [
    "Publishes random messages of some services to the topic, and prints at the end how many it published of each",
    "service and severity. On an emulator it creates the topic and the subscription first, so that messages wait",
    "for a monitor that starts later.",
  ],
  settings: [
    ...PUBSUB_SETTINGS,
    "durationMs",
    "messages",
    "rate",
    "services",
    "seed",
    "malformed",
    "manifest",
    "listMessages",
  ],
  async run(config, { log, print, terminal, writeFile, drain }) {
    await using pubsub = await openPubSub(config);
    await pubsub.ensure();
    const seed = config.seed ?? randomSeed();
    log.info("simulating", { topic: pubsub.topic, services: config.services, rate: config.rate ?? "random", seed });
    let published = 0;
    const status = setInterval(() => terminal.status([`simulating: ${published} published`]), 1_000);
    try {
      const manifest = await simulate({
        traffic: traffic({ seed, services: config.services, malformedShare: config.malformed }),
        publish: (messages) => publishTo(pubsub, messages),
        rate: config.rate ?? "random",
        durationMs: config.durationMs,
        count: config.messages,
        signal: drain,
        listMessages: config.listMessages,
        onPublished: (total) => published = total,
      });
      terminal.status([]);
      print(manifestTable(manifest));
      if (config.manifest !== undefined) await writeFile(config.manifest, manifestJson(manifest));
      return EXIT.ok;
    } finally {
      clearInterval(status);
      terminal.status([]);
    }
  },
});
