/**
 * `lms migrate`: the schema, brought up to date.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { NAMED, openDatabase, prepareStore } from "../../app/database.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import type { MIGRATE } from "./command.ts";

/** Runs the command. */
export async function run(
  config: ConfigOf<typeof MIGRATE>,
  context: Context,
): Promise<number> {
  const { log, print, drain } = context;
  await using store = await openDatabase(config, {
    named: NAMED,
    access: config.dryRun ? "plan" : "create",
    writers: 1,
    context,
  });
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
}
