/**
 * What is read of the logs, and how it is shown.
 *
 * @module
 */
import { onOff, setting } from "../setting.ts";
import { anyText, duration, filePath, oneOf, wholeNumber } from "../values.ts";

const TIME = "a time, RFC 3339 or how long ago, such as 2026-01-02T03:04Z, 2026-01-02 or 90m";

/** How far back, and how many: of whatever is listed. */
export const RANGE_SETTINGS = {
  since: setting({
    flag: "since",
    value: "TIME",
    help: "those published since then only: RFC 3339, a day, or how long ago, such as 90m, 2h or 1d12h",
    defaultNote: "ever",
    read: anyText(TIME),
  }),
  limit: setting({
    flag: "limit",
    short: "n",
    value: "N",
    help: "list at most so many",
    defaultNote: "100",
    read: wholeNumber(1, 1_000_000),
  }),
};

/** An API on a server, in a database's place. */
export const SERVER_SETTINGS = {
  url: setting({
    flag: "url",
    value: "URL",
    help: "read from the LMS API there, such as http://127.0.0.1:8080, and from no database",
    defaultNote: "none",
    read: anyText("an address, such as http://127.0.0.1:8080"),
  }),
  tokenFile: setting({
    flag: "token-file",
    value: "FILE",
    help: "with --url: a file that holds the token to send, read again at each request",
    defaultNote: "none",
    read: filePath(),
  }),
};

/** Where a range ends, and under another name where it begins. */
export const ENDS_SETTINGS = {
  from: setting({
    flag: "from",
    value: "TIME",
    help: "the same as --since",
    defaultNote: "ever",
    read: anyText(TIME),
  }),
  to: setting({
    flag: "to",
    value: "TIME",
    help: "those published before then only",
    defaultNote: "now",
    read: anyText(TIME),
  }),
};

/** Which entries, beside the query. */
export const ENTRIES_SETTINGS = {
  service: setting({
    flag: "service",
    value: "NAME",
    repeats: true,
    help: "of this service only; several are any of them",
    defaultNote: "all",
    read: anyText("a service's name"),
  }),
  severity: setting({
    flag: "severity",
    value: "WHICH",
    help: "of these severities only, as a query has them: error, or warn,error, or '>=warn'",
    defaultNote: "all",
    read: anyText("severities, such as error, or warn,error, or '>=warn'"),
  }),
};

/** How entries are shown. */
export const SHOWING_SETTINGS = {
  follow: {
    ...onOff("follow", "then show what is stored from now on, until stopped"),
    short: "f",
  },
  context: setting({
    flag: "context",
    short: "C",
    value: "N",
    help: "show so many entries before and after each",
    defaultNote: "none",
    read: wholeNumber(1, 1_000),
  }),
  sameService: onOff("same-service", "with --context: entries of the same service only"),
  all: onOff("all", "every one, oldest first, however long it takes; not with --limit"),
  csv: onOff("csv", "print CSV, as a monitor does at its end"),
};

/** How counts are shown. */
export const WATCHING_SETTINGS = {
  watch: onOff("watch", "show it anew until stopped, on a terminal in its place"),
  everyMs: setting({
    flag: "every",
    value: "SECONDS",
    help: "with --watch: how long to wait between two looks",
    default: "2",
    read: duration(200, 3_600_000),
  }),
};

/** Which batches. */
export const LEDGER_SETTINGS = {
  instance: setting({
    flag: "instance",
    value: "N",
    help: "of this monitor only, by its number",
    defaultNote: "all",
    read: wholeNumber(0, 4_095),
  }),
  cause: setting({
    flag: "cause",
    value: "CAUSE",
    repeats: true,
    help: "made for this reason only; several are any of them",
    defaultNote: "any",
    read: oneOf(["count", "bytes", "interval", "end", "split", "replay", "restore", "adopt"]),
  }),
};
