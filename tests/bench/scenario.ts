/**
 * What a scenario is given and what it has to do.
 *
 * @module
 */
import type { TestServer } from "../support/database.ts";
import type { BenchOptions } from "./options.ts";
import type { Result, Target } from "./result.ts";

/** Where and how a scenario runs. */
export interface Bench {
  readonly server: TestServer;
  readonly options: BenchOptions;
  /** Aborted when somebody stops the bench: what waits then throws its reason. */
  readonly signal: AbortSignal;
  /** Prints a line. */
  readonly say: (line: string) => void;
}

/** A question about LMS's speed. */
export interface Scenario {
  readonly name: string;
  /** What it measures, for people. */
  readonly summary: string;
  /** @throws {Error} When the tables do not hold what was published, or a process fails. */
  run(bench: Bench): Promise<Result>;
}

/** The target, unless the run is too short to be held to one. */
export function targetOf({ options }: Bench, target: Target): Target | undefined {
  return options.quick ? undefined : target;
}

/** The server for people: `mysql 9.7.4-2`. */
export function databaseOf({ server: { kind, version } }: Bench): string {
  return version.toLowerCase().includes(kind) ? version : `${kind} ${version}`;
}

/** Resolves after a while; rejects with the signal's reason. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
  });
}
