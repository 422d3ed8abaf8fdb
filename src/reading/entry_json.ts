/**
 * Entries as JSON, wherever they are handed out.
 *
 * @module
 */
import type { MessageKey } from "../entry/entry.ts";
import { parseRfc3339, rfc3339Of } from "../entry/instant.ts";
import type { ReadEntry } from "../store/log_rows.ts";

/** An entry as programs read it. */
export interface EntryJson {
  /** See {@linkcode entryId}. */
  readonly id: string;
  readonly publish_time: string;
  readonly message_id: string;
  readonly service_name: string;
  readonly severity: string;
  readonly timestamp: string;
  readonly payload: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly created_at: string;
}

/** The name of an entry, or of a dead letter: message id, `@`, publish time. */
export function entryId({ messageId, publishTime }: MessageKey): string {
  return `${messageId}@${rfc3339Of(publishTime)}`;
}

/** The key that a name stands for, or `undefined` where it is none. */
export function keyOfId(id: string): MessageKey | undefined {
  const at = id.lastIndexOf("@");
  const publishTime = at < 1 ? undefined : parseRfc3339(id.slice(at + 1));
  return typeof publishTime === "string" ? { messageId: id.slice(0, at), publishTime } : undefined;
}

/** An entry as JSON. */
export function entryJson(entry: ReadEntry): EntryJson {
  return {
    id: entryId(entry),
    publish_time: rfc3339Of(entry.publishTime),
    message_id: entry.messageId,
    service_name: entry.serviceName,
    severity: entry.severity,
    timestamp: rfc3339Of(entry.timestamp),
    payload: entry.payload,
    attributes: entry.attributes,
    created_at: rfc3339Of(entry.createdAt),
  };
}
