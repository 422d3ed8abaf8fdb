/**
 * New ids.
 *
 * @module
 */

/** An id that nobody else has: 36 characters of ASCII. */
export function newId(): string {
  return crypto.randomUUID();
}
