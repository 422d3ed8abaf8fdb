/**
 * Answers the probes of a server that only reads.
 *
 * @module
 */
import type { LogQueries } from "../reading/log_queries.ts";
import { answerReadiness } from "./probes.ts";

/** How long an answer of the database is believed, in milliseconds: probes may be many. */
const BELIEVED_MS = 1_000;
/** A database that takes longer is none to be ready with. */
const TIMEOUT_MS = 2_000;

/** Makes what answers `/livez`, and `/readyz` by asking the database for little. */
export function readProbe(queries: Pick<LogQueries, "tailPoint">): (request: Request) => Promise<Response> {
  let asked: { readonly atMs: number; readonly there: Promise<boolean> } | undefined;
  const there = () => {
    const nowMs = performance.now();
    if (asked === undefined || nowMs - asked.atMs >= BELIEVED_MS) {
      const answer = queries.tailPoint({ timeoutMs: TIMEOUT_MS }).then(() => true, () => false);
      asked = { atMs: nowMs, there: answer };
    }
    return asked.there;
  };
  return (request) =>
    answerReadiness(request, async () => {
      const ready = await there();
      return { status: ready ? "ok" : "unavailable", reason: ready ? null : "the database is away" };
    });
}
