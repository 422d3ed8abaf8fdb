/**
 * Dead letters as `--json` prints them.
 *
 * @module
 */
import { rfc3339Of } from "../../entry/instant.ts";
import { textOf } from "../../entry/redecode.ts";
import type { DeadLetterSummary, StoredDeadLetter } from "../../store/maintenance.ts";
import { fullId } from "./ids.ts";

/** What `list --json` prints of one. */
export function summaryJson(letter: DeadLetterSummary): Record<string, unknown> {
  return {
    id: fullId(letter),
    message_id: letter.messageId,
    publish_time: rfc3339Of(letter.publishTime),
    reason: letter.reason,
    detail: letter.detail,
    status: letter.status,
    bytes: letter.bytes,
    created_at: rfc3339Of(letter.createdAt),
    updated_at: rfc3339Of(letter.updatedAt),
  };
}

/** What `show --json` prints of one. */
export function letterJson(letter: StoredDeadLetter): Record<string, unknown> {
  const text = textOf(letter.data);
  return {
    ...summaryJson(letter),
    attributes: letter.attributes,
    data_base64: letter.data.toBase64(),
    ...(text === undefined ? {} : { data_text: text }),
  };
}
