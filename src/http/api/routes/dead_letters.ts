/**
 * What could not be stored as an entry, and what becomes of it.
 *
 * @module
 */
import * as v from "valibot";
import { entryIdOf } from "../../../entry/entry_id.ts";
import { DEAD_LETTER_REASONS, type MessageKey } from "../../../entry/entry.ts";
import { rfc3339Of } from "../../../entry/instant.ts";
import { redecode } from "../../../entry/redecode.ts";
import type { Log } from "../../../ops/logger.ts";
import { type LogQueries, PAGE_MAX } from "../../../reading/log_queries.ts";
import { parseMoment } from "../../../reading/moment.ts";
import type { Maintenance, StoredDeadLetter } from "../../../store/maintenance.ts";
import type { Bearer } from "../../guard/tokens.ts";
import { deadLetterJson, deadLetterSummaryJson } from "../json.ts";
import { entryId, integer, oneOf, optional, text } from "../parameter.ts";
import { Problem } from "../problem.ts";
import { type Route, route } from "../route.ts";
import { DEAD_LETTER, DEAD_LETTER_GROUPS, DEAD_LETTERS, SETTLED } from "../schemas.ts";

/** What changes dead letters, of what operators do with a store. */
export type DeadLetterActions = Pick<Maintenance, "deadLettersByKey" | "replay" | "drop">;

/** What the routes work with. */
export interface DeadLetterParts {
  readonly queries: LogQueries;
  /** Absent: nothing can be changed through this server. */
  readonly actions?: DeadLetterActions | undefined;
  readonly log: Pick<Log, "info">;
}

const ID = entryId({ publishTime: "", messageId: "" }, "A dead letter's id");

/** Those that a page and the counts by reason share. */
const FILTER_PARAMETERS = {
  status: oneOf(["open", "replayed", "dropped", "all"], "What has become of them"),
  since: text(64, "Published then or later: RFC 3339, or how long ago (`-2h`)"),
};

/** Fields to replay a dead letter with, in place of the message's own. */
const REPLAY_BODY = v.optional(v.strictObject({
  set: v.optional(v.strictObject({
    service_name: v.optional(v.string()),
    payload: v.optional(v.pipe(v.string(), v.description("`@data`: the message's whole text"))),
    severity: v.optional(v.string()),
    timestamp: v.optional(v.string()),
  })),
}));

