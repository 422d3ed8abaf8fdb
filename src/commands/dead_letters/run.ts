/**
 * `lms dead-letters`: what could not be stored as an entry, and what becomes of it.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { NAMED, openDatabase } from "../../app/database.ts";
import { nameOf } from "../../config/settings.ts";
import { UsageError } from "../../config/usage_error.ts";
import { nearest } from "../../ops/nearest.ts";
import { momentOf } from "../reading/times.ts";
import { checkIds, restrictions, type Settings, type Work } from "./choice.ts";
import type { DEAD_LETTER_ACTIONS } from "./command.ts";
import { drop } from "./drop.ts";
import { list } from "./list.ts";
import { replay } from "./replay.ts";
import { show } from "./show.ts";

type ActionName = typeof DEAD_LETTER_ACTIONS[number];

const ACTIONS: Readonly<Record<ActionName, (work: Work) => Promise<number>>> = { list, show, replay, drop };

/** The settings that mean something to each action, beside those of all. A `--limit` that drops all would be missed. */
const TAKES: Readonly<Record<ActionName, readonly (keyof Settings)[]>> = {
  list: ["status", "reason", "since", "where", "newest", "group", "limit"],
  show: [],
  replay: ["reason", "since", "where", "as"],
  drop: ["reason", "since", "where"],
};

/** Runs the command. */
export async function run(
  config: Settings,
  context: Context,
  [name, ...ids]: readonly string[],
): Promise<number> {
  if (name === undefined) throw new UsageError("Cannot choose an action: say list, show, replay or drop");
  if (!Object.hasOwn(ACTIONS, name)) {
    const close = nearest(name, Object.keys(ACTIONS));
    const hint = close === undefined ? "" : `; did you mean ${close}?`;
    throw new UsageError(`Unknown action "${name}"${hint}`);
  }
  const action = name as ActionName;
  checkSettings(action, config);
  if (config.group !== undefined && (config.newest || config.limit !== undefined)) {
    throw new UsageError("Cannot use --group with --newest or --limit: it counts every reason");
  }
  if (action === "list" && ids.length > 0) throw new UsageError(`Cannot use "${ids[0]}": list takes no ids`);
  if (action === "show" && ids.length === 0) {
    throw new UsageError("Cannot show dead letters: say which; list prints their ids");
  }
  if (action === "drop" && ids.length === 0 && restrictions(config).length === 0) {
    throw new UsageError(
      "Cannot drop dead letters: say which, by ids, which list prints, or by --reason, --since or --where",
    );
  }
  checkIds(ids, config);
  if (config.since !== undefined) momentOf(config.since, "since");
  const changes = (action === "replay" || action === "drop") && !config.dryRun;
  await using store = await openDatabase(config, {
    named: NAMED,
    access: changes ? "change" : "read",
    writers: 1,
    context,
  });
  return await ACTIONS[action]({ store, config, context, ids });
}

/** Refuses what was given and means nothing to the action. */
function checkSettings(action: ActionName, config: Settings): void {
  for (const [name, value] of Object.entries(config) as [keyof Settings, unknown][]) {
    const given = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
    if (!given || !Object.values(TAKES).some((takes) => takes.includes(name)) || TAKES[action].includes(name)) continue;
    const takers = Object.keys(TAKES).filter((other) => TAKES[other as ActionName].includes(name));
    throw new UsageError(`Cannot use ${nameOf(name)} with ${action}: it is for ${takers.join(", ")}`);
  }
}
