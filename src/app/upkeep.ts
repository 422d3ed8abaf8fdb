/**
 * What a monitor sees to beside storing: indexes, rows of an older version, and the filters of small batches.
 *
 * @module
 */
import type { Log } from "../ops/logger.ts";
import { sleep } from "../ops/sleep.ts";
import type { MaintainedStore } from "../store/maintenance.ts";
import { StoreError } from "../store/store.ts";

/** Until it is looked again whether there is something to do. */
const AGAIN_MS = 10 * 60_000;
/** Until what was in the way is asked for again. */
const BUSY_MS = 30_000;
/** The longest pause between two transactions; else as long as the last one took, so that writers have the other half. */
const PAUSE_MS_MAX = 5_000;

/** What it works with. */
export interface UpkeepOptions {
  readonly store: Pick<MaintainedStore, "buildIndexes" | "adopt" | "mergeFilters">;
  readonly log: Log;
  /** Ends it after the transaction under way. */
  readonly stop: AbortSignal;
}

/**
 * Builds the indexes, adopts rows and merges filters, a transaction at a time, until it is told to stop. Nothing of it is
 * needed for storing: what fails is told, and tried again later.
 */
export async function keepUp({ store, log, stop }: UpkeepOptions): Promise<void> {
  while (!stop.aborted) {
    let waitMs = AGAIN_MS;
    try {
      if (await store.buildIndexes() === "busy") waitMs = BUSY_MS;
      else {
        const adopted = await untilNone(() => store.adopt(), stop);
        if (adopted.sum > 0) log.info("adopted what an older version stored", { entries: adopted.sum });
        const merged = await untilNone(() => store.mergeFilters(), stop);
        // What is in the way may be the lease of an instance that was killed: that is over soon.
        if (adopted.busy || merged.busy) waitMs = BUSY_MS;
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (stop.aborted) return;
      // An outage is the writers' to report, and a lost race nobody's.
      if (error.disposition === "fatal") {
        log.warn("cannot see to what makes reading fast: trying again in 10 minutes", { reason: error.message });
      } else waitMs = BUSY_MS;
    }
    await sleep(waitMs, stop).catch(() => {});
  }
}

/** Ends work when it is disposed, and waits for it. */
export function inBackground(work: Promise<void>, stop: AbortController): AsyncDisposable {
  // Its failure is thrown where it is awaited; until then it is not unhandled.
  work.catch(() => {});
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await work;
    },
  };
}

/** Runs a step until there is nothing left of it, or something in its way; returns the sum of what it did, and which. */
async function untilNone(
  step: () => Promise<number | "busy">,
  stop: AbortSignal,
): Promise<{ readonly sum: number; readonly busy: boolean }> {
  let sum = 0;
  while (!stop.aborted) {
    const begunAt = performance.now();
    const done = await step();
    if (done === "busy") return { sum, busy: true };
    if (done === 0) break;
    sum += done;
    await sleep(Math.min(performance.now() - begunAt, PAUSE_MS_MAX), stop).catch(() => {});
  }
  return { sum, busy: false };
}
