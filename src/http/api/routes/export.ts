/**
 * Everything that a query finds, however much that is.
 *
 * @module
 */
import { CSV_HEADER, csvRecord } from "../../../entry/csv.ts";
import type { Cursor } from "../../../reading/cursor.ts";
import type { LogQueries, Order } from "../../../reading/log_queries.ts";
import type { TimeRange } from "../../../reading/moment.ts";
import type { Query } from "../../../reading/query.ts";
import type { ReadEntry } from "../../../store/log_rows.ts";
import { entryJson } from "../json.ts";
import { oneOf, optional } from "../parameter.ts";
import { type Route, route } from "../route.ts";
import { queryOf, rangeOf, SELECTION_PARAMETERS, withoutEnds } from "../selection.ts";
import { streamResponse } from "../streams.ts";
import { charsOf } from "./logs.ts";

const FORMATS = { ndjson: "application/x-ndjson", csv: "text/csv" } as const;

const UTF8 = new TextEncoder();

/** What of an export is in memory: a page of as many entries as take about so much, in characters. */
const PAGE_CHARS = 2 * 1024 * 1024;
/** The first page; of the others the size of the one before tells how many entries fit. */
const FIRST_PAGE = 100;
const PAGE_ENTRIES_MAX = 1_000;

/** `/v1/export`. */
export function exportRoutes({ queries, onFailed }: {
  readonly queries: LogQueries;
  /** Told of what ends an export in the middle. */
  readonly onFailed: (error: unknown) => void;
}): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/export",
      operation: "export",
      summary: "All that a query finds, as NDJSON or CSV",
      description: "NDJSON: entries as GET /v1/logs/{id} has them, one a line. CSV: service_name, payload, severity, " +
        "timestamp, created_at, as lms prints them. One that cannot be finished is cut off, without the end that HTTP " +
        "has for a whole answer: clients tell that.",
      access: "read",
      lane: "exports",
      parameters: {
        ...SELECTION_PARAMETERS,
        order: oneOf(["oldest_first", "newest_first"], "By publish time"),
        format: optional(oneOf(["ndjson", "csv"], "In place of an accept header")),
      },
      answer: { stream: Object.values(FORMATS), description: "Entries, as fast as they are read" },
      problems: [503, 504],
      handle: async ({ values, request, nowMs, type, leave }) => {
        const { signal } = request;
        const query = queryOf(values.query, nowMs);
        const pages = new Pages({ query, range: rangeOf(values, nowMs), order: values.order, queries, signal });
        const as = values.format === undefined ? type : FORMATS[values.format];
        const write = as === FORMATS.csv ? csvRecord : (entry: ReadEntry) => `${JSON.stringify(entryJson(entry))}\n`;
        let head = as === FORMATS.csv ? CSV_HEADER : "";
        // Read before anything is answered, so that what cannot be read at all is a problem.
        let ahead = Promise.resolve(await pages.next());
        const next = async () => {
          const entries = await ahead ?? [];
          // Read while this one is written and sent: one page, however slow the client is.
          ahead = pages.next();
          ahead.catch(() => {});
          const text = head + entries.map(write).join("");
          head = "";
          return text === "" ? undefined : UTF8.encode(text);
        };
        const headers = {
          "content-type": as === FORMATS.csv ? `${as}; charset=utf-8; header=present` : as,
          "content-disposition": `attachment; filename="logs.${as === FORMATS.csv ? "csv" : "ndjson"}"`,
        };
        return streamResponse({ next, end: leave, onFailed }, { request, headers });
      },
    }),
  ];
}

interface Walk {
  readonly queries: LogQueries;
  readonly query: Query;
  readonly range: TimeRange;
  readonly order: Order;
  readonly signal: AbortSignal;
}

/** The pages of a walk, each of about as many characters. */
class Pages {
  readonly #walk: Walk;
  #cursor: Cursor | undefined;
  #limit = FIRST_PAGE;
  #over = false;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  /** The next that has entries; `undefined`: there is none. */
  async next(): Promise<readonly ReadEntry[] | undefined> {
    const { queries, range, order, signal } = this.#walk;
    while (!this.#over) {
      const cursor = this.#cursor;
      // The range of a cursor has the query's own ends.
      const query = cursor === undefined ? this.#walk.query : withoutEnds(this.#walk.query);
      const page = await queries.page({ query, range, order, limit: this.#limit, cursor }, { signal });
      this.#cursor = page.next;
      this.#over = page.next === undefined;
      const { entries } = page;
      if (entries.length === 0) continue;
      const chars = entries.reduce((sum, entry) => sum + charsOf(entry), 0);
      const fits = Math.floor(PAGE_CHARS / Math.max(chars / entries.length, 1));
      this.#limit = Math.min(PAGE_ENTRIES_MAX, Math.max(1, fits));
      return entries;
    }
    return undefined;
  }
}
