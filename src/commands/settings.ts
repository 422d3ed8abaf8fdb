/**
 * Which settings each command takes, and which words as its argument. Data only, so that a help text loads none of what
 * the commands work with.
 *
 * @module
 */
import { namesOf } from "../config/settings.ts";
import { DATABASE } from "../config/settings/database.ts";
import { HEALTH } from "../config/settings/health.ts";
import { MONITOR } from "../config/settings/monitor.ts";
import { PUBSUB } from "../config/settings/pubsub.ts";

/** The settings that say where Pub/Sub is. */
export const PUBSUB_SETTINGS = namesOf(PUBSUB);

/** The settings that say where the database is, and with what password. */
export const DATABASE_SETTINGS = namesOf(DATABASE);

/** Where the embedded Pub/Sub keeps things: it needs no address. */
const EMBEDDED_SETTINGS = ["project", "topic", "subscription"] as const;

/** The settings of the monitor itself. */
export const MONITOR_SETTINGS = namesOf(MONITOR);

/** The settings of health checks. */
export const HEALTH_SETTINGS = namesOf(HEALTH);

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
