/**
 * `lms migrate`: the schema, brought up to date.
 *
 * @module
 */
import { defineCommand, EXIT } from "./command.ts";
import { LOCAL_DATABASE, openStore, prepareStore } from "./database.ts";
import { DATABASE_SETTINGS } from "./database_address.ts";

/** The command. */
export const migrate = defineCommand({
  name: "migrate",
  summary: "bring the schema up to date (--dry-run prints the SQL)",
  description: [
    "Creates and changes tables, one numbered migration after the other, under a lock. The monitor does the same",
    "when it starts; this command is for those who give the monitor no right to change tables.",
  ],
  settings: [...DATABASE_SETTINGS, "startupTimeoutMs", "dryRun"],
  defaults: { database: LOCAL_DATABASE },
  async run(config, context) {
    const { log, print, drain } = context;
    await using store = await openStore(config, { real: false, writers: 1, context });
    if (config.dryRun) {
      const pending = await store.migrate({ dryRun: true });
      for (const { version, name, statements } of pending) {
        print(`-- ${version}: ${name}`);
        for (const statement of statements) print(`${statement};`);
      }
      print(`-- ${pending.length} migration(s) to apply to ${store.address}`);
      return EXIT.ok;
    }
    if (!await prepareStore(store, { timeoutMs: config.startupTimeoutMs, stop: drain, log })) return EXIT.failed;
    print(`${store.address} is up to date`);
    return EXIT.ok;
  },
});
