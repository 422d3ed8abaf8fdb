/**
 * What ends a command that was asked for the impossible.
 *
 * @module
 */

/** Settings that cannot work; the message is one line that names the setting and the remedy. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
