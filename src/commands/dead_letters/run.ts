/**
 * `lms dead-letters`: what could not be stored as an entry, and what becomes of it.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { NAMED, openStore } from "../../app/database.ts";
import { nameOf } from "../../config/settings.ts";
import { UsageError } from "../../config/usage_error.ts";
import { rfc3339Of } from "../../entry/instant.ts";
import { textOf } from "../../entry/redecode.ts";
import { nearest } from "../../ops/nearest.ts";
import { oneLine, safeJson } from "../../ops/safe_text.ts";
import { alignedRows, type TableOptions } from "../../ops/table.ts";
import {
  DEAD_LETTER_STATUSES,
  type DeadLetterFilter,
  type DeadLetterGroup,
  type DeadLetterSummary,
  type StoredDeadLetter,
} from "../../store/maintenance.ts";
import { EXIT } from "../command.ts";
import { drop, replay } from "./changes.ts";
import { checkIds, choose, filteredPages, filterOf, restrictions, type Settings, type Work } from "./choice.ts";
import type { DEAD_LETTER_ACTIONS } from "./command.ts";
import { fullId } from "./ids.ts";

type ActionName = typeof DEAD_LETTER_ACTIONS[number];

const ACTIONS: Readonly<Record<ActionName, (work: Work) => Promise<number>>> = { list, show, replay, drop };

/** The settings that mean something to each action, beside those of all. A `--limit` that drops all would be missed. */
const TAKES: Readonly<Record<ActionName, readonly (keyof Settings)[]>> = {
  list: ["status", "reason", "since", "where", "newest", "group", "limit"],
  show: [],
  replay: ["reason", "since", "where", "as"],
  drop: ["reason", "since", "where"],
};

const LIMIT_DEFAULT = 100;

