/**
 * Pages of entries, one entry, and its neighbours.
 *
 * @module
 */
import type { MessageKey } from "../../../entry/entry.ts";
import { type Cursor, CURSOR_MAX, decodeCursor, encodeCursor, encodeTail } from "../../../reading/cursor.ts";
import { formatQuery } from "../../../reading/format_query.ts";
import { type LogQueries, type Order, type Page, PAGE_MAX } from "../../../reading/log_queries.ts";
import type { TimeRange } from "../../../reading/moment.ts";
import { planQuery, widened } from "../../../reading/plan_query.ts";
import type { ReadEntry } from "../../../store/log_rows.ts";
import { entryJson, lookedJson } from "../json.ts";
import { entryId, integer, oneOf, text, yesNo } from "../parameter.ts";
import { Problem } from "../problem.ts";
import { type Route, route } from "../route.ts";
import { CONTEXT, ENTRY, PAGE } from "../schemas.ts";
import { queryOf, rangeOf, SELECTION_PARAMETERS, withoutEnds } from "../selection.ts";

/** Payloads and attributes of one answer, in characters: a thousand payloads of the largest kind would be 64 MiB. */
export const ANSWER_CHARS_MAX = 8 * 1024 * 1024;

/** The newest come first unless it is asked otherwise. */
const ORDERS = ["newest_first", "oldest_first"] as const satisfies readonly Order[];

/** Which order. */
export const ORDER_PARAMETER = { order: oneOf(ORDERS, "By publish time") };

/** The id of an entry, in the path. */
const ID = entryId({ publishTime: "", messageId: "" }, "An entry's id");

/** The routes below `/v1/logs`. */
export function logsRoutes({ queries }: { readonly queries: LogQueries }): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/logs",
      operation: "readPage",
      summary: "A page of entries",
      description:
        "A walk from page to page gives each entry that was there before its first page exactly once. Ask for " +
        "the next page with the same query and order; the range is the first page's, whatever from, to and since say.",
      access: "read",
      lane: "answers",
      parameters: {
        ...SELECTION_PARAMETERS,
        ...ORDER_PARAMETER,
        limit: integer({ min: 1, max: PAGE_MAX, default: 100 }, "At most so many entries"),
        cursor: text(CURSOR_MAX, "Where to go on: next or previous of a page"),
      },
      answer: { json: PAGE, description: "A page; it may have no entries, and yet a next one" },
      problems: [503, 504],
      handle: async ({ values, request, nowMs }) => {
        const { order, limit } = values;
        const asked = queryOf(values.query, nowMs);
        const range = rangeOf(values, nowMs);
        const selects = `${order} ${values.query ?? ""}`;
        const cursor = values.cursor === undefined ? undefined : cursorOf(values.cursor, selects);
        // Its range has the query's own ends, as they were when the walk began.
        const query = cursor === undefined ? asked : withoutEnds(asked);
        const page = await queries.page({ query, range, order, limit, cursor }, { signal: request.signal });
        const within = cursor?.range ?? planQuery(query, range).range;
        const { entries, next } = cut(page, { order, within });
        const wider = page.unknownWords.length > 0 ? widened(asked) : undefined;
        return {
          entries: entries.map(entryJson),
          next: next === undefined ? null : encodeCursor(next, selects),
          previous: page.previous === undefined ? null : encodeCursor(page.previous, selects),
          tail: page.tail === undefined ? null : encodeTail(page.tail.position),
          query: formatQuery(asked),
          unknown_words: page.unknownWords.map(({ word, term: { place: { at, length } } }) => ({ word, at, length })),
          widened: wider === undefined ? null : formatQuery(wider),
          nothing: page.nothing ?? null,
          ...lookedJson(page),
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/logs/{id}",
      operation: "readEntry",
      summary: "One entry",
      access: "read",
      lane: "answers",
      parameters: { id: ID },
      answer: { json: ENTRY, description: "The entry" },
      problems: [404, 503, 504],
      handle: async ({ values: { id }, request }) => {
        const entry = await queries.entry(id, { signal: request.signal });
        if (entry === undefined) throw noEntry();
        return entryJson(entry);
      },
    }),
    route({
      method: "GET",
      path: "/v1/logs/{id}/context",
      operation: "readContext",
      summary: "An entry with what was published before and after it",
      access: "read",
      lane: "answers",
      parameters: {
        id: ID,
        before: integer({ min: 0, max: PAGE_MAX, default: 10 }, "Entries before it"),
        after: integer({ min: 0, max: PAGE_MAX, default: 10 }, "Entries after it"),
        same_service: yesNo("Only entries of its service"),
      },
      answer: { json: CONTEXT, description: "The entry and its neighbours" },
      problems: [404, 503, 504],
      handle: async ({ values: { id, before, after, same_service: sameService }, request }) => {
        const around = await queries.around({ key: id, before, after, sameService }, { signal: request.signal });
        if (around.entry === undefined) throw noEntry();
        // The nearest of each side.
        const [older, newer] = [around.before.toReversed(), around.after]
          .map((side) => side.slice(0, fitting(side, ANSWER_CHARS_MAX / 2))) as [ReadEntry[], ReadEntry[]];
        const whole = older.length === around.before.length && newer.length === around.after.length;
        return {
          before: older.toReversed().map(entryJson),
          entry: entryJson(around.entry),
          after: newer.map(entryJson),
          ...lookedJson({ ...around, complete: around.complete && whole }),
        };
      },
    }),
  ];
}

function noEntry(): Problem {
  return new Problem("not_found", {
    field: "id",
    detail: "There is no such entry",
    remedy: "it may have been removed since; send an id as it was in an answer",
  });
}

/** @throws {Problem} */
function cursorOf(text: string, selects: string): Cursor {
  const cursor = decodeCursor(text, selects);
  if (!("problem" in cursor)) return cursor;
  throw new Problem("bad_parameter", { field: "cursor", detail: `cursor ${cursor.problem}`, remedy: cursor.remedy });
}

/** As much of a page as an answer may have; the next one then begins after that. */
function cut(
  { entries, next }: Page,
  { order, within }: { readonly order: Order; readonly within: TimeRange },
): { readonly entries: readonly ReadEntry[]; readonly next: Cursor | undefined } {
  const count = fitting(entries, ANSWER_CHARS_MAX);
  if (count === entries.length) return { entries, next };
  const { publishTime, messageId }: MessageKey = entries[count - 1]!;
  const direction = order === "newest_first" ? "older" : "newer";
  return { entries: entries.slice(0, count), next: { position: { publishTime, messageId }, direction, range: within } };
}

/** How many of the first entries have no more characters together; at least one. */
function fitting(entries: readonly ReadEntry[], charsMax: number): number {
  let chars = 0;
  for (const [i, entry] of entries.entries()) {
    chars += charsOf(entry);
    if (chars > charsMax) return Math.max(i, 1);
  }
  return entries.length;
}

/** What of an entry may be large, in characters. */
export function charsOf({ payload, attributes }: ReadEntry): number {
  let chars = payload.length;
  for (const name in attributes) chars += name.length + attributes[name]!.length;
  return chars;
}
