/**
 * Which dead letters, and what becomes of them.
 *
 * @module
 */
import { DEAD_LETTER_REASONS, DEAD_LETTER_STATUSES } from "../../entry/entry.ts";
import { failure, success } from "../../ops/result.ts";
import { onOff, setting } from "../setting.ts";
import { oneOf, type Read } from "../values.ts";

/** Fields of a message that an operator may set. */
const FIELDS = ["service_name", "payload", "severity", "timestamp"] as const;

/** A field's name and the value to give it. */
function fieldValue(text: string): Read<readonly [field: typeof FIELDS[number], value: string]> {
  const at = text.indexOf("=");
  const field = FIELDS.find((name) => name === text.slice(0, Math.max(at, 0)));
  if (field === undefined) return failure(`FIELD=VALUE with a field of ${FIELDS.join(", ")}`);
  return success([field, text.slice(at + 1)]);
}

/** What a dead letter is chosen by: a field, and the text that it must have. */
export interface Condition {
  /** A field of the message's JSON, `detail`, `data`, or `attribute.` and an attribute's name. */
  readonly field: string;
  /** A `*` in it stands for any characters, or none. */
  readonly text: string;
}

/** What else of a dead letter can be asked for. */
const CONDITION_FIELDS: readonly string[] = [...FIELDS, "detail", "data"];

function condition(given: string): Read<Condition> {
  const at = given.indexOf("=");
  const [field, text] = [given.slice(0, Math.max(at, 0)), given.slice(at + 1)];
  if (CONDITION_FIELDS.includes(field) || /^attribute\../s.test(field)) return success({ field, text });
  return failure(`FIELD=TEXT with a field of ${CONDITION_FIELDS.join(", ")}, attribute.NAME`);
}

/** The settings that choose dead letters, and what they are replayed as. */
export const DEAD_LETTERS_SETTINGS = {
  status: setting({
    flag: "status",
    value: "STATUS",
    help: "open, replayed, dropped or all: which dead letters to list",
    defaultNote: "open",
    read: oneOf([...DEAD_LETTER_STATUSES, "all"]),
  }),
  reason: setting({
    flag: "reason",
    value: "REASON",
    help: "those with this reason only",
    defaultNote: "any",
    read: oneOf(DEAD_LETTER_REASONS),
  }),
  where: setting({
    flag: "where",
    value: "FIELD=TEXT",
    repeats: true,
    help: "those with this text in a field, detail, data or attribute.NAME only; in it * is any text",
    defaultNote: "any",
    read: condition,
  }),
  newest: onOff("newest", "list the last published first"),
  group: setting({
    flag: "group",
    value: "BY",
    help: "reason: list how many there are of each, instead of each",
    defaultNote: "each",
    read: oneOf(["reason"]),
  }),
  as: setting({
    flag: "as",
    value: "FIELD=VALUE",
    repeats: true,
    help: "replay with this field instead of the message's own; payload=@data is the message's whole text",
    defaultNote: "as published",
    read: fieldValue,
  }),
};
