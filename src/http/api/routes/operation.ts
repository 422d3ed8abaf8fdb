/**
 * How the storing goes: batches, instances, and whether the sums agree.
 *
 * @module
 */
import { type LogQueries, PAGE_MAX } from "../../../reading/log_queries.ts";
import { BATCH_CAUSES } from "../../../store/log_rows.ts";
import { batchJson, instanceJson } from "../json.ts";
import { bigId, integer, optional, someOf } from "../parameter.ts";
import { type Route, route } from "../route.ts";
import { BATCHES, CONSISTENCY, INSTANCES } from "../schemas.ts";
import { RANGE_PARAMETERS, rangeOf } from "../selection.ts";

/** An instance's number has 12 bits. */
const INSTANCE_MAX = 4_095;

/** `/v1/batches`, `/v1/instances`, `/v1/consistency`. */
export function operationRoutes({ queries }: { readonly queries: LogQueries }): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/batches",
      operation: "readBatches",
      summary: "The ledger: what was written, a transaction each",
      access: "read",
      lane: "answers",
      parameters: {
        from: { ...RANGE_PARAMETERS.from, description: "Written then or later" },
        to: { ...RANGE_PARAMETERS.to, description: "Written before then" },
        since: RANGE_PARAMETERS.since,
        instance: optional(integer({ min: 0, max: INSTANCE_MAX, default: 0 }, "Of this instance only")),
        cause: someOf(BATCH_CAUSES, "Of these causes only, parted by commas"),
        before: bigId("Only batches before this one: next of the page before"),
        limit: integer({ min: 1, max: PAGE_MAX, default: 100 }, "At most so many"),
      },
      answer: { json: BATCHES, description: "Batches, newest first" },
      problems: [503, 504],
      handle: async ({ values, request, nowMs }) => {
        const { instance, cause: causes, before, limit } = values;
        const { batches, more } = await queries.ledger(
          { range: rangeOf(values, nowMs), instance, causes, before, limit },
          { signal: request.signal },
        );
        const last = batches.at(-1);
        return { batches: batches.map(batchJson), next: more && last !== undefined ? String(last.id) : null };
      },
    }),
    route({
      method: "GET",
      path: "/v1/instances",
      operation: "readInstances",
      summary: "The monitors, and what they hold",
      access: "read",
      lane: "answers",
      parameters: {},
      answer: { json: INSTANCES, description: "Monitors by number; one that runs was seen within the last 10 s" },
      problems: [503, 504],
      handle: async ({ request }) => ({
        instances: (await queries.instances({ signal: request.signal })).map(instanceJson),
      }),
    }),
    route({
      method: "GET",
      path: "/v1/consistency",
      operation: "readConsistency",
      summary: "Whether the sums agree",
      description: "By the counts alone. Whether these agree with every row is what `lms verify` tells.",
      access: "read",
      lane: "answers",
      parameters: {},
      answer: { json: CONSISTENCY, description: "The sums, of one snapshot" },
      problems: [503, 504],
      handle: async ({ request }) => {
        const { counted, hours, unadopted, unadoptedComplete, agree, differences } = await queries.consistency({
          signal: request.signal,
        });
        return {
          agree: agree ?? null,
          counted,
          hours,
          unadopted,
          unadopted_complete: unadoptedComplete,
          differences: differences.map(({ serviceName, ...rest }) => ({ service_name: serviceName, ...rest })),
        };
      },
    }),
  ];
}
