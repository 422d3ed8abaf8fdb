/**
 * What `lms api` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { COUNTING_SETTINGS, DATABASE_SETTINGS } from "../../config/settings/database.ts";
import { HEALTH_SETTINGS } from "../../config/settings/health.ts";
import { HTTP_SETTINGS, READ_DATABASE_SETTINGS } from "../../config/settings/http.ts";
import { defineCommand } from "../command.ts";
import { NAMED_DATABASE } from "../shared.ts";

/** `lms api`. */
export const API = defineCommand({
  name: "api",
  summary: "serve what is stored over HTTP: pages, histograms, tails, exports",
  description: [
    "Serves the HTTP API until stopped, and prints where. It reads the database that a monitor writes to, or a replica",
    "(DATABASE_READ_URL), on connections of its own and within limits, so that no reader holds up the storing. What there",
    "is to ask, GET /openapi.json says.",
    "",
    "Listens on this machine only, unless it is told otherwise; others need a token (HTTPTOKENFILE). Dead letters can be",
    "replayed and dropped only with a token of HTTPADMINTOKENFILE.",
  ],
  settings: [
    ...namesOf(DATABASE_SETTINGS),
    ...namesOf(COUNTING_SETTINGS),
    ...namesOf(READ_DATABASE_SETTINGS),
    ...namesOf(HTTP_SETTINGS),
    ...namesOf(HEALTH_SETTINGS),
  ],
  notes: { ...NAMED_DATABASE, http: "127.0.0.1:8080, or a free port where that is taken" },
});
