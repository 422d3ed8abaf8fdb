/**
 * What ends a command that was asked for the impossible.
 *
 * @module
 */

/** Settings that cannot work; the message is one line that names the setting and the remedy. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** What shows a person where in a longer text it is; each line is safe to show. */
  readonly lines: readonly string[];
  constructor(message: string, { lines = [] }: { readonly lines?: readonly string[] } = {}) {
    super(message);
    this.lines = lines;
  }
}
