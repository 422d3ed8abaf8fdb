/**
 * Whether the monitor is alive and ready. It is served in `src/http/probes.ts`.
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

/** Whether it is ready, as `/readyz` answers. */
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
