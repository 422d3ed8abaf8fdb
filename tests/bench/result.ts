/**
 * What a scenario measured, and which of it was promised. Pure.
 *
 * @module
 */
import { type Spread, spreadOf } from "./statistics.ts";

/** What one side did in one round. */
export interface Round {
  /** In the row's unit. */
  readonly value: number;
  /** Processor time of the process under test within the timed window, in microseconds for each message. */
  readonly cpuMicros?: number;
  /** The same with all that it used before the window, its start above all. */
  readonly cpuMicrosWithStart?: number;
  /** Processor time of the database server within the window, in microseconds for each message. */
  readonly databaseMicros?: number;
  /** The same of the process that holds the Pub/Sub server. */
  readonly brokerMicros?: number;
  /** The most memory that the process under test ever had resident. */
  readonly peakBytes?: number;
  /** The longest that the process under test did not answer a health check within the window, in milliseconds. */
  readonly stallMs?: number;
}

/** One side in one setting, over all rounds. */
export interface Row extends Spread {
  readonly label: string;
  readonly unit: string;
  readonly rounds: readonly Round[];
}

/** The bound of a figure's median. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** A figure that two machines can be compared by: a ratio of two sides in one round, or a cost. */
export interface Figure extends Spread {
  readonly name: string;
  /** Empty for a ratio. */
  readonly unit: string;
  readonly rounds: readonly number[];
  /** As `>= 0.9`. */
  readonly target?: string;
  readonly holds?: boolean;
}

/** The outcome of a scenario on one database. */
export interface Result {
  readonly scenario: string;
  readonly setting: Readonly<Record<string, string | number>>;
  readonly rows: readonly Row[];
  readonly ratios: readonly Figure[];
}

/** @throws {RangeError} For no rounds. */
export function row(
  label: string,
  { unit, rounds }: { readonly unit: string; readonly rounds: readonly Round[] },
): Row {
  return { label, unit, rounds, ...spreadOf(rounds.map(({ value }) => value)) };
}

/**
 * @param options.target Left out in a run too short to be held to it.
 * @throws {RangeError} For no rounds.
 */
export function figure(
  name: string,
  { rounds, unit = "", target }: {
    readonly rounds: readonly number[];
    readonly unit?: string;
    readonly target?: Target | undefined;
  },
): Figure {
  const spread = spreadOf(rounds);
  const plain = { name, unit, rounds, ...spread };
  if (target === undefined) return plain;
  if ("atLeast" in target) {
    return { ...plain, target: `>= ${target.atLeast}`, holds: spread.median >= target.atLeast };
  }
  return { ...plain, target: `<= ${target.atMost}`, holds: spread.median <= target.atMost };
}
