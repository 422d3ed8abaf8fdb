/**
 * What lands, as it lands.
 *
 * @module
 */
import { CURSOR_MAX, decodeTail, type LedgerPosition } from "../../../reading/cursor.ts";
import { formatQuery } from "../../../reading/format_query.ts";
import { retryBytes } from "../../tail/events.ts";
import type { TailHub } from "../../tail/hub.ts";
import { text } from "../parameter.ts";
import { Problem } from "../problem.ts";
import { type Route, route } from "../route.ts";
import { QUERY_PARAMETER, queryOf } from "../selection.ts";
import { streamResponse } from "../streams.ts";

/** A client whose connection broke comes again after so long, in milliseconds. */
const RETRY_MS = 2_000;

/** `/v1/tail`. */
export function tailRoutes({ hub }: { readonly hub: TailHub }): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/tail",
      operation: "tail",
      summary: "What lands, as it lands",
      description: "Server-sent events. `entry`: an entry, as GET /v1/logs/{id} has it. `gap`: so many entries were " +
        "`dropped` for the `reason` that the client is `slow`, or was away for over an hour (`too_old`; then nobody " +
        "counts); what is newest follows. An id comes alone, after all that it stands for; a client that comes again " +
        "with it as Last-Event-ID misses nothing, and may get again what landed in the two minutes before.",
      access: "read",
      lane: "tails",
      parameters: {
        ...QUERY_PARAMETER,
        position: text(CURSOR_MAX, "Where to begin: tail of a page, or an event's id; Last-Event-ID goes before it"),
      },
      answer: { stream: ["text/event-stream"], description: "Events, until the client or the server goes" },
      handle: ({ values, request, nowMs, type, leave }) => {
        const query = queryOf(values.query, nowMs);
        const header = request.headers.get("last-event-id") || undefined;
        const position = header !== undefined
          ? positionOf(header, "last-event-id")
          : values.position === undefined
          ? undefined
          : positionOf(values.position, "position");
        const feed = hub.join({ query, selects: formatQuery(query), position });
        let first = true;
        const next = () => {
          if (!first) return feed.next();
          first = false;
          return Promise.resolve(retryBytes(RETRY_MS));
        };
        const end = () => {
          feed.leave();
          leave();
        };
        // Without the last, some proxies keep everything until the end.
        const headers = { "content-type": type, "x-accel-buffering": "no" };
        return streamResponse({ next, end }, { request, headers });
      },
    }),
  ];
}

/** @throws {Problem} */
function positionOf(text: string, field: string): LedgerPosition {
  const position = decodeTail(text);
  if (typeof position === "bigint") return position;
  throw new Problem("bad_parameter", { field, detail: `${field} ${position.problem}`, remedy: position.remedy });
}
