/**
 * The order of texts in databases.
 *
 * @module
 */

/**
 * Compares two texts as databases do with binary collations: an emoji comes after every letter, though its first UTF-16
 * unit is a smaller number than some have.
 */
export function compareCodePoints(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  // Past the end of one it is the shorter one. Within a pair whose first half is shared, the second halves decide.
  return (one.codePointAt(at) ?? -1) - (other.codePointAt(at) ?? -1);
}
