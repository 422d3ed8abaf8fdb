/**
 * What can go wrong with a request, as the page tells it.
 *
 * @module
 */
import type { ProblemBody } from "./answers.ts";

/** Why there is no answer. */
export interface Failure {
  /** What the page does about it: ask for a token, try again by itself, or tell. */
  readonly kind: "offline" | "token" | "right" | "busy" | "query" | "missing" | "other";
  readonly title: string;
  readonly detail: string;
  readonly remedy?: string | undefined;
  readonly mistakes?: ProblemBody["mistakes"];
}

/** Thrown by requests. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(`${failure.title}: ${failure.detail}`);
    this.failure = failure;
  }
}

const KINDS: Readonly<Record<string, Failure["kind"]>> = {
  no_token: "token",
  not_allowed: "right",
  bad_query: "query",
  not_found: "missing",
  too_many: "busy",
  too_slow: "busy",
  database_away: "busy",
};

/** Of an answer that is none; whoever is in between may answer anything. */
export async function failureOf(response: Response): Promise<Failure> {
  const body = await response.json().catch(() => undefined) as Partial<ProblemBody> | undefined;
  if (typeof body?.type !== "string" || typeof body.detail !== "string") {
    const kind = response.status >= 500 ? "offline" : "other";
    return { kind, title: "The server did not answer", detail: `It said ${response.status}` };
  }
  return {
    kind: KINDS[body.type.replace("urn:lms:problem:", "")] ?? "other",
    title: body.title ?? "That failed",
    detail: body.detail,
    remedy: body.remedy,
    mistakes: body.mistakes,
  };
}

/** Of whatever was thrown. */
export function failureFrom(error: unknown): Failure {
  if (error instanceof RequestFailed) return error.failure;
  if (error instanceof TypeError) {
    return { kind: "offline", title: "The server is not in reach", detail: "The page tries again by itself" };
  }
  return { kind: "other", title: "The page failed", detail: String(error) };
}
