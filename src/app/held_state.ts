/**
 * What a monitor holds, as the other instances hear of it.
 *
 * @module
 */
import { instantOfProto } from "../entry/instant.ts";
import type { Subscriber } from "../pubsub/subscriber.ts";
import type { HeldState } from "../store/store.ts";

/** The messages that a subscriber has received and not settled. */
export function heldState(subscriber: Pick<Subscriber, "held" | "heldBytes" | "oldestHeld">): HeldState {
  const { held, heldBytes } = subscriber;
  const oldest = subscriber.oldestHeld();
  const time = oldest === undefined ? undefined : instantOfProto(oldest);
  return { held, heldBytes, oldestPublishTime: time?.ok ? time.value : undefined };
}
