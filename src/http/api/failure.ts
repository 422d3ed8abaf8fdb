/**
 * What to answer when something fails that is not the client's fault, and what of it is told.
 *
 * @module
 */
import type { Log } from "../../ops/logger.ts";
import { ReadTimeoutError } from "../../store/log_rows.ts";
import { StoreError } from "../../store/store.ts";
import { Problem } from "./problem.ts";

/** Between two lines of the log that the database is away. */
const TOLD_EVERY_MS = 10_000;

/** Makes problems of errors. An answer never has the words of a database or a server in it: they go to the log. */
export class Failures {
  readonly #log: Pick<Log, "warn" | "error">;
  #toldAtMs = -Infinity;

  constructor(log: Pick<Log, "warn" | "error">) {
    this.#log = log;
  }

  /** The problem that an error is. @param path Of the request, without what is asked. */
  problemOf(error: unknown, path: string): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof ReadTimeoutError) {
      this.#tell(error, path);
      return new Problem("too_slow", {
        detail: "The database did not answer in time",
        remedy: "ask for a shorter range, or for words that are whole",
      });
    }
    if (error instanceof StoreError && error.disposition !== "fatal") {
      this.#tell(error, path);
      return new Problem("database_away", {
        detail: "The database does not answer",
        remedy: "ask again in a few seconds",
        headers: { "retry-after": "5" },
      });
    }
    this.#log.error("cannot answer a request", { path, error });
    return new Problem("internal", { detail: "The request failed", remedy: "the log of LMS says why" });
  }

  #tell(error: Error, path: string): void {
    const now = performance.now();
    if (now - this.#toldAtMs < TOLD_EVERY_MS) return;
    this.#toldAtMs = now;
    this.#log.warn("cannot read from the database", { path, reason: error.message });
  }
}
