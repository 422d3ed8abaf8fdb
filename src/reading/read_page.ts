/**
 * One page of a walk.
 *
 * @module
 */
import type { MessageKey } from "../entry/entry.ts";
import type { LogReader, Way } from "../store/log_reader.ts";
import type { Budget } from "./budget.ts";
import type { Cursor } from "./cursor.ts";
import { type Page, PAGE_MAX, type PageRequest } from "./log_queries.ts";
import { matcherOf } from "./match_query.ts";
import type { TimeRange } from "./moment.ts";
import { planQuery } from "./plan_query.ts";
import { type Found, search } from "./search.ts";
import { readTailPoint } from "./read_tail.ts";
import type { ReadEntry } from "../store/log_rows.ts";

/** See `LogQueries.page`. */
export async function readPage(reader: LogReader, request: PageRequest, budget: Budget): Promise<Page> {
  const { query, order, limit, cursor } = request;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > PAGE_MAX) {
    throw new RangeError(`Cannot read a page: limit is outside 1 to ${PAGE_MAX}: ${limit}`);
  }
  const plan = planQuery(query, cursor?.range ?? request.range);
  const way = cursor?.direction ?? (order === "newest_first" ? "older" : "newer");
  // Before the rows: what commits between the two is told by the tail, and what was committed before is on the page.
  const tail = cursor === undefined ? await readTailPoint(reader, budget) : undefined;
  const range = plan.range;
  if (plan.nothing !== undefined) {
    const { nothing } = plan;
    return {
      entries: [],
      ...tail === undefined ? {} : { tail },
      nothing,
      unknownWords: [],
      complete: true,
      covered: range,
      examined: 0,
      remarks: [],
    };
  }
  const found = await search({
    reader,
    plan,
    span: { ...range, beyond: cursor?.position },
    way,
    budget,
    matches: matcherOf(query),
    kept: (entry) => entry,
    // One more shows whether the walk goes on.
    enough: limit + 1,
  });
  return {
    ...pageOf(found, { request, range, way }),
    ...tail === undefined ? {} : { tail },
    examined: budget.examined,
  };
}

/** What a page says of what was found. */
function pageOf(
  { found, place, remarks, unknownWords }: Found<ReadEntry>,
  { request, range, way }: { readonly request: PageRequest; readonly range: TimeRange; readonly way: Way },
): Omit<Page, "examined" | "tail"> {
  const { order, limit, cursor } = request;
  const entries = found.slice(0, limit);
  const isFull = found.length > limit;
  const last = entries.at(-1);
  const end = isFull ? last : place;
  const ahead = end && cursorAt(end, { direction: way, range });
  const back = cursor === undefined
    ? undefined
    : cursorAt(entries[0] ?? cursor.position, { direction: way === "older" ? "newer" : "older", range });
  const inOrder = (way === "older") === (order === "newest_first");
  const [next, previous] = inOrder ? [ahead, back] : [back, ahead];
  return {
    entries: inOrder ? entries : entries.toReversed(),
    ...next === undefined ? {} : { next },
    ...previous === undefined ? {} : { previous },
    complete: isFull || place === undefined,
    covered: coveredOf(end, { range, way }),
    remarks,
    unknownWords,
  };
}

function cursorAt(place: MessageKey, { direction, range }: Omit<Cursor, "position">): Cursor {
  return { position: { publishTime: place.publishTime, messageId: place.messageId }, direction, range };
}

/** The range up to where the page ends. */
export function coveredOf(
  end: MessageKey | undefined,
  { range, way }: { readonly range: TimeRange; readonly way: Way },
): TimeRange {
  if (end === undefined) return range;
  return way === "older" ? { ...range, from: end.publishTime } : { ...range, to: end.publishTime };
}
