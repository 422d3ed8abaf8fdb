/**
 * The dashboard's views: each is a path of the server, so that a person can open what another one saw.
 *
 * @module
 */

/** The names of views, as they stand in URLs; the first is what the bare address shows. */
export const VIEWS = ["logs", "live", "overview", "context", "dead-letters", "flushes"] as const;

/** See {@linkcode VIEWS}. */
export type View = typeof VIEWS[number];
