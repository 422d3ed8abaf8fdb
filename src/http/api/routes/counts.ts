/**
 * Who logs, how much, and when.
 *
 * @module
 */
import { SERVICE_NAME_MAX } from "../../../entry/limits.ts";
import { BUCKET_SECONDS, bucketName, BUCKETS_MAX, planHistogram } from "../../../reading/histogram.ts";
import { failure, success } from "../../../ops/result.ts";
import { type LogQueries, PAGE_MAX } from "../../../reading/log_queries.ts";
import { lookedJson, momentJson } from "../json.ts";
import { integer, oneOf, readBy, text } from "../parameter.ts";
import { Problem } from "../problem.ts";
import { type Route, route } from "../route.ts";
import { HISTOGRAM, SERVICES, SEVERITY_COUNTS } from "../schemas.ts";
import { closedRange, countingRangeOf, queryOf, SELECTION_PARAMETERS } from "../selection.ts";

/** A histogram's range where nobody says where it begins. */
const HOUR_MS = 3_600_000;

const BUCKET_NAMES = BUCKET_SECONDS.map(bucketName);

/** `/v1/services`, `/v1/severity`, `/v1/histogram`. */
export function countRoutes({ queries }: { readonly queries: LogQueries }): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/services",
      operation: "readServices",
      summary: "The services, with their totals by severity",
      access: "read",
      lane: "answers",
      parameters: {
        prefix: text(2 * SERVICE_NAME_MAX, "Only names that begin so, in this case"),
        after: text(2 * SERVICE_NAME_MAX, "Only names after this one: next of the page before"),
        limit: integer({ min: 1, max: PAGE_MAX, default: 100 }, "At most so many"),
      },
      answer: { json: SERVICES, description: "Services by name" },
      problems: [503, 504],
      handle: async ({ values, request }) => {
        const { services, more } = await queries.services(values, { signal: request.signal });
        return {
          services: services.map(({ serviceName, total, severities, lastSeen }) => ({
            service_name: serviceName,
            total,
            severities: { ...severities },
            last_seen: momentJson(lastSeen),
          })),
          next: more ? services.at(-1)?.serviceName ?? null : null,
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/severity",
      operation: "readSeverity",
      summary: "How many entries there are, by service and severity",
      description: "Without query and range from the counts alone, however much is stored.",
      access: "read",
      lane: "answers",
      parameters: SELECTION_PARAMETERS,
      answer: { json: SEVERITY_COUNTS, description: "Counts that are not 0, by service, then by severity's rank" },
      problems: [503, 504],
      handle: async ({ values, request, nowMs }) => {
        const query = queryOf(values.query, nowMs);
        const range = countingRangeOf(values, nowMs);
        const open = range.from === undefined && range.to === undefined;
        const { total, counts, ...looked } = await queries.totals(
          { query, range: open ? undefined : closedRange({ query, range }, { nowMs }) },
          { signal: request.signal },
        );
        return {
          total,
          counts: counts.map(({ serviceName, severity, count }) => ({ service_name: serviceName, severity, count })),
          ...lookedJson(looked),
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/histogram",
      operation: "readHistogram",
      summary: "How many entries there are over publish time",
      description:
        "The last hour where nobody says from when. From the counts, by the minute and wider, where the query " +
        "asks for service and severity only; else rows are read, newest first, within bounds.",
      access: "read",
      lane: "answers",
      parameters: {
        ...SELECTION_PARAMETERS,
        bucket: readBy(bucketSeconds, {
          description: "How wide a bucket is; absent: as narrow as buckets allows",
          schema: { type: "string", enum: BUCKET_NAMES },
        }),
        buckets: integer({ min: 1, max: BUCKETS_MAX, default: 100 }, "At most so many buckets"),
        by: oneOf(["severity", "service"], "What the series are"),
        series: integer({ min: 1, max: 50, default: 10 }, "By service: so many of the greatest, the others as one"),
      },
      answer: { json: HISTOGRAM, description: "Counts by bucket, oldest first" },
      problems: [503, 504],
      handle: async ({ values, request, nowMs }) => {
        const query = queryOf(values.query, nowMs);
        const range = closedRange({ query, range: countingRangeOf(values, nowMs) }, { nowMs, defaultMs: HOUR_MS });
        const options = { bucketSeconds: values.bucket, bucketsMax: values.buckets };
        const plan = planHistogram(range, options);
        if ("problem" in plan) {
          const field = values.bucket === undefined ? "from" : "bucket";
          throw new Problem("bad_parameter", { field, detail: `The range ${plan.problem}`, remedy: plan.remedy });
        }
        const histogram = await queries.histogram(
          { query, range, ...options, by: values.by, seriesMax: values.series },
          { signal: request.signal },
        );
        return {
          bucket_seconds: histogram.bucketSeconds,
          buckets: histogram.buckets.map(({ from, to, whole }) => ({
            from: momentJson(from)!,
            to: momentJson(to)!,
            whole,
          })),
          series: histogram.series.map(({ name, total, counts }) => ({
            name: name ?? null,
            total,
            counts: [...counts],
          })),
          total: histogram.total,
          ...lookedJson(histogram),
        };
      },
    }),
  ];
}

function bucketSeconds(text: string) {
  const value = BUCKET_SECONDS[BUCKET_NAMES.indexOf(text)];
  return value === undefined
    ? failure({ problem: `is none of ${BUCKET_NAMES.join(", ")}`, remedy: "write one of them" })
    : success(value);
}
