/**
 * What the API answers, as its own schemas have it.
 *
 * @module
 */
import type { PROBLEM_SCHEMA } from "../../http/api/problem.ts";
import type * as schemas from "../../http/api/schemas.ts";

/** What a schema accepts. */
type Of<S extends { readonly "~types"?: { readonly output: unknown } | undefined }> = NonNullable<
  S["~types"]
>["output"];

export type Entry = Of<typeof schemas.ENTRY>;
export type Severity = Entry["severity"];
export type Page = Of<typeof schemas.PAGE>;
export type Context = Of<typeof schemas.CONTEXT>;
export type Services = Of<typeof schemas.SERVICES>;
export type Service = Services["services"][number];
export type SeverityCounts = Of<typeof schemas.SEVERITY_COUNTS>;
export type Histogram = Of<typeof schemas.HISTOGRAM>;
export type Batches = Of<typeof schemas.BATCHES>;
export type Batch = Batches["batches"][number];
export type Consistency = Of<typeof schemas.CONSISTENCY>;
export type Instances = Of<typeof schemas.INSTANCES>;
export type Instance = Instances["instances"][number];
export type DeadLetters = Of<typeof schemas.DEAD_LETTERS>;
export type DeadLetterSummary = DeadLetters["dead_letters"][number];
export type DeadLetter = Of<typeof schemas.DEAD_LETTER>;
export type DeadLetterReasons = Of<typeof schemas.DEAD_LETTER_GROUPS>;
export type ProblemBody = Of<typeof PROBLEM_SCHEMA>;

/** From the least to the most serious, as the API has them. */
export const SEVERITIES: readonly Severity[] = ["debug", "info", "warn", "error", "fatal"];
