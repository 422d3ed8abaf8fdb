/**
 * Which settings each command takes, and which words as its argument. Data only, so that a help text loads none of what
 * the commands work with.
 *
 * @module
 */

/** The settings that say where Pub/Sub is. */
export const PUBSUB_SETTINGS = ["emulatorHost", "endpoint", "project", "topic", "subscription"] as const;

/** The settings that say where the database is, and with what password. */
export const DATABASE_SETTINGS = ["database", "databaseUrlFile", "mysqlPassword", "mysqlPasswordFile"] as const;

/** Where the embedded Pub/Sub keeps things: it needs no address. */
const EMBEDDED_SETTINGS = ["project", "topic", "subscription"] as const;

/** The settings of the monitor itself. */
export const MONITOR_SETTINGS = [
  "batchSize",
  "batchBytes",
  "flushIntervalMs",
  "maxInFlight",
  "maxInFlightBytes",
  "streams",
  "leaseMs",
  "writers",
  "graceMs",
  "heartbeatMs",
] as const;

/** The settings of health checks. */
export const HEALTH_SETTINGS = ["healthPort", "healthHost"] as const;

/** Of `lms health`. */
export const HEALTH_COMMAND_SETTINGS = [...HEALTH_SETTINGS, "live"] as const;

/** Of `lms mock`. */
export const MOCK_SETTINGS = [...EMBEDDED_SETTINGS, ...MONITOR_SETTINGS, "durationMs"] as const;

/** Of `lms emu`. */
export const EMU_SETTINGS = [...PUBSUB_SETTINGS, ...MONITOR_SETTINGS, "durationMs"] as const;

/** Of `lms pub`. */
export const PUB_SETTINGS = [...PUBSUB_SETTINGS, "seed"] as const;

/** Of `lms mon`. */
export const MON_SETTINGS = [
  ...PUBSUB_SETTINGS,
  ...DATABASE_SETTINGS,
  "startupTimeoutMs",
  ...MONITOR_SETTINGS,
  ...HEALTH_SETTINGS,
  "durationMs",
  "printLog",
] as const;

/** Of `lms sim`. */
export const SIM_SETTINGS = [
  ...PUBSUB_SETTINGS,
  "durationMs",
  "messages",
  "rate",
  "services",
  "seed",
  "malformed",
  "manifest",
  "listMessages",
] as const;

/** Of `lms demo`. */
export const DEMO_SETTINGS = [
  ...EMBEDDED_SETTINGS,
  ...DATABASE_SETTINGS,
  "startupTimeoutMs",
  ...MONITOR_SETTINGS,
  "durationMs",
  "rate",
  "services",
  "seed",
  "malformed",
] as const;

/** Of `lms emulator`. */
export const EMULATOR_SETTINGS = ["host", "port", "chaos", "seed"] as const;

/** Of `lms migrate`. */
export const MIGRATE_SETTINGS = [...DATABASE_SETTINGS, "startupTimeoutMs", "dryRun"] as const;

/** Of `lms verify`. */
export const VERIFY_SETTINGS = [...DATABASE_SETTINGS, "repair", "against", "json"] as const;

/** Of `lms dead-letters`. */
export const DEAD_LETTERS_SETTINGS = [
  ...DATABASE_SETTINGS,
  "json",
  "status",
  "reason",
  "since",
  "where",
  "newest",
  "group",
  "limit",
  "as",
  "dryRun",
] as const;

/** What `lms dead-letters` can do. */
export const DEAD_LETTER_ACTIONS = ["list", "show", "replay", "drop"] as const;

/** The shells that `lms completion` knows. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** Where entries go when nobody says, and nothing can get lost by that: beside an emulator. */
export const LOCAL_DATABASE = "sqlite:./lms.db";

/** The same as a path. */
export const LOCAL_FILE = "./lms.db";
