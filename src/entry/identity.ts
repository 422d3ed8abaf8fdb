/**
 * A message's identity, from what the server says it is.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Instant, MessageKey } from "./entry.ts";
import { excerpt } from "./excerpt.ts";
import { instantOfProto, type TimestampLike } from "./instant.ts";
import { detailOf } from "./limits.ts";

/** A message as it came. */
export interface ReceivedIdentity {
  readonly messageId: string;
  readonly publishTime: TimestampLike;
  readonly data: Uint8Array;
}

/** The key of a message whose id or publish time no server should send. */
export interface BrokenIdentity extends MessageKey {
  /** Begins with the field's name and quotes its value; for the detail of a `bad_field`. */
  readonly problem: string;
}

/** A message id's longest. */
const MESSAGE_ID_MAX = 128;
/** Printable ASCII without spaces at its ends: databases take `77` and `77 ` for the same. */
const MESSAGE_ID = /^[!-~](?:[ -~]*[!-~])?$/;
/** What ids made here begin with. One that a server sends is replaced too, so that it can never be one of them. */
const MADE_HERE = "sha256:";
/** Also what an absent publish time comes out as. */
const EPOCH: Instant = "1970-01-01 00:00:00.000000";

/**
 * The identity that a message is stored by: its own, or one that is made of all there is of it. The made one is the same
 * on every redelivery, differs from every real one, and is told apart by its `problem`.
 */
export function identify(received: ReceivedIdentity): MessageKey | BrokenIdentity {
  const { messageId } = received;
  const time = instantOfProto(received.publishTime);
  const badId = problemOfId(messageId);
  if (badId === undefined && time.ok && time.value > EPOCH) return { publishTime: time.value, messageId };

  const { seconds, nanos } = received.publishTime;
  const badTime = time.ok ? "is absent, or before 1970" : time.problem;
  return {
    publishTime: time.ok ? time.value : EPOCH,
    messageId: MADE_HERE + hashOf(received),
    problem: detailOf(
      badId === undefined
        ? `publish_time: ${badTime}: ${seconds} s and ${nanos} ns since 1970`
        : `message_id: ${badId}: ${excerpt(messageId)}`,
    ),
  };
}

function problemOfId(messageId: string): string | undefined {
  if (messageId.length > MESSAGE_ID_MAX) return `has ${messageId.length} characters, over ${MESSAGE_ID_MAX}`;
  if (!MESSAGE_ID.test(messageId)) return "is not printable ASCII without spaces at its ends";
  return messageId.startsWith(MADE_HERE) ? `begins with ${MADE_HERE}, as only ids made by LMS do` : undefined;
}

/** In hexadecimal. JSON puts no line end into the first line, so that no two messages are written alike. */
function hashOf({ messageId, publishTime: { seconds, nanos }, data }: ReceivedIdentity): string {
  return createHash("sha256").update(`${JSON.stringify([messageId, seconds, nanos])}\n`).update(data).digest("hex");
}
