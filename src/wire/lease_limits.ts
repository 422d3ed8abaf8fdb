/**
 * How long Pub/Sub leases a message for.
 *
 * @module
 */

/**
 * Shortest and longest ack deadline that the server takes, in seconds:
 * https://cloud.google.com/pubsub/docs/lease-management
 */
export const LEASE_SECONDS = { min: 10, max: 600 } as const;
