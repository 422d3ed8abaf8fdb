/**
 * What `lms demo` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { COUNTING_SETTINGS, DATABASE_SETTINGS, LOCAL_DATABASE } from "../../config/settings/database.ts";
import { HTTP_SETTINGS, READ_DATABASE_SETTINGS } from "../../config/settings/http.ts";
import { MONITOR_SETTINGS } from "../../config/settings/monitor.ts";
import { defineCommand } from "../command.ts";
import { EMBEDDED_SETTINGS } from "../shared.ts";

/** `lms demo`. */
export const DEMO = defineCommand({
  name: "demo",
  summary: "everything at once in one process: embedded Pub/Sub, simulator, monitor, SQLite file",
  description: [
    "Simulated services publish to a Pub/Sub embedded in this process; the monitor stores what they say in a SQLite",
    "file (or the database that DATABASE_URL names) and shows it, service by severity, as it arrives. What is stored is",
    "served as lms api does, at the address that comes first.",
  ],
  settings: [
    ...EMBEDDED_SETTINGS,
    ...namesOf(DATABASE_SETTINGS),
    "startupTimeoutMs",
    ...namesOf(COUNTING_SETTINGS),
    ...namesOf(MONITOR_SETTINGS),
    ...namesOf(HTTP_SETTINGS),
    ...namesOf(READ_DATABASE_SETTINGS),
    "durationMs",
    "rate",
    "services",
    "seed",
    "malformed",
  ],
  defaults: {
    database: LOCAL_DATABASE,
    flushIntervalMs: "1",
    rate: "50",
    malformed: "0.01",
    logLevel: "warn",
  },
  notes: {
    http: "127.0.0.1:8080, or a free port",
    durationMs: "until Ctrl-C on a terminal, else 30",
  },
});
