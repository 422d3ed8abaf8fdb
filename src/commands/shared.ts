/**
 * What the declarations of several commands have in common.
 *
 * @module
 */

/** Where the embedded Pub/Sub keeps things: it needs no address. */
export const EMBEDDED_SETTINGS = ["project", "topic", "subscription"] as const;

/** Who works on a database that exists says which. */
export const NAMED_DATABASE = { database: "required" } as const;

/** A round of some messages waits for nothing that it need not wait for, and does not wait forever. */
export const ROUND_DEFAULTS = { flushIntervalMs: "100ms", durationMs: "60", logLevel: "warn" } as const;
