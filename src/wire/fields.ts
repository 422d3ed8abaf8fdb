/**
 * The field numbers of Pub/Sub's messages that are read and written by hand. They are those of
 * https://github.com/googleapis/googleapis/blob/master/google/pubsub/v1/pubsub.proto.
 *
 * @module
 */

/** Of `StreamingPullResponse`, and, as far as it has them, of `PullResponse`. */
export const RECEIVED_MESSAGES = 1;
/** See {@linkcode RECEIVED_MESSAGES}. */
export const MODIFY_ACK_DEADLINE_CONFIRMATION = 3;
/** See {@linkcode RECEIVED_MESSAGES}. */
export const SUBSCRIPTION_PROPERTIES = 4;
/** See {@linkcode RECEIVED_MESSAGES}. */
export const ACKNOWLEDGE_CONFIRMATION = 5;

/** Of `ReceivedMessage`. */
export const ACK_ID = 1;
/** See {@linkcode ACK_ID}. */
export const MESSAGE = 2;
/** See {@linkcode ACK_ID}. */
export const DELIVERY_ATTEMPT = 3;

/** Of `PubsubMessage`. */
export const DATA = 1;
/** See {@linkcode DATA}. */
export const ATTRIBUTES = 2;
/** See {@linkcode DATA}. */
export const MESSAGE_ID = 3;
/** See {@linkcode DATA}. */
export const PUBLISH_TIME = 4;
/** See {@linkcode DATA}. */
export const ORDERING_KEY = 5;

/** Of an entry of a map. */
export const KEY = 1;
/** See {@linkcode KEY}. */
export const VALUE = 2;

/** Of `google.protobuf.Timestamp`. */
export const SECONDS = 1;
/** See {@linkcode SECONDS}. */
export const NANOS = 2;

/** Of `SubscriptionProperties`. */
export const EXACTLY_ONCE = 1;
/** See {@linkcode EXACTLY_ONCE}. */
export const ORDERING = 2;

/** Of `AcknowledgeRequest`. */
export const ACKNOWLEDGE = { subscription: 1, ackIds: 2 } as const;

/** Of `ModifyAckDeadlineRequest`. */
export const MODIFY = { subscription: 1, seconds: 3, ackIds: 4 } as const;
