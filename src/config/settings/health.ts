/**
 * Health checks.
 *
 * @module
 */
import { onOff, setting } from "../setting.ts";
import { listenAddress, wholeNumber } from "../values.ts";

/** The settings of health checks. */
export const HEALTH_SETTINGS = {
  healthPort: setting({
    flag: "health-port",
    env: ["HEALTHPORT"],
    value: "PORT",
    help: "answer health checks, /livez and /readyz, on this port; 0 takes a free one",
    defaultNote: "none: nothing listens",
    read: wholeNumber(0, 65_535),
  }),
  healthHost: setting({
    flag: "health-host",
    env: ["HEALTHHOST"],
    value: "ADDRESS",
    help: "the address to answer health checks on; 0.0.0.0 in a container",
    default: "127.0.0.1",
    read: listenAddress(),
  }),
};

/** What `lms health` asks. */
export const HEALTH_QUESTION_SETTINGS = {
  live: onOff("live", "ask whether it is alive, which it is throughout, and not whether it is ready"),
};
