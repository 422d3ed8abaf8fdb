/**
 * `lms stats`: how much is stored, of whom, and since when.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import type { Config } from "../../config/settings.ts";
import { UsageError } from "../../config/usage_error.ts";
import type { Instant } from "../../entry/entry.ts";
import { instantOfDate, rfc3339Of } from "../../entry/instant.ts";
import { wallClock } from "../../ops/clock.ts";
import { oneLine, safeJson } from "../../ops/safe_text.ts";
import { sleep } from "../../ops/sleep.ts";
import type { TableOptions } from "../../ops/table.ts";
import { cutTo } from "../../ops/width.ts";
import type { ClosedRange } from "../../reading/histogram.ts";
import type { LogQueries } from "../../reading/log_queries.ts";
import { isEmptyRange } from "../../reading/moment.ts";
import { planQuery } from "../../reading/plan_query.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import { type Asked, askedFor, titleOf } from "../reading/asked.ts";
import { momentOf } from "../reading/times.ts";
import { incompleteLines, remarkLines } from "../reading/told.ts";
import { openReading, type ReadingConfig } from "../reading/open_reading.ts";
import { untilStopped } from "../reading/until_stopped.ts";
import { EVER, type STATS } from "./command.ts";
import { type Stats, stats } from "./counts.ts";
import { statsLines, trendWidth } from "./table.ts";

/** The settings of the command. */
export type Settings = ConfigOf<typeof STATS>;

const LIMIT_DEFAULT = 20;
const SINCE_DEFAULT = "1h";

/** Runs the command. */
export async function run(config: Settings, context: Context, words: readonly string[]): Promise<number> {
  readAsked(config, { context, words });
  await using queries = await openReading(config, context);
  return await showStats({ queries, config, context, words });
}

/** What is counted, and how it is shown. */
export interface Counting {
  readonly queries: Pick<LogQueries, "totals" | "histogram">;
  readonly config: Omit<Settings, keyof ReadingConfig>;
  readonly context: Context;
  readonly words: readonly string[];
}

/** Shows the counts, once or until it is told to stop. */
export async function showStats(counting: Counting): Promise<number> {
  const { config, context } = counting;
  const { terminal } = context;
  const inPlace = config.watch && terminal.live && !config.json;
  let last: Shown | undefined;
  await untilStopped(context, async (signal) => {
    do {
      last = await look(counting, signal);
      if (!inPlace) {
        print(last, context);
        if (config.watch && !config.json) context.print("");
      } else {
        const columns = terminal.columns - 1;
        const { title, rows, owed } = last.shownOn({ columns, colour: terminal.colour });
        terminal.table([cutTo(title, columns), ...rows, ...owed.map((line) => cutTo(line, columns))]);
      }
      if (config.watch) await sleep(config.everyMs, signal);
    } while (config.watch);
  });
  // What was drawn over stays as a result, for who scrolls back.
  if (inPlace && last !== undefined) print(last, context);
  return EXIT.ok;
}

/** A look at the counts. */
interface Shown {
  /** For programs; absent: for people. */
  readonly json?: string;
  shownOn(options: TableOptions): {
    readonly title: string;
    readonly rows: readonly string[];
    readonly owed: readonly string[];
  };
}

async function look({ queries, config, context, words }: Counting, signal: AbortSignal): Promise<Shown> {
  const { asked, range } = readAsked(config, { context, words });
  const inPlace = config.watch && context.terminal.live;
  const buckets = trendWidth(inPlace ? context.terminal : context.results);
  const counted = await stats(queries, { query: asked.query, range, buckets, signal });
  const servicesMax = config.limit ?? LIMIT_DEFAULT;
  return {
    ...config.json ? { json: safeJson(statsJson(counted, range)) } : {},
    shownOn: (options) => ({
      title: oneLine(`${rangeTitle(range)}, by publish time: ${titleOf(asked)}`),
      rows: statsLines(counted, { servicesMax, ...options }),
      owed: owedLines(counted, range),
    }),
  };
}

function print({ json, shownOn }: Shown, { print, printRows, results, terminal }: Context): void {
  terminal.status([]);
  if (json !== undefined) return print(json);
  const { title, rows, owed } = shownOn(results);
  printRows([results.columns === undefined ? title : cutTo(title, results.columns), ...rows]);
  owed.forEach((line) => terminal.line(line));
}

/** Read anew at each look: an hour ago is another hour then. */
function readAsked(
  config: Config<"since" | "from" | "to" | "service" | "severity">,
  { context, words }: Pick<Counting, "context" | "words">,
): { readonly asked: Asked; readonly range: ClosedRange | undefined } {
  const now = wallClock();
  const ever = config.since === EVER;
  if (ever && (config.from !== undefined || config.to !== undefined)) {
    throw new UsageError(`Cannot use both --since=${EVER} and --from or --to: take one of them away`);
  }
  const since = ever ? undefined : config.since;
  const asked = askedFor(words, { config: { ...config, since }, terminal: context.terminal, now });
  if (ever) return { asked, range: undefined };
  const { from, to = instantOfDate(new Date(now)) } = planQuery(asked.query, asked.range).range;
  const range = { from: from ?? momentOf(SINCE_DEFAULT, "since", Date.parse(rfc3339Of(to))), to };
  if (isEmptyRange(range)) throw new UsageError("Cannot count: the time ends before it begins; write a longer range");
  return { asked, range };
}

function rangeTitle(range: ClosedRange | undefined): string {
  const second = (instant: Instant) => `${rfc3339Of(instant).slice(0, 19)}Z`;
  return range === undefined ? "ever" : `${second(range.from)} to ${second(range.to)}`;
}

function owedLines({ looked, trendLooked }: Stats, range: ClosedRange | undefined): string[] {
  const remarks = new Set([...looked.remarks, ...trendLooked?.remarks ?? []]);
  const remedy = `ask for a shorter time${range === undefined ? ", by --since" : ""}, or leave out words`;
  const incomplete = incompleteLines(looked, remedy);
  return [
    ...remarkLines([...remarks]),
    ...incomplete,
    ...incomplete.length > 0 || trendLooked === undefined
      ? []
      : incompleteLines(trendLooked, `of the trend; ${remedy}`),
  ];
}

function statsJson(counted: Stats, range: ClosedRange | undefined): Record<string, unknown> {
  const { total, services, sums, trend, bucketSeconds, looked } = counted;
  return {
    ...range === undefined ? {} : { from: rfc3339Of(range.from), to: rfc3339Of(range.to) },
    total,
    severities: sums,
    services: services.map(({ serviceName, counts, total, trend }) => ({
      service_name: serviceName,
      total,
      severities: counts,
      ...trend === undefined ? {} : { trend },
    })),
    ...trend === undefined ? {} : { trend, bucket_seconds: bucketSeconds },
    complete: looked.complete && (counted.trendLooked?.complete ?? true),
    remarks: looked.remarks,
  };
}