/** The routes below `/v1/dead-letters`. */
export function deadLetterRoutes({ queries, actions, log }: DeadLetterParts): Route[] {
  const change = (): DeadLetterActions => {
    if (actions !== undefined) return actions;
    throw new Problem("not_allowed", {
      detail: "This server changes nothing",
      remedy: "use lms dead-letters, or a server that writes to the database",
    });
  };
  const letterOf = async (store: DeadLetterActions, key: MessageKey): Promise<StoredDeadLetter> => {
    const [letter] = await store.deadLettersByKey([key]);
    if (letter === undefined) throw noLetter();
    return letter;
  };
  return [
    route({
      method: "GET",
      path: "/v1/dead-letters",
      operation: "readDeadLetters",
      summary: "A page of dead letters, without their data",
      access: "read",
      lane: "answers",
      parameters: {
        ...FILTER_PARAMETERS,
        reason: optional(oneOf(DEAD_LETTER_REASONS, "With this reason only")),
        order: oneOf(["newest_first", "oldest_first"], "By publish time"),
        after: entryId(undefined, "Only those that come after this one: next of the page before"),
        limit: integer({ min: 1, max: PAGE_MAX, default: 100 }, "At most so many"),
      },
      answer: { json: DEAD_LETTERS, description: "Dead letters by publish time" },
      problems: [503, 504],
      handle: async ({ values, request, nowMs }) => {
        const { reason, order, after, limit } = values;
        const letters = await queries.deadLetters({
          ...filterOf(values, nowMs),
          ...reason === undefined ? {} : { reason },
          ...after === undefined ? {} : { after },
          newestFirst: order === "newest_first",
          limit,
        }, { signal: request.signal });
        // The page after a full one may be empty.
        const next = letters.length === limit ? entryIdOf(letters.at(-1)!) : null;
        return { dead_letters: letters.map(deadLetterSummaryJson), next };
      },
    }),
    route({
      method: "GET",
      path: "/v1/dead-letter-reasons",
      operation: "readDeadLetterReasons",
      summary: "How many dead letters there are of each reason",
      access: "read",
      lane: "answers",
      parameters: FILTER_PARAMETERS,
      answer: { json: DEAD_LETTER_GROUPS, description: "Reasons that there are" },
      problems: [503, 504],
      handle: async ({ values, request, nowMs }) => ({
        reasons: (await queries.deadLetterGroups(filterOf(values, nowMs), { signal: request.signal })).map((group) => ({
          ...group,
          oldest: rfc3339Of(group.oldest),
          newest: rfc3339Of(group.newest),
        })),
      }),
    }),
    route({
      method: "GET",
      path: "/v1/dead-letters/{id}",
      operation: "readDeadLetter",
      summary: "One dead letter, whole",
      access: "read",
      lane: "answers",
      parameters: { id: ID },
      answer: { json: DEAD_LETTER, description: "The dead letter" },
      problems: [404, 503, 504],
      handle: async ({ values: { id }, request }) => {
        const letter = await queries.deadLetter(id, { signal: request.signal });
        if (letter === undefined) throw noLetter();
        return deadLetterJson(letter);
      },
    }),
    route({
      method: "POST",
      path: "/v1/dead-letters/{id}/replay",
      operation: "replayDeadLetter",
      summary: "Decode a dead letter again, perhaps with other fields, and store it as an entry",
      access: "admin",
      lane: "answers",
      parameters: { id: ID },
      body: REPLAY_BODY,
      answer: { json: SETTLED, description: "It is an entry now, by the same id" },
      problems: [404, 409, 422, 503],
      handle: async ({ values: { id }, body, bearer }) => {
        const store = change();
        const decoded = redecode(
          await letterOf(store, id),
          Object.entries((body?.set ?? {}) as Readonly<Record<string, string>>),
        );
        if (!decoded.ok) {
          throw new Problem("still_invalid", {
            detail: `${decoded.problem.reason}: ${decoded.problem.detail}`,
            field: "set",
            remedy: "set the field that is wrong",
          });
        }
        const { replayed, refused } = await store.replay([decoded.value]);
        if (refused.length > 0) {
          throw new Problem("still_invalid", {
            detail: `The database refuses it: ${refused[0]!.detail}`,
            field: "set",
          });
        }
        if (replayed.length === 0) throw settledBefore("It was replayed before");
        log.info("dead letter replayed", doneBy(bearer, id));
        return { id: entryIdOf(id), status: "replayed" as const };
      },
    }),
    route({
      method: "POST",
      path: "/v1/dead-letters/{id}/drop",
      operation: "dropDeadLetter",
      summary: "Settle a dead letter for good",
      description: "It stays in its table, as dropped; its message stays settled should it be delivered again.",
      access: "admin",
      lane: "answers",
      parameters: { id: ID },
      answer: { json: SETTLED, description: "It is dropped" },
      problems: [404, 409, 503],
      handle: async ({ values: { id }, bearer }) => {
        const store = change();
        const { status } = await letterOf(store, id);
        if (status === "replayed") throw settledBefore("It was replayed: it is an entry");
        if ((await store.drop([id])).length > 0) log.info("dead letter dropped", doneBy(bearer, id));
        else if (status === "open") throw settledBefore("Somebody else settled it at the same time");
        return { id: entryIdOf(id), status: "dropped" as const };
      },
    }),
  ];
}

/** Who changed what, for the log. */
function doneBy(bearer: Bearer | undefined, { messageId, publishTime }: MessageKey) {
  // Not "token", whose value no log shows.
  return { by: bearer?.name ?? "nobody", message_id: messageId, publish_time: rfc3339Of(publishTime) };
}

/** @throws {Problem} */
function filterOf(
  { status, since }: { readonly status: "open" | "replayed" | "dropped" | "all"; readonly since: string | undefined },
  nowMs: number,
) {
  const moment = since === undefined ? undefined : parseMoment(since, nowMs);
  if (typeof moment === "object") {
    throw new Problem("bad_parameter", { field: "since", detail: `since ${moment.problem}`, remedy: moment.remedy });
  }
  return { ...status === "all" ? {} : { statuses: [status] }, ...moment === undefined ? {} : { since: moment } };
}

function noLetter(): Problem {
  return new Problem("not_found", {
    field: "id",
    detail: "There is no such dead letter",
    remedy: "send an id as it was in an answer",
  });
}

function settledBefore(detail: string): Problem {
  return new Problem("settled", { field: "id", detail, remedy: "look at it again: GET /v1/dead-letters/{id}" });
}
