/**
 * A message's identity as one word, for URLs and for people to copy: `20261124T100000.123456Z-77`.
 *
 * @module
 */
import type { MessageKey } from "./entry.ts";
import { parseRfc3339, rfc3339Of } from "./instant.ts";

/** The longest id, in characters: the time, a hyphen, and 128 characters of which each may be written as three. */
export const ENTRY_ID_MAX = 24 + 128 * 3;

/** Stands for itself; of all else `~` and two digits stand for it. Nothing here is escaped in a URL, or ends a word. */
const PLAIN = /[^\w.-]/g;

/** The time without the separators that a URL or a shell would take for something else, then the message's id. */
const FORM = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{6})Z-((?:[\w.-]|~[\da-f]{2}){1,384})$/;
const MESSAGE_ID = /^[!-~](?:[ -~]{0,126}[!-~])?$/;

/**
 * Writes an id: letters, digits, `.`, `-`, `_` and `~`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { entryIdOf } from "./entry_id.ts";
 *
 * const key = { publishTime: "2026-11-24 10:00:00.123456", messageId: "sha256:77" };
 * assertEquals(entryIdOf(key), "20261124T100000.123456Z-sha256~3a77");
 * ```
 */
export function entryIdOf({ publishTime, messageId }: MessageKey): string {
  const time = rfc3339Of(publishTime).replaceAll(/[-:]/g, "");
  const id = messageId.replaceAll(PLAIN, (char) => `~${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `${time}-${id}`;
}

/** Reads an id; `undefined` for what {@linkcode entryIdOf} writes of no message. */
export function parseEntryId(text: string): MessageKey | undefined {
  if (text.length > ENTRY_ID_MAX) return undefined;
  const [, year, month, day, hour, minute, second, micros, id] = FORM.exec(text) ?? [];
  if (id === undefined) return undefined;
  const publishTime = `${year}-${month}-${day} ${hour}:${minute}:${second}.${micros}`;
  const messageId = id.replaceAll(/~(..)/g, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
  const key = { publishTime, messageId };
  if (!parseRfc3339(rfc3339Of(publishTime)).ok || !MESSAGE_ID.test(messageId)) return undefined;
  // An escape for what needs none would be a second name of the same.
  return entryIdOf(key) === text ? key : undefined;
}
