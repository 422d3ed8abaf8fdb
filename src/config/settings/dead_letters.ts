/**
 * Which dead letters, and what becomes of them.
 *
 * @module
 */
import { DEAD_LETTER_REASONS, DEAD_LETTER_STATUSES, type Instant } from "../../entry/entry.ts";
import { parseRfc3339 } from "../../entry/instant.ts";
import { DAY_MS } from "../../ops/durations.ts";
import { failure, success } from "../../ops/result.ts";
import { onOff, setting } from "../setting.ts";
import { duration, oneOf, type Read, wholeNumber } from "../values.ts";

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

/** A moment, or how long ago it was in milliseconds. */
function moment(text: string): Read<Instant | number> {
  const instant = parseRfc3339(text);
  if (instant.ok) return instant;
  const ago = duration(0, 3_660 * DAY_MS)(text);
  return ago.ok ? ago : failure("RFC 3339, such as 2026-01-02T03:04:05Z, or how long ago, such as 90m or 2h");
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
  since: setting({
    flag: "since",
    value: "TIME",
    help: "those published since then only: RFC 3339, or how long ago, such as 90m or 2h",
    defaultNote: "ever",
    read: moment,
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
  limit: setting({
    flag: "limit",
    value: "N",
    help: "list at most so many",
    defaultNote: "100",
    read: wholeNumber(1, 1_000_000),
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
