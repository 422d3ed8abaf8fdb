/**
 * Rows as they are sent.
 *
 * @module
 */
import type * as v from "valibot";
import { entryIdOf } from "../../entry/entry_id.ts";
import type { Instant } from "../../entry/entry.ts";
import { MESSAGE_BYTES_MAX } from "../../entry/limits.ts";
import { rfc3339Of } from "../../entry/instant.ts";
import { textOf } from "../../entry/redecode.ts";
import type { Looked } from "../../reading/log_queries.ts";
import type { InstanceState, LedgerBatch, ReadEntry } from "../../store/log_rows.ts";
import type { DeadLetterSummary, StoredDeadLetter } from "../../store/maintenance.ts";
import type { BATCHES, DEAD_LETTER, DEAD_LETTERS, ENTRY, INSTANCES, LOOKED } from "./schemas.ts";

/** RFC 3339, or `null` for what is not there. */
export function momentJson(instant: Instant | undefined): string | null {
  return instant === undefined ? null : rfc3339Of(instant);
}

/** An entry. */
export function entryJson(entry: ReadEntry): v.InferOutput<typeof ENTRY> {
  return {
    id: entryIdOf(entry),
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

/** How far an answer looked. */
export function lookedJson(
  { complete, covered, examined, remarks }: Looked,
): { -readonly [K in keyof typeof LOOKED]: v.InferOutput<typeof LOOKED[K]> } {
  return {
    complete,
    covered: { from: momentJson(covered.from), to: momentJson(covered.to) },
    examined,
    remarks: [...remarks],
  };
}

/** A row of the ledger. */
export function batchJson(batch: LedgerBatch): v.InferOutput<typeof BATCHES>["batches"][number] {
  return {
    id: String(batch.id),
    instance: batch.instance,
    created_at: rfc3339Of(batch.createdAt),
    cause: batch.cause,
    entries: batch.entries,
    dead_letters: batch.deadLetters,
    duplicates: batch.duplicates,
    bytes: batch.bytes,
    write_ms: batch.writeMs,
    publish_time_first: momentJson(batch.publishTimeFirst),
    publish_time_last: momentJson(batch.publishTimeLast),
  };
}

/** A monitor. */
export function instanceJson(state: InstanceState): v.InferOutput<typeof INSTANCES>["instances"][number] {
  return {
    number: state.number,
    name: state.name,
    version: state.version,
    started_at: rfc3339Of(state.startedAt),
    seen_at: rfc3339Of(state.seenAt),
    held_messages: state.heldMessages,
    held_bytes: state.heldBytes,
    oldest_unsettled: momentJson(state.oldestUnsettled),
  };
}

/** A dead letter without its data. */
export function deadLetterSummaryJson(
  letter: DeadLetterSummary,
): v.InferOutput<typeof DEAD_LETTERS>["dead_letters"][number] {
  return {
    id: entryIdOf(letter),
    publish_time: rfc3339Of(letter.publishTime),
    message_id: letter.messageId,
    reason: letter.reason,
    detail: letter.detail,
    status: letter.status,
    bytes: letter.bytes,
    created_at: rfc3339Of(letter.createdAt),
    updated_at: rfc3339Of(letter.updatedAt),
  };
}

/** A dead letter, whole. Its data as text only up to a size: written twice, and escaped, the largest would be 70 MB. */
export function deadLetterJson(letter: StoredDeadLetter): v.InferOutput<typeof DEAD_LETTER> {
  const text = letter.data.length > MESSAGE_BYTES_MAX ? undefined : textOf(letter.data);
  return {
    ...deadLetterSummaryJson(letter),
    attributes: letter.attributes,
    data_base64: letter.data.toBase64(),
    data_text: text ?? null,
  };
}
