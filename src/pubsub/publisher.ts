/**
 * Publishes messages to a topic, some requests at once.
 *
 * @module
 */
import type { Connection } from "./connection.ts";

/** A message to publish. */
export interface OutgoingMessage {
  readonly data: Uint8Array;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Messages per request; the server takes at most 1,000 (https://cloud.google.com/pubsub/quotas). */
const REQUEST_MESSAGES_MAX = 1_000;

/** Bytes per request: the server takes 10 MB; 8 MiB leave room for framing and attributes. */
const REQUEST_BYTES_MAX = 8 * 1024 * 1024;

/** What a message takes in a request beside its data and attributes: tags, lengths, an empty id and time. */
const MESSAGE_OVERHEAD_BYTES = 32;

/**
 * Publishes messages in order, in as few requests as the server's limits allow, one after the other. Failed requests
 * are repeated by the client library for up to a minute; a repeated request may store a message twice under two ids,
 * as every at-least-once publisher may.
 *
 * @param topic The full name, `projects/PROJECT/topics/NAME`.
 * @returns The ids that the server gave the messages, in their order.
 * @throws The client library's error when the server keeps refusing.
 */
export async function publish(
  connection: Connection,
  topic: string,
  messages: readonly OutgoingMessage[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const group of requests(messages)) {
    const [response] = await connection.publisher.publish({ topic, messages: group as OutgoingMessage[] });
    for (const id of response.messageIds ?? []) ids.push(id);
  }
  return ids;
}

/** Splits messages into groups that each fit into a request. */
function* requests(messages: readonly OutgoingMessage[]): Generator<readonly OutgoingMessage[]> {
  let first = 0;
  let bytes = 0;
  for (let i = 0; i < messages.length; i++) {
    const size = messageBytes(messages[i]!);
    if (i - first === REQUEST_MESSAGES_MAX || (i > first && bytes + size > REQUEST_BYTES_MAX)) {
      yield messages.slice(first, i);
      first = i;
      bytes = 0;
    }
    bytes += size;
  }
  if (first < messages.length) yield messages.slice(first);
}

function messageBytes({ data, attributes }: OutgoingMessage): number {
  let bytes = data.byteLength + MESSAGE_OVERHEAD_BYTES;
  for (const [name, value] of Object.entries(attributes ?? {})) bytes += 3 * (name.length + value.length) + 8;
  return bytes;
}
