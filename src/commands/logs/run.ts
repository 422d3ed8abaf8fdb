/**
 * `lms logs`: what is stored, for people and for programs.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { nameOf } from "../../config/settings.ts";
import { UsageError } from "../../config/usage_error.ts";
import type { Instant } from "../../entry/entry.ts";
import { rfc3339Of } from "../../entry/instant.ts";
import { entryIdOf } from "../../entry/entry_id.ts";
import type { TerminalQueries } from "../../http/client/remote_queries.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import { type Asked, askedFor } from "../reading/asked.ts";
import { justAfter } from "../reading/times.ts";
import { incompleteLines, nothingLines, remarkLines } from "../reading/told.ts";
import { openReading, type ReadingConfig } from "../reading/open_reading.ts";
import { untilStopped } from "../reading/until_stopped.ts";
import type { LOGS } from "./command.ts";
import { follow } from "./follow.ts";
import { newest, walk } from "./pages.ts";
import { type Printer, printerOf } from "./printer.ts";
import { withContext } from "./with_context.ts";

/** The settings of the command. */
export type Settings = ConfigOf<typeof LOGS>;

const LIMIT_DEFAULT = 100;

/** Runs the command. */
export async function run(config: Settings, context: Context, words: readonly string[]): Promise<number> {
  checkSettings(config);
  const asked = askedFor(words, { config, terminal: context.terminal });
  await using queries = await openReading(config, context);
  return await showLogs({ queries, config, context, asked });
}

/** What is shown, and from where. */
export interface Showing {
  readonly queries: TerminalQueries;
  readonly config: Omit<Settings, keyof ReadingConfig>;
  readonly context: Context;
  readonly asked: Asked;
}

/** Shows the entries; ends without a word when it is told to stop, or when nobody reads on. */
export async function showLogs(showing: Showing): Promise<number> {
  const { config, context } = showing;
  await untilStopped(context, async (signal) => {
    const printer = printerOf(config, context);
    if (config.all) await showAll(showing, printer, signal);
    else await showNewest(showing, printer, signal);
  });
  return EXIT.ok;
}

async function showAll({ queries, context, asked }: Showing, printer: Printer, signal: AbortSignal): Promise<void> {
  let shown = 0;
  for await (const page of walk(queries, { ...asked, order: "oldest_first", signal })) {
    printer.entries(page.entries);
    shown += page.entries.length;
    for (const line of page.told) context.terminal.line(line);
    if (!page.complete && page.covered.to !== undefined) {
      context.terminal.status([`looked up to ${page.covered.to}, ${shown} shown`]);
    }
  }
  context.terminal.status([]);
  if (shown === 0) context.terminal.line("no entry");
}

async function showNewest(showing: Showing, printer: Printer, signal: AbortSignal): Promise<void> {
  const { queries, config, context, asked } = showing;
  const tell = (lines: readonly string[]) => lines.forEach((line) => context.terminal.line(line));
  const limit = config.limit ?? LIMIT_DEFAULT;
  const found = await newest(queries, { ...asked, limit, signal });
  const { entries } = found;
  if (config.context === undefined) printer.entries(entries);
  else {
    const matches = new Set(entries.map(entryIdOf));
    const neighbours = { count: config.context, sameService: config.sameService };
    for await (const group of withContext(queries, { matches: entries, neighbours, signal })) {
      printer.group(group, (entry) => matches.has(entryIdOf(entry)));
    }
  }
  const oldest = entries[0]?.publishTime;
  tell(remarkLines(found.remarks));
  tell(nothingLines(found));
  tell(incompleteLines(found, goOn(found.covered.from)));
  if (entries.length === 0 && found.complete && found.nothing === undefined && found.unknownWords.length === 0) {
    tell(["no entry"]);
  }
  if (found.more && found.complete && oldest !== undefined && !config.follow) {
    tell([`(the newest ${entries.length}; ${goOn(justAfter(oldest))})`]);
  }
  if (config.follow) await follow(queries, { asked, printer, context, shown: entries, tail: found.tail!, signal });
}

/** How to see what comes before a moment. */
function goOn(moment: Instant | undefined): string {
  const all = "--all shows every one";
  return moment === undefined ? all : `--to=${rfc3339Of(moment)} goes on before, ${all}`;
}

/** Refuses what contradicts itself before anything is opened. */
function checkSettings(config: Settings): void {
  const { all, follow, json, csv, context } = config;
  const refused: readonly (readonly [boolean, keyof Settings, keyof Settings, string])[] = [
    [json && csv, "json", "csv", "take one of them away"],
    [all && config.limit !== undefined, "all", "limit", "take one of them away"],
    [all && follow, "all", "follow", "--follow shows the newest first, and then what comes"],
    [all && context !== undefined, "all", "context", "take one of them away"],
    [follow && context !== undefined, "follow", "context", "what comes has no entries after it yet"],
    [follow && config.to !== undefined, "follow", "to", "what comes has no end"],
    [csv && context !== undefined, "csv", "context", "CSV does not say which is which; --json does"],
    [config.sameService && context === undefined, "sameService", "context", "say how many entries, by --context"],
  ];
  for (const [is, one, other, why] of refused) {
    if (!is) continue;
    throw new UsageError(
      one === "sameService"
        ? `Cannot use ${nameOf(one)} without ${nameOf(other)}: ${why}`
        : `Cannot use both ${nameOf(one)} and ${nameOf(other)}: ${why}`,
    );
  }
}
