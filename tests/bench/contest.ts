/**
 * Rounds in which several take turns.
 *
 * @module
 */
import { alternate } from "./alternate.ts";
import type { Round, Row } from "./result.ts";
import { row } from "./result.ts";
import type { Bench } from "./scenario.ts";

/** What runs once in each round. */
export interface Contestant<R extends Round> {
  readonly label: string;
  run(): Promise<R>;
}

/** Runs everybody in every round. Returns for each of them the rounds, in order. */
export async function contest<R extends Round>(
  { options: { rounds }, say, signal }: Bench,
  contestants: readonly Contestant<R>[],
): Promise<R[][]> {
  let announced = -1;
  return await alternate({ sides: contestants, rounds }, async ({ run }, round) => {
    signal.throwIfAborted();
    if (round !== announced) say(`  round ${round + 1} of ${rounds}`);
    announced = round;
    return await run();
  });
}

/** A row for each contestant, in messages a second. */
export function ratesOf(
  contestants: readonly { readonly label: string }[],
  rounds: readonly (readonly Round[])[],
): Row[] {
  return contestants.map(({ label }, index) => row(label, { unit: "messages/s", rounds: rounds[index]!.map(plain) }));
}

/** Without what only some scenarios look at. */
function plain({ value, ...rest }: Round): Round {
  const { cpuMicros, cpuMicrosWithStart, databaseMicros, brokerMicros, peakBytes } = rest;
  const figures = { cpuMicros, cpuMicrosWithStart, databaseMicros, brokerMicros, peakBytes };
  return { value, ...Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== undefined)) };
}

/** What the rounds measured. */
export function valuesOf(rounds: readonly Round[]): number[] {
  return rounds.map(({ value }) => value);
}
