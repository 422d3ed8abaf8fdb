/**
 * Entries as JSON, wherever they are handed out.
 *
 * @module
 */
import type { MessageKey } from "../entry/entry.ts";
import { rfc3339Of } from "../entry/instant.ts";
import type { ReadEntry } from "../store/log_rows.ts";

/** An entry as programs read it. */
export interface EntryJson {
  /** See {@linkcode entryId}. */
  readonly id: string;
  readonly publish_time: string;
  readonly message_id: string;
  readonly service_name: string;
  readonly severity: string;
  readonly payload: string;
  readonly timestamp: string;
  readonly created_at: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The transaction that stored it; `null`: not adopted yet. */
  readonly batch: string | null;
}

/** The name of an entry, or of a dead letter: message id, `@`, publish time. */
export function entryId({ messageId, publishTime }: MessageKey): string {
  return `${messageId}@${rfc3339Of(publishTime)}`;
}

/** An entry as JSON. */
export function entryJson(entry: ReadEntry): EntryJson {
  return {
    id: entryId(entry),
    publish_time: rfc3339Of(entry.publishTime),
    message_id: entry.messageId,
    service_name: entry.serviceName,
    severity: entry.severity,
    payload: entry.payload,
    timestamp: rfc3339Of(entry.timestamp),
    created_at: rfc3339Of(entry.createdAt),
    attributes: entry.attributes,
    batch: entry.batch === undefined ? null : String(entry.batch),
  };
}
