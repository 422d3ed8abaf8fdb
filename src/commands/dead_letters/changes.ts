/**
 * What operators do to dead letters: replay and drop, a page in a transaction of its own, so that whatever ends it in
 * between leaves whole pages done.
 *
 * @module
 */
import type { LogEntry, MessageKey } from "../../entry/entry.ts";
import { redecode } from "../../entry/redecode.ts";
import { oneLine, safeJson } from "../../ops/safe_text.ts";
import type { DeadLetterSummary } from "../../store/maintenance.ts";
import { EXIT } from "../command.ts";
import { choose, filterOf, type Page, STDIN, type Work } from "./choice.ts";
import { fullId } from "./ids.ts";
import { Progress } from "./progress.ts";

/** Letters that were not seen to as asked, and are told one by one. */
const TOLD_MAX = 20;

/** `lms dead-letters replay`. */
export async function replay(work: Work): Promise<number> {
  const { store, config } = work;
  const sums = { replayed: 0, invalid: 0, settled: 0, refused: 0 };
  const change = async (letters: readonly DeadLetterSummary[], tell: Tell) => {
    const entries: LogEntry[] = [];
    for (const letter of await store.deadLettersByKey(letters)) {
      const decoded = redecode(letter, config.as);
      if (decoded.state === "valid") entries.push(decoded.entry);
      else {
        sums.invalid++;
        tell(letter, "still invalid", `${decoded.reason}: ${decoded.detail}`);
      }
    }
    if (config.dryRun) {
      sums.replayed += entries.length;
      for (const entry of entries) tell(entry, "would be replayed");
      return;
    }
    const { replayed, settled, refused } = await store.replay(entries);
    sums.replayed += replayed.length;
    sums.settled += settled.length;
    sums.refused += refused.length;
    for (const key of replayed) tell(key, "replayed");
    for (const key of settled) tell(key, "settled before");
    for (const { key, detail } of refused) tell(key, "refused by the database", detail);
  };
  const summary = () =>
    `${sums.replayed} ${config.dryRun ? "would be replayed" : "replayed"}, ${sums.invalid} still invalid, ` +
    `${sums.settled} settled before, ${sums.refused} refused by the database`;
  const all = await carryOut(work, { doing: "replaying", change, summary });
  return all && sums.invalid + sums.refused === 0 ? EXIT.ok : EXIT.failed;
}

/** `lms dead-letters drop`. */
export async function drop(work: Work): Promise<number> {
  const { store, config } = work;
  const sums = { dropped: 0, replayed: 0 };
  const outcome = config.dryRun ? "would be dropped" : "dropped";
  const change = async (letters: readonly DeadLetterSummary[], tell: Tell) => {
    const open = letters.filter(({ status }) => status === "open");
    const dropped = config.dryRun ? open : await store.drop(open);
    sums.dropped += dropped.length;
    for (const key of dropped) tell(key, outcome);
    for (const letter of letters) {
      if (letter.status === "replayed") sums.replayed++;
      if (letter.status !== "open") tell(letter, `is ${letter.status} already`, "");
    }
  };
  const all = await carryOut(work, { doing: "dropping", change, summary: () => `${sums.dropped} ${outcome}` });
  return all && sums.replayed === 0 ? EXIT.ok : EXIT.failed;
}

/** Tells what became of a letter; people are told only where there is a detail, be it an empty one. */
type Tell = (key: MessageKey, outcome: string, detail?: string) => void;

interface Change {
  /** For the progress: `dropping`. */
  readonly doing: string;
  /** Sees to the letters of a page. */
  readonly change: (letters: readonly DeadLetterSummary[], tell: Tell) => Promise<void>;
  /** What has been done so far, for people. */
  readonly summary: () => string;
}

/** Sees to page after page. @returns Whether it came to the end, and found every letter that was named. */
async function carryOut(work: Work, { doing, change, summary }: Change): Promise<boolean> {
  const { config, context } = work;
  const chosen = await choose(work, filterOf(config, ["open"]));
  if ("problem" in chosen) {
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
  const progress = new Progress({ context, doing, total: chosen.total });
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
    for await (const page of chosen.pages) {
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
      ...(chosen.total === undefined ? {} : { of: chosen.total }),
    });
  }
  return !stopped && problems === 0;
}
