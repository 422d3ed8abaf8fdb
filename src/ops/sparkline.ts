/**
 * A row of numbers as a line that is as high as they are.
 *
 * @module
 */

const HEIGHTS = Array.from("▁▂▃▄▅▆▇█");

/**
 * A cell for each number, the highest for the greatest of `max`. One that is 0 is a dot, so that little is not taken for
 * nothing.
 *
 * @param max What the highest stands for; default the greatest number.
 */
export function sparkline(numbers: readonly number[], max: number = Math.max(0, ...numbers)): string {
  return numbers.map((number) => {
    if (!(number > 0)) return "·";
    return HEIGHTS[Math.min(HEIGHTS.length - 1, Math.ceil(number / max * HEIGHTS.length) - 1)];
  }).join("");
}
