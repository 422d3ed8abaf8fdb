/**
 * What `lms logs` is called, says of itself and takes. Data only: what it works with is loaded when it runs.
 *
 * @module
 */
import { namesOf } from "../../config/settings.ts";
import { DATABASE_SETTINGS } from "../../config/settings/database.ts";
import { READ_DATABASE_SETTINGS } from "../../config/settings/http.ts";
import {
  ENDS_SETTINGS,
  ENTRIES_SETTINGS,
  RANGE_SETTINGS,
  SERVER_SETTINGS,
  SHOWING_SETTINGS,
} from "../../config/settings/reading.ts";
import { defineCommand } from "../command.ts";
import { NAMED_DATABASE, QUERY } from "../shared.ts";

/** `lms logs`. */
export const LOGS = defineCommand({
  name: "logs",
  summary: "show what is stored, the newest last (--follow goes on)",
  description: [
    "Shows the newest entries for which all terms of the query hold, by publish time, which orders pages, ranges and",
    "cursors; the event's own timestamp stands in brackets where it is another second. Reads only, within bounds: an",
    "answer that would take too many rows says on stderr how far it looked.",
    "",
    'timeout             the word, whatever its case; several are several terms, and "connection refused" a row of words',
    "*part*, pre*        within words",
    "service:alpha,beta  one of these services",
    "severity>=warn      by severity; also severity:info,error",
    "attr.trace:abc      by an attribute of the message",
    "after:-15m          by publish time; also before:2026-11-24T10:00Z",
    "timestamp>=-15m     by the event's own time",
    "-healthz            not this; before any term",
    "",
    "As JSON each entry is a line, with --context marked by match; as CSV it is what mon prints at its end.",
  ],
  argument: QUERY,
  settings: [
    ...namesOf(DATABASE_SETTINGS),
    ...namesOf(READ_DATABASE_SETTINGS),
    ...namesOf(SERVER_SETTINGS),
    ...namesOf(RANGE_SETTINGS),
    ...namesOf(ENDS_SETTINGS),
    ...namesOf(ENTRIES_SETTINGS),
    ...namesOf(SHOWING_SETTINGS),
    "json",
  ],
  notes: NAMED_DATABASE,
});
