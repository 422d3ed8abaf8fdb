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

/** What is looked for, beside the flags; a shell may have taken it apart. */
export const QUERY = {
  name: "QUERY",
  help: "terms that all hold; without any, everything is shown; after -- every word is one",
  most: 200,
  dashed: true,
} as const;
