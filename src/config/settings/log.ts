/**
 * LMS's own log.
 *
 * @module
 */
import { setting } from "../setting.ts";
import { oneOf } from "../values.ts";

/** The settings of LMS's own log, which every command has. */
export const LOG_SETTINGS = {
  logLevel: setting({
    flag: "log-level",
    env: ["LOG_LEVEL"],
    mistaken: ["LOGLEVEL"],
    value: "LEVEL",
    help: "debug, info, warn or error: what LMS logs of itself, on stderr",
    default: "info",
    read: oneOf(["debug", "info", "warn", "error"]),
  }),
  logFormat: setting({
    flag: "log-format",
    env: ["LOG_FORMAT"],
    mistaken: ["LOGFORMAT"],
    value: "FORMAT",
    help: "text, json, or gcp, which is JSON with the keys of Cloud Logging",
    defaultNote: "gcp on Cloud Run, else text on a terminal, else json",
    read: oneOf(["text", "json", "gcp"]),
  }),
};
