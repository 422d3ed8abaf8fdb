/**
 * What `lms health` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { HEALTH_SETTINGS } from "../../config/settings/health.ts";
import { defineCommand } from "../command.ts";

/** `lms health`. */
export const HEALTH = defineCommand({
  name: "health",
  summary: "ask a monitor on this machine whether it is ready",
  description: [
    "Asks /readyz, or with --live /livez, at HEALTHPORT, prints the answer, and exits 0 when it is yes, 1 when it is",
    "no or nobody answers. For HEALTHCHECK in containers, which have no shell.",
  ],
  settings: [...namesOf(HEALTH_SETTINGS), "live"],
});
