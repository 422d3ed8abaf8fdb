/**
 * `lms dead-letters list`.
 *
 * @module
 */
import { DEAD_LETTER_STATUSES } from "../../entry/entry.ts";
import { rfc3339Of } from "../../entry/instant.ts";
import { oneLine, safeJson } from "../../ops/safe_text.ts";
import { alignedRows, type TableOptions } from "../../ops/table.ts";
import type { DeadLetterFilter, DeadLetterGroup, DeadLetterSummary } from "../../store/maintenance.ts";
import { EXIT } from "../command.ts";
import { filteredPages, filterOf, type Work } from "./choice.ts";
import { fullId } from "./ids.ts";
import { summaryJson } from "./json.ts";

const LIMIT_DEFAULT = 100;

/** A person reads so much of a detail in a list. */
const DETAIL_SHOWN = 80;

/** Lists those that are asked for, or how many there are of each reason. */
export async function list(work: Work): Promise<number> {
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
