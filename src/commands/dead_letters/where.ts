/**
 * Whether a dead letter has the texts that an operator asks for.
 *
 * @module
 */
import type { Condition } from "../../config/settings/dead_letters.ts";
import { objectOf, textOf } from "../../entry/redecode.ts";
import type { DeadLetterSummary, StoredDeadLetter } from "../../store/maintenance.ts";

/** Whether a condition can be judged without the message itself. */
export function ofSummary({ field }: Condition): boolean {
  return field === "detail";
}

/** Whether all conditions hold; those that {@linkcode ofSummary} is true for. */
export function summaryHas(letter: DeadLetterSummary, conditions: readonly Condition[]): boolean {
  return conditions.every(({ text }) => matches(letter.detail, text));
}

/** Whether all conditions hold. What is no string in the message is compared as JSON; what is not there has no text. */
export function letterHas(letter: StoredDeadLetter, conditions: readonly Condition[]): boolean {
  const data = textOf(letter.data);
  const fields = data === undefined ? undefined : objectOf(data);
  return conditions.every(({ field, text }) => {
    const value = field === "detail"
      ? letter.detail
      : field === "data"
      ? data
      : field.startsWith("attribute.")
      ? letter.attributes[field.slice("attribute.".length)]
      : fields?.[field];
    return value !== undefined && matches(typeof value === "string" ? value : JSON.stringify(value), text);
  });
}

/** Whether a value is the text, of which each `*` is any characters or none. Each part is looked for once. */
function matches(value: string, text: string): boolean {
  const [first, ...parts] = text.split("*");
  const last = parts.pop();
  if (last === undefined) return value === text;
  if (!value.startsWith(first!)) return false;
  let at = first!.length;
  for (const part of parts) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}
