/**
 * How many messages a backlog needs. Pure.
 *
 * @module
 */

/** LMS's defaults for a batch. */
const BATCH_SIZE = 5_000;
const BATCH_BYTES = 16 * 1024 * 1024;
/** What a message has beside its payload, about. */
const FRAME_BYTES = 80;
/** Fewer say nothing of a pace. */
const BATCHES_MIN = 3;

/** A backlog, and how many of its messages at the end no full batch is certain to take. */
export interface BacklogSize {
  readonly messages: number;
  readonly tail: number;
}

/** Rounded up to whole batches, so that no side waits for the interval of an open one. */
export function wholeBatches(messages: number, batchSize: number): number {
  return Math.ceil(messages / batchSize) * batchSize;
}

/**
 * How many messages of a size: whole batches, where batches fill up by their number. Where they fill up by their bytes
 * the last one stays open until the process is stopped, and is not timed.
 */
export function backlogOf(
  payloadBytes: number,
  { base, bytes }: { readonly base: number; readonly bytes: number },
): BacklogSize {
  const size = payloadBytes + FRAME_BYTES;
  const perBatch = Math.floor(BATCH_BYTES / size);
  const messages = Math.min(base, Math.floor(bytes / size));
  if (perBatch >= BATCH_SIZE) return { messages: wholeBatches(messages, BATCH_SIZE), tail: 0 };
  return { messages: Math.max(messages, BATCHES_MIN * perBatch), tail: perBatch + 1 };
}
