/**
 * The order in which sides take their turns.
 *
 * @module
 */

/** The indexes of the sides in a round, from 0: A B C, then C B A, so that what drifts hits all alike. */
export function orderOf(sides: number, round: number): number[] {
  const forwards = Array.from({ length: sides }, (_, index) => index);
  return round % 2 === 0 ? forwards : forwards.toReversed();
}

/**
 * Runs every side once in each round.
 *
 * @param run Told the side and the round, from 0.
 * @returns For each side its rounds, in order.
 */
export async function alternate<S, R>(
  { sides, rounds }: { readonly sides: readonly S[]; readonly rounds: number },
  run: (side: S, round: number) => Promise<R>,
): Promise<R[][]> {
  const results: R[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const index of orderOf(sides.length, round)) results[index]!.push(await run(sides[index]!, round));
  }
  return results;
}
