/**
 * The records that every stage after decoding speaks: a message's identity, a log entry, and a
 * dead letter. Plain data; nothing here does I/O.
 *
 * @module
 */

/**
 * A moment in UTC with microseconds, written `YYYY-MM-DD HH:MM:SS.ffffff`: always 26 characters, so
 * that comparing two as strings compares them as moments. The form is SQL's own, which saves a
 * conversion per row; a JavaScript `Date` would lose the microseconds.
 */
export type Instant = string;

/** Severities from least to most serious; the position is the rank. */
export const SEVERITIES = ["debug", "info", "warn", "error", "fatal"] as const;

/** How serious an entry is. */
export type Severity = typeof SEVERITIES[number];

/**
 * A message's identity, the same on every redelivery. Google's message ids are unique per topic only, and a
 * restarted emulator issues 1, 2, 3 again; together with the publish time they identify a message.
 */
export interface MessageKey {
  /** When the server accepted the message, cut to microseconds. */
  readonly publishTime: Instant;
  /** The server's id: printable ASCII, at most 128 characters. */
  readonly messageId: string;
}

/** A decoded log record. */
export interface LogEntry extends MessageKey {
  /** 1 to 100 code points, trimmed. */
  readonly serviceName: string;
  /** At most 65,535 bytes of UTF-8; may be empty. */
  readonly payload: string;
  readonly severity: Severity;
  /** When the service says it happened; the publish time where it does not say. */
  readonly timestamp: Instant;
  /** The message's attributes as received; absent where it has none. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Why a message cannot be stored as an entry: a closed set, so that it can label a metric. */
export const DEAD_LETTER_REASONS = [
  "not_utf8",
  "not_json",
  "not_object",
  "missing_field",
  "bad_field",
  "too_large",
  "rejected_by_store",
] as const;

/** Why a message was parked; see {@linkcode DEAD_LETTER_REASONS}. */
export type DeadLetterReason = typeof DEAD_LETTER_REASONS[number];

/** What a dead letter has come to: `open` until somebody replays or drops it; it is never deleted. */
export const DEAD_LETTER_STATUSES = ["open", "replayed", "dropped"] as const;

/** See {@linkcode DEAD_LETTER_STATUSES}. */
export type DeadLetterStatus = typeof DEAD_LETTER_STATUSES[number];

/** A message that cannot be stored as an entry, kept whole. */
export interface DeadLetter extends MessageKey {
  readonly reason: DeadLetterReason;
  /** Names the field and what is wrong with its value; at most `DETAIL_MAX` of `limits.ts`. */
  readonly detail: string;
  /** The message's data as received. */
  readonly data: Uint8Array;
  /** The message's attributes as received. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Compares two identities: by publish time, then by id, which is the order of the primary keys. */
export function compareKeys(a: MessageKey, b: MessageKey): number {
  if (a.publishTime !== b.publishTime) return a.publishTime < b.publishTime ? -1 : 1;
  return a.messageId < b.messageId ? -1 : a.messageId > b.messageId ? 1 : 0;
}
