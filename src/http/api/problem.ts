/**
 * What a request is answered with that cannot be done: a problem (RFC 9457) with the field that is wrong and what to
 * write instead.
 *
 * @module
 */
import * as v from "valibot";

/** Every kind of problem, with its status and title: the closed set that a program may branch on. */
export const PROBLEMS = {
  bad_request: [400, "The request cannot be understood"],
  bad_parameter: [400, "A parameter cannot be used"],
  bad_query: [400, "The query cannot be understood"],
  bad_body: [400, "The body cannot be used"],
  no_token: [401, "A token is needed"],
  not_allowed: [403, "This is not allowed"],
  foreign_origin: [403, "Another site's page may not ask this"],
  not_found: [404, "There is no such thing"],
  method_not_allowed: [405, "This cannot be done here"],
  not_acceptable: [406, "There is no answer of a type that is accepted"],
  settled: [409, "That was settled before"],
  too_large: [413, "The body is too large"],
  url_too_long: [414, "The URL is too long"],
  unsupported_type: [415, "The body is of a type that is not read here"],
  foreign_host: [421, "This server is not called that"],
  still_invalid: [422, "It is still no entry"],
  too_many: [429, "Too much is asked at once"],
  headers_too_large: [431, "The headers are too large"],
  internal: [500, "Something went wrong"],
  database_away: [503, "The database is away"],
  too_slow: [504, "The answer took too long"],
} as const;

/** See {@linkcode PROBLEMS}. */
export type ProblemKind = keyof typeof PROBLEMS;

/** What is said beside the kind. */
export interface ProblemDetails {
  /** A sentence without its point. */
  readonly detail: string;
  /** What to do, as a clause. */
  readonly remedy?: string | undefined;
  /** The parameter, header or field of the body that is wrong. */
  readonly field?: string | undefined;
  /** Each mistake of a query. */
  readonly mistakes?: readonly v.InferOutput<typeof MISTAKE>[] | undefined;
  /** Headers that belong to it, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A request that is answered with a problem: thrown wherever that shows, and answered in one place. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly kind: ProblemKind;
  readonly details: ProblemDetails;
  constructor(kind: ProblemKind, details: ProblemDetails) {
    super(details.detail);
    this.kind = kind;
    this.details = details;
  }
}

/** A mistake in a query, where it stands, in UTF-16 units from 0. */
const MISTAKE = v.object({
  at: v.pipe(v.number(), v.integer()),
  length: v.pipe(v.number(), v.integer()),
  problem: v.string(),
  remedy: v.string(),
});

/** A problem as it is sent. */
export const PROBLEM_SCHEMA = v.pipe(
  v.object({
    type: v.pipe(v.string(), v.description("`urn:lms:problem:` and the kind")),
    title: v.string(),
    status: v.pipe(v.number(), v.integer()),
    detail: v.string(),
    remedy: v.optional(v.pipe(v.string(), v.description("what to do"))),
    field: v.optional(v.pipe(v.string(), v.description("the parameter, header or field that is wrong"))),
    mistakes: v.optional(v.pipe(v.array(MISTAKE), v.description("each mistake of the query"))),
  }),
  v.description("What is wrong, and what to do (RFC 9457)"),
);

/** A problem's media type. */
export const PROBLEM_TYPE = "application/problem+json";

/** The answer that a problem is. */
export function problemResponse(kind: ProblemKind, details: ProblemDetails): Response {
  const [status, title] = PROBLEMS[kind];
  const { detail, remedy, field, mistakes, headers } = details;
  const body = { type: `urn:lms:problem:${kind}`, title, status, detail, remedy, field, mistakes };
  return new Response(`${JSON.stringify(body)}\n`, { status, headers: { ...headers, "content-type": PROBLEM_TYPE } });
}
