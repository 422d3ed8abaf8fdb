/**
 * `lms migrate`: the schema, brought up to date.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { NAMED, openDatabase, prepareStore } from "../../app/database.ts";
import { sleep } from "../../ops/sleep.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import type { MIGRATE } from "./command.ts";

/** Until what was in the way is asked for again, in milliseconds. */
const BUSY_MS = 5_000;

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
  while (await store.buildIndexes() === "busy") {
    log.warn("the table is in use: its indexes are built when it is free");
    await sleep(BUSY_MS, drain);
  }
  let adopted = 0;
  for (let done: number | "busy" = config.adopt ? 1 : 0; done !== 0 && !drain.aborted;) {
    done = await store.adopt();
    if (done === "busy") await sleep(BUSY_MS, drain);
    else adopted += done;
  }
  if (config.adopt) print(`${adopted} row(s) adopted`);
  print(`${store.address} is up to date`);
  return EXIT.ok;
}
