/**
 * The middle and the spread of a few measurements. Pure.
 *
 * @module
 */

/** What is told of the rounds of one figure. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle value, or the mean of the two in the middle. @throws {RangeError} For no values. */
export function median(values: readonly number[]): number {
  const sorted = sortedNumbers(values);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** @throws {RangeError} For no values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = sortedNumbers(values);
  return { median: median(sorted), min: sorted[0]!, max: sorted.at(-1)! };
}

/**
 * The smallest value that at least this share of the values is not above (nearest rank): always one that was measured.
 *
 * @param share Above 0, at most 1.
 * @throws {RangeError} For no values.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = sortedNumbers(values);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/**
 * The same, of values that stand for several each.
 *
 * @throws {RangeError} For no values.
 */
export function weightedQuantile(
  values: readonly { readonly value: number; readonly times: number }[],
  share: number,
): number {
  if (values.length === 0) throw new RangeError("Cannot summarise: there are no values");
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const rank = share * sorted.reduce((sum, { times }) => sum + times, 0);
  let passed = 0;
  return (sorted.find(({ times }) => (passed += times) >= rank) ?? sorted.at(-1)!).value;
}

/**
 * Each value over the one of the same round: what the machine did to both sides of a round cancels out.
 *
 * @throws {RangeError} Where one list is longer.
 */
export function ratios(values: readonly number[], over: readonly number[]): number[] {
  if (values.length !== over.length) {
    throw new RangeError(`Cannot compare ${values.length} rounds with ${over.length}`);
  }
  return values.map((value, round) => value / over[round]!);
}

function sortedNumbers(values: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError("Cannot summarise: there are no values");
  return values.toSorted((a, b) => a - b);
}