/** A person reads so much of a detail in a list. */
const DETAIL_SHOWN = 80;
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
  const changes = (action === "replay" || action === "drop") && !config.dryRun;
  await using store = await openStore(config, {
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

async function list(work: Work): Promise<number> {
  const { store, config, context } = work;
  const { status = "open", limit = LIMIT_DEFAULT, where, newest: newestFirst } = config;
  const filter = filterOf(config, status === "all" ? DEAD_LETTER_STATUSES : [status]);
  if (config.group !== undefined) return await listGroups(work, filter);
  let [listed, total] = [0, 0];
  // Where a condition has to be tried, most letters of a page may not be listed.
  const lettersMax = where.length === 0 ? { lettersMax: limit } : {};
  for await (const { letters } of filteredPages(store, { filter, where, newestFirst, ...lettersMax })) {
    if (context.drain.aborted) return EXIT.failed;
    const shown = letters.slice(0, limit - listed);
    if (config.json) shown.forEach((letter) => context.print(safeJson(summaryJson(letter))));
    else context.printRows(summaryRows(shown, context.results));
    listed += shown.length;
    total += letters.length;
    // Only a condition has to be tried on each to know how many there are.
    if (listed === limit && (config.json || where.length === 0)) break;
  }
  if (config.json) return EXIT.ok;
  if (where.length === 0) total = await store.countDeadLetters(filter);
  const more = total > listed ? `, of which ${listed} are listed; --limit lists more` : "";
  context.print(`${total} dead letter(s)${more}`);
  return EXIT.ok;
}

async function listGroups(work: Work, filter: DeadLetterFilter): Promise<number> {
  const { store, config: { where, json }, context } = work;
  const groups = (where.length === 0 ? await store.groupDeadLetters(filter) : await grouped(work, filter))
    .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
  if (context.drain.aborted) return EXIT.failed;
  if (json) {
    for (const { reason, count, oldest, newest } of groups) {
      context.print(safeJson({ reason, count, oldest: rfc3339Of(oldest), newest: rfc3339Of(newest) }));
    }
    return EXIT.ok;
  }
  if (groups.length > 0) {
    const rows = groups.map(({ reason, count, oldest, newest }) =>
      [reason, count, rfc3339Of(oldest), rfc3339Of(newest)] as const
    );
    context.printRows(alignedRows([["reason", "count", "oldest", "newest"], ...rows], context.results));
    context.print("");
  }
  context.print(`${groups.reduce((sum, { count }) => sum + count, 0)} dead letter(s)`);
  return EXIT.ok;
}

/** Groups what has the texts that are asked for, which no database can tell. */
async function grouped(
  { store, config: { where }, context }: Work,
  filter: DeadLetterFilter,
): Promise<DeadLetterGroup[]> {
  const groups = new Map<string, DeadLetterGroup>();
  for await (const { letters } of filteredPages(store, { filter, where })) {
    if (context.drain.aborted) break;
    for (const { reason, publishTime } of letters) {
      const { count, oldest } = groups.get(reason) ?? { count: 0, oldest: publishTime };
      groups.set(reason, { reason, count: count + 1, oldest, newest: publishTime });
    }
  }
  return [...groups.values()];
}

async function show(work: Work): Promise<number> {
  const { store, config, context } = work;
  const chosen = await choose(work, {});
  if ("problem" in chosen) {
    context.log.error(`Cannot go on: ${chosen.problem}`);
    return EXIT.failed;
  }
  let missing = 0;
  for await (const { letters, problems } of chosen.pages) {
    if (context.drain.aborted) return EXIT.failed;
    missing += problems.length;
    for (const problem of problems) context.log.warn(problem);
    for (const letter of await store.deadLettersByKey(letters)) {
      if (config.json) context.print(safeJson(letterJson(letter)));
      else letterLines(letter).forEach(context.print);
    }
  }
  return missing === 0 ? EXIT.ok : EXIT.failed;
}

/** A table for people; each page has one, so that no more than a page is held. */
function summaryRows(letters: readonly DeadLetterSummary[], options: TableOptions): string[] {
  if (letters.length === 0) return [];
  const rows = letters.map((letter) =>
    [fullId(letter), letter.reason, letter.status, letter.bytes, shortened(oneLine(letter.detail))] as const
  );
  return [...alignedRows([["id", "reason", "status", "bytes", "detail"], ...rows], options), ""];
}

function shortened(text: string): string {
  // Cut between code points; two units each at most, so that a long text is not walked through.
  const start = Array.from(text.slice(0, 2 * DETAIL_SHOWN)).slice(0, DETAIL_SHOWN - 1).join("");
  return text.length <= DETAIL_SHOWN ? text : `${start}…`;
}

function summaryJson(letter: DeadLetterSummary): Record<string, unknown> {
  return {
    id: fullId(letter),
    message_id: letter.messageId,
    publish_time: rfc3339Of(letter.publishTime),
    reason: letter.reason,
    detail: letter.detail,
    status: letter.status,
    bytes: letter.bytes,
    created_at: rfc3339Of(letter.createdAt),
    updated_at: rfc3339Of(letter.updatedAt),
  };
}

function letterJson(letter: StoredDeadLetter): Record<string, unknown> {
  const text = textOf(letter.data);
  return {
    ...summaryJson(letter),
    attributes: letter.attributes,
    data_base64: letter.data.toBase64(),
    ...(text === undefined ? {} : { data_text: text }),
  };
}

function letterLines(letter: StoredDeadLetter): string[] {
  const text = textOf(letter.data);
  const fields: readonly (readonly [string, string])[] = [
    ["id", fullId(letter)],
    ["reason", letter.reason],
    ["detail", letter.detail],
    ["status", letter.status],
    ["stored", rfc3339Of(letter.createdAt)],
    ["changed", rfc3339Of(letter.updatedAt)],
    ...Object.entries(letter.attributes).map(([name, value]) => [`attribute ${name}`, value] as const),
    [`data (${letter.bytes} bytes)`, text === undefined ? `base64 ${letter.data.toBase64()}` : text],
  ];
  return [...alignedRows(fields), ""];
}
