/**
 * Whether the monitor is alive and ready, as HTTP probes ask it. No socket: whoever serves it opens one.
 *
 * @module
 */

/** What pulls messages, as far as readiness goes. A subscriber is one. */
export interface Pulling {
  /** Messages held. */
  readonly held: number;
  /** Streams that are open now. */
  readonly openStreams: number;
  /** For how long streams have been wanted and nothing was heard from any that is open, in milliseconds. */
  readonly withoutStreamMs: number;
}

/** Why a monitor is not ready: a closed set, so that nothing of a database's or a server's words gets into an answer. */
export type UnavailableReason =
  | "starting"
  | "draining"
  | "the database is away"
  | "no stream was open for a minute";

/** The answer to `/readyz`. */
export interface Readiness {
  readonly status: "ok" | "unavailable";
  /** `null` when it is ready. */
  readonly reason: UnavailableReason | null;
  /** Messages held. */
  readonly held: number;
  readonly open_streams: number;
  /** Entries stored since the start. */
  readonly stored: number;
}

/** Longer than it takes to find that a connection is dead, leave it and connect again: 8 s for an answer, 5 s, 4 s. */
const WITHOUT_STREAM_MS_MAX = 60_000;

/**
 * What a monitor is doing. Its states, in order: *starting* until {@linkcode Health.pulling}, *pulling*, *draining* from
 * {@linkcode Health.draining} on.
 */
export class Health {
  #state: "starting" | "pulling" | "draining" = "starting";
  #source: Pulling | undefined;
  #database: "there" | "away" = "there";
  #stored = 0;

  /** The schema is ready and messages are pulled. Does not end a drain. */
  pulling(source: Pulling): void {
    this.#source = source;
    if (this.#state === "starting") this.#state = "pulling";
  }

  /** No more is pulled; what is held is finished or given back. */
  draining(): void {
    this.#state = "draining";
  }

  /** Whether the database takes what it is given. */
  database(state: "there" | "away"): void {
    this.#database = state;
  }

  /** So many more entries are stored. */
  stored(count: number): void {
    this.#stored += count;
  }

  /** Whether the monitor is ready: it pulls, or holds as much as it may. */
  readiness(): Readiness {
    const reason = this.#reason();
    return {
      status: reason === null ? "ok" : "unavailable",
      reason,
      held: this.#source?.held ?? 0,
      open_streams: this.#source?.openStreams ?? 0,
      stored: this.#stored,
    };
  }

  #reason(): UnavailableReason | null {
    if (this.#state !== "pulling") return this.#state;
    if (this.#database === "away") return "the database is away";
    return this.#source!.withoutStreamMs > WITHOUT_STREAM_MS_MAX ? "no stream was open for a minute" : null;
  }
}

/** A URL's path. Not by `new URL`, which throws for some of the Host headers that the server lets through. */
const PATH = /^\w+:\/\/[^/?#]*([^?#]*)/;

/**
 * Answers probes: `/livez` with 200 whenever it is asked, `/readyz` with 200 or 503 and one line of JSON. Any other path
 * is 404, any method but GET 405.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { answerProbe, Health } from "./health.ts";
 *
 * const response = answerProbe(new Health(), new Request("http://127.0.0.1:8080/readyz"));
 * assertEquals(response.status, 503);
 * assertEquals((await response.json()).reason, "starting");
 * ```
 */
export function answerProbe(health: Health, { method, url }: Request): Response {
  const path = PATH.exec(url)?.[1];
  if (path !== "/livez" && path !== "/readyz") return text(404, "not found");
  if (method !== "GET") return text(405, "method not allowed", { allow: "GET" });
  if (path === "/livez") return text(200, "ok");
  const readiness = health.readiness();
  return new Response(`${JSON.stringify(readiness)}\n`, {
    status: readiness.status === "ok" ? 200 : 503,
    headers: { ...NO_STORE, "content-type": "application/json" },
  });
}

/** An answer is true when it is given, and not later. */
const NO_STORE = { "cache-control": "no-store" };

function text(status: number, line: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${line}\n`, {
    status,
    headers: { ...NO_STORE, "content-type": "text/plain; charset=utf-8", ...headers },
  });
}
