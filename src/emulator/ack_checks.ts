/**
 * What a request to acknowledge, or to set deadlines, must be like.
 *
 * @module
 */
import type { AckIdList } from "./ack_ids.ts";
import { invalidArgument } from "./status_error.ts";
import type { Subscription } from "./subscription.ts";

/** How long a lease may be set to, in seconds; 0 gives the message back. */
const DEADLINE_SECONDS_MAX = 600;

/** @throws {StatusError} INVALID_ARGUMENT when there is none, or one that no server of this kind made. */
export function checkAckIds(subscription: Subscription, ackIds: AckIdList): void {
  if (ackIds.count === 0) {
    throw invalidArgument("You have passed an invalid argument to the service (argument=ack_ids).");
  }
  for (let index = 0; index < ackIds.count; index++) {
    if (subscription.isAckId(ackIds, index)) continue;
    throw invalidArgument(
      `You have passed an invalid ack ID to the service (ack_id=${ackIds.text(index).slice(0, 200)}).`,
    );
  }
}

/** @throws {StatusError} INVALID_ARGUMENT for a lease out of its range. */
export function checkDeadline(seconds: number): void {
  if (seconds >= 0 && seconds <= DEADLINE_SECONDS_MAX) return;
  throw invalidArgument(
    `Invalid ack deadline given: ${seconds}. It must be from 0 to ${DEADLINE_SECONDS_MAX} seconds.`,
  );
}
