/**
 * The one shape of what may not come to anything.
 *
 * @module
 */

/**
 * A value, or why there is none: in words for a person where nothing else is said. Bad input is such a result and no
 * exception.
 */
export type Result<T, P = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: P };

/** There is a value. */
export function success<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** There is none. */
export function failure<P>(problem: P): { readonly ok: false; readonly problem: P } {
  return { ok: false, problem };
}
