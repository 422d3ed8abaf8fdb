/**
 * What `lms mon` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { COUNTING_SETTINGS, DATABASE_SETTINGS } from "../../config/settings/database.ts";
import { HEALTH_SETTINGS } from "../../config/settings/health.ts";
import { HTTP_SETTINGS, READ_DATABASE_SETTINGS } from "../../config/settings/http.ts";
import { MONITOR_SETTINGS } from "../../config/settings/monitor.ts";
import { PUBSUB_SETTINGS } from "../../config/settings/pubsub.ts";
import { defineCommand } from "../command.ts";

/** `lms mon`. */
export const MON = defineCommand({
  name: "mon",
  summary: "run the monitor: until stopped, or for DURATION",
  description: [
    "Pulls log messages from the subscription, collects them into batches, and writes each batch in one",
    "transaction. A message is acknowledged only after its transaction committed.",
    "",
    "Before it pulls it brings the schema up to date, checks that settings and database fit together, and logs the",
    "plan: what cannot work is refused, with the setting to change.",
    "",
    "SIGTERM, SIGINT or the end of DURATION drain: stop pulling, store and acknowledge what is held, end.",
    "A second signal, or the end of GRACE, gives back what is not stored yet: it will be delivered again.",
    "",
    "With --http it also serves what is stored, as lms api does.",
  ],
  settings: [
    ...namesOf(PUBSUB_SETTINGS),
    ...namesOf(DATABASE_SETTINGS),
    "startupTimeoutMs",
    ...namesOf(COUNTING_SETTINGS),
    ...namesOf(MONITOR_SETTINGS),
    ...namesOf(HEALTH_SETTINGS),
    ...namesOf(HTTP_SETTINGS),
    ...namesOf(READ_DATABASE_SETTINGS),
    "durationMs",
    "printLog",
  ],
});
