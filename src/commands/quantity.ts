/**
 * How many test messages to publish.
 *
 * @module
 */
import { UsageError } from "../config/usage_error.ts";
import { wholeNumber } from "../config/values.ts";

const QUANTITY_DEFAULT = 3;
const readQuantity = wholeNumber(1, 1_000_000);

/** The argument of commands that publish test messages. */
export const QUANTITY_ARGUMENT = { name: "qty", help: `how many messages (default: ${QUANTITY_DEFAULT})` } as const;

/** @throws {UsageError} When the argument is given and is no number of messages. */
export function quantity(argument: string | undefined): number {
  if (argument === undefined) return QUANTITY_DEFAULT;
  const read = readQuantity(argument);
  if (!read.ok) throw new UsageError(`Cannot use qty "${argument}": it must be ${read.problem}`);
  return read.value;
}
