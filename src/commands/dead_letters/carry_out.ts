/**
 * What operators do to dead letters: replay and drop, a page in a transaction of its own, so that whatever ends it in
 * between leaves whole pages done.
 *
 * @module
 */
import type { MessageKey } from "../../entry/entry.ts";
import { oneLine, safeJson } from "../../ops/safe_text.ts";
import type { DeadLetterSummary } from "../../store/maintenance.ts";
import { choose, filterOf, type Page, STDIN, type Work } from "./choice.ts";
import { fullId } from "./ids.ts";
import { Progress } from "./progress.ts";

/** Letters that were not seen to as asked, and are told one by one. */
const TOLD_MAX = 20;

/** Tells what became of a letter; people are told only where there is a detail, be it an empty one. */
export type Tell = (key: MessageKey, outcome: string, detail?: string) => void;

/** What is done. */
export interface Change {
  /** For the progress: `dropping`. */
  readonly doing: string;
  /** Sees to the letters of a page. */
  readonly change: (letters: readonly DeadLetterSummary[], tell: Tell) => Promise<void>;
  /** What has been done so far, for people. */
  readonly summary: () => string;
}

/** Sees to page after page. @returns Whether it came to the end, and found every letter that was named. */
export async function carryOut(work: Work, { doing, change, summary }: Change): Promise<boolean> {
  const { config, context } = work;
  const chosen = await choose(work, filterOf(config, ["open"]));
  if (!chosen.ok) {
    context.log.error(`Cannot go on: ${chosen.problem}`);
    return false;
  }
  let told = 0;
  const tellPerson = (line: string) => {
    if (++told <= TOLD_MAX) context.print(oneLine(line));
  };
  const tell: Tell = (key, outcome, detail) => {
    const id = fullId(key);
    if (config.json) context.print(safeJson({ id, outcome, ...(detail ? { detail } : {}) }));
    else if (detail !== undefined) tellPerson(`${id}: ${outcome}${detail === "" ? "" : `: ${detail}`}`);
  };
  const progress = new Progress({ context, doing, total: chosen.value.total });
  let problems = 0;
  const seeTo = async (page: Page) => {
    problems += page.problems.length;
    for (const problem of page.problems) {
      if (config.json) context.print(safeJson({ problem }));
      else tellPerson(problem);
    }
    if (page.letters.length > 0) await change(page.letters, tell);
    progress.add(page.seen);
  };
  let stopped = false;
  try {
    for await (const page of chosen.value.pages) {
      stopped = context.drain.aborted;
      if (stopped) break;
      await seeTo(page);
    }
  } finally {
    // Also before an error is told: what was done stays done.
    progress.end();
    if (!config.json) {
      if (told > TOLD_MAX) context.print(`and ${told - TOLD_MAX} more; --json tells all`);
      context.print(summary());
    }
  }
  // What comes in ends with the signal, and nobody knows what would have come.
  stopped ||= context.drain.aborted && work.ids.includes(STDIN);
  if (stopped) {
    context.log.warn("stopped by a signal; what was done stays done, the same command goes on", {
      done: progress.done,
      ...(chosen.value.total === undefined ? {} : { of: chosen.value.total }),
    });
  }
  return !stopped && problems === 0;
}
