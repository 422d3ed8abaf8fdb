/**
 * Where the database is.
 *
 * @module
 */
import { DAY_MS } from "../../ops/durations.ts";
import { setting } from "../setting.ts";
import { anyText, duration, filePath, wholeNumber } from "../values.ts";

/** Where entries go when nobody says, and nothing can get lost by that: beside an emulator. */
export const LOCAL_DATABASE = "sqlite:./lms.db";

/** The same as a path. */
export const LOCAL_FILE = "./lms.db";

/** The settings that say where the database is, and with what password. */
export const DATABASE_SETTINGS = {
  database: setting({
    flag: "database",
    env: ["DATABASE_URL"],
    mistaken: ["DB_URL", "DATABASE_URI", "DB_URI", "MYSQL_URL"],
    value: "URL",
    help: "mysql://user:password@host:3306/lms, sqlite:PATH or sqlite::memory:",
    defaultNote: "sqlite:./lms.db on an emulator, else required",
    secret: true,
    read: anyText("mysql://user:password@host:3306/lms, sqlite:PATH or sqlite::memory:"),
  }),
  databaseUrlFile: setting({
    env: ["DATABASE_URL_FILE"],
    mistaken: ["DB_URL_FILE", "MYSQL_URL_FILE"],
    value: "FILE",
    help: "a file that holds the database's URL, in place of the URL itself",
    defaultNote: "none",
    insteadOf: "database",
    read: filePath(),
  }),
  mysqlPassword: setting({
    env: ["MYSQL_PASSWORD"],
    mistaken: ["MYSQL_PWD", "DB_PASSWORD", "DATABASE_PASSWORD"],
    value: "PASSWORD",
    help: "MySQL's password, where the URL has none",
    defaultNote: "none",
    secret: true,
    read: anyText("a password"),
  }),
  mysqlPasswordFile: setting({
    flag: "password-file",
    env: ["MYSQL_PASSWORD_FILE"],
    mistaken: ["DB_PASSWORD_FILE", "DATABASE_PASSWORD_FILE"],
    value: "FILE",
    help: "a file that holds MySQL's password, where the URL has none; read again at every connection",
    defaultNote: "none",
    read: filePath(),
  }),
};

/** How what is stored is counted. */
export const COUNTING_SETTINGS = {
  minuteServices: setting({
    env: ["MINUTESERVICES"],
    mistaken: ["MINUTE_SERVICES"],
    value: "N",
    help: "services of a day that are counted by the minute; further ones only by the hour",
    default: "2000",
    read: wholeNumber(0, 1_000_000),
  }),
};

/** How long a start may take. */
export const STARTUP_SETTINGS = {
  startupTimeoutMs: setting({
    flag: "startup-timeout",
    env: ["STARTUPTIMEOUT"],
    value: "SECONDS",
    help: "how long to wait at start for the database, and then for a token for Pub/Sub",
    default: "60",
    read: duration(0, DAY_MS),
  }),
};
