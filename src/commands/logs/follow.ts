/**
 * `lms logs --follow`: what is stored from now on.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";
import { compareKeys } from "../../entry/entry.ts";
import { Backoff } from "../../ops/backoff.ts";
import { oneLine } from "../../ops/safe_text.ts";
import { sleep } from "../../ops/sleep.ts";
import { entryIdOf } from "../../entry/entry_id.ts";
import type { LogQueries, TailPoint, TailStep } from "../../reading/log_queries.ts";
import { isWithin } from "../../reading/moment.ts";
import { type ReadEntry, ReadTimeoutError } from "../../store/log_rows.ts";
import { StoreError } from "../../store/store.ts";
import type { Asked } from "../reading/asked.ts";
import type { Printer } from "./printer.ts";

/** Between two looks where nothing more is known to be there. */
const POLL_MS = 1_000;

/** What goes on from the entries that are shown. */
export interface Following {
  readonly asked: Asked;
  readonly printer: Printer;
  readonly context: Pick<Context, "log">;
  /** Shown already: the tail may have them again. */
  readonly shown: readonly ReadEntry[];
  readonly tail: TailPoint;
  readonly signal: AbortSignal;
}

/** Shows what lands, the oldest of each look first, until the signal is aborted. An outage of the database is waited out. */
export async function follow(
  queries: Pick<LogQueries, "tail">,
  { asked: { query, range }, printer, context, shown, tail, signal }: Following,
): Promise<never> {
  const known = new Set(shown.map(entryIdOf));
  const backoff = new Backoff({ firstMs: POLL_MS, maxMs: 10_000 });
  let [point, away] = [tail, false];
  for (;;) {
    let step: TailStep | undefined;
    try {
      step = await queries.tail({ from: point, query }, { signal });
    } catch (error) {
      if (!passes(error)) throw error;
      if (!away) context.log.warn("waiting for the database", { reason: oneLine(error.message) });
      away = true;
    }
    if (step === undefined) {
      await sleep(backoff.next(), signal);
      continue;
    }
    if (away) context.log.info("the database is back");
    away = false;
    backoff.reset();
    const fresh = step.entries.filter((entry) => isWithin(entry.publishTime, range) && !known.has(entryIdOf(entry)));
    if (fresh.length > 0) printer.entries(fresh.toSorted(compareKeys));
    point = step.point;
    signal.throwIfAborted();
    if (!step.more) await sleep(POLL_MS, signal);
  }
}

/** Whether waiting helps. */
function passes(error: unknown): error is Error {
  return error instanceof ReadTimeoutError || error instanceof StoreError && error.disposition !== "fatal";
}
