/**
 * `lms batches`: the ledger.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { batchJson } from "../../http/api/json.ts";
import { safeJson } from "../../ops/safe_text.ts";
import { type LogQueries, PAGE_MAX } from "../../reading/log_queries.ts";
import type { LedgerBatch } from "../../store/log_rows.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import { rangeOf } from "../reading/times.ts";
import { openReading, type ReadingConfig } from "../reading/open_reading.ts";
import { untilStopped } from "../reading/until_stopped.ts";
import type { BATCHES } from "./command.ts";
import { batchLines } from "./table.ts";

/** The settings of the command. */
export type Settings = ConfigOf<typeof BATCHES>;

const LIMIT_DEFAULT = 50;

/** Runs the command. */
export async function run(config: Settings, context: Context): Promise<number> {
  rangeOf(config);
  await using queries = await openReading(config, context);
  return await showBatches({ queries, config, context });
}

/** What is listed, and from where. */
export interface Listing {
  readonly queries: Pick<LogQueries, "ledger">;
  readonly config: Omit<Settings, keyof ReadingConfig>;
  readonly context: Context;
}

/** Lists the newest batches, the oldest of them first. */
export async function showBatches({ queries, config, context }: Listing): Promise<number> {
  await untilStopped(context, async (signal) => {
    const limit = config.limit ?? LIMIT_DEFAULT;
    const batches: LedgerBatch[] = [];
    let more = true;
    while (more && batches.length < limit) {
      const page = await queries.ledger({
        range: rangeOf(config),
        instance: config.instance,
        causes: config.cause.length === 0 ? undefined : config.cause,
        before: batches.at(-1)?.id,
        limit: Math.min(limit - batches.length, PAGE_MAX),
      }, { signal });
      batches.push(...page.batches);
      more = page.more;
    }
    batches.reverse();
    if (config.json) return batches.forEach((batch) => context.print(safeJson(batchJson(batch))));
    context.printRows(batchLines(batches, context.results));
    const sum = batches.reduce((sum, { entries }) => sum + entries, 0);
    const older = more ? ", and older ones; --limit lists more" : "";
    context.terminal.line(`${batches.length} batch(es) with ${sum} entries${older}`);
  });
  return EXIT.ok;
}
