/**
 * What simulated services are called.
 *
 * @module
 */

const WORDS = (
  "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo " +
  "sierra tango uniform victor whiskey xray yankee zulu"
).split(" ");

/** The most services that traffic comes from. */
export const SERVICES_MAX = 100_000;

/**
 * The first `count` names: the words of the spelling alphabet, then again with a number: `alpha-2`, `bravo-2`.
 *
 * @param count 1 to {@linkcode SERVICES_MAX}.
 */
export function serviceNames(count: number): readonly string[] {
  if (!(Number.isInteger(count) && count >= 1 && count <= SERVICES_MAX)) {
    throw new RangeError(`Cannot name services: count must be from 1 to ${SERVICES_MAX}: ${count}`);
  }
  return Array.from({ length: count }, (_, index) => {
    const round = Math.floor(index / WORDS.length);
    const word = WORDS[index % WORDS.length]!;
    return round === 0 ? word : `${word}-${round + 1}`;
  });
}
