/**
 * What writers lose to each other.
 *
 * @module
 */
import { type Row, row } from "./result.ts";
import type { Bench } from "./scenario.ts";
import type { Throughput } from "./throughput.ts";

/** A round of writers that may stand in each other's way. */
export interface Contended extends Throughput {
  /** That InnoDB saw meanwhile. */
  readonly deadlocks: number;
}

/** Runs a round, and counts the deadlocks of the server meanwhile. */
export async function contended(bench: Bench, run: () => Promise<Throughput>): Promise<Contended> {
  const before = await deadlocksOf(bench);
  const round = await run();
  return { ...round, deadlocks: await deadlocksOf(bench) - before };
}

/** A row for each contestant, of one kind of what went wrong. */
export function faultsOf(
  name: "deadlocks" | "retries" | "errors",
  sides: readonly { readonly label: string; readonly rounds: readonly Contended[] }[],
): Row[] {
  return sides.map(({ label, rounds }) =>
    row(`${name}, ${label}`, { unit: name, rounds: rounds.map((round) => ({ value: round[name] })) })
  );
}

/** Since the server started. */
async function deadlocksOf({ server }: Bench): Promise<number> {
  const [metric] = await server.query(
    "SELECT `COUNT` AS deadlocks FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'",
  );
  return Number(metric?.deadlocks ?? 0);
}
