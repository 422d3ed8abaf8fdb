/**
 * The HTTP API: where it listens, who may ask, and from which database it reads.
 *
 * @module
 */
import { failure, success } from "../../ops/result.ts";
import { setting } from "../setting.ts";
import { anyText, filePath, matching, type Read } from "../values.ts";

/** Where to listen. */
export interface HttpAddress {
  /** An IPv6 address stands without its brackets. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

const FORM = /^(?:(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):)?(\d{1,5})$/;

function httpAddress(text: string): Read<HttpAddress> {
  const [, bracketed, plain, port] = FORM.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    return failure("an address and a port, such as 127.0.0.1:8080 or [::1]:8080, or a port of this machine alone");
  }
  return success({ host: bracketed ?? plain ?? "127.0.0.1", port: Number(port) });
}

const HOST = "[a-z\\d](?:[a-z\\d_.-]*[a-z\\d])?";
const HOSTS = new RegExp(`^${HOST}(?:\\s*,\\s*${HOST})*$`, "i");

function hostNames(text: string): Read<readonly string[]> {
  return HOSTS.test(text)
    ? success(text.toLowerCase().split(",").map((name) => name.trim()))
    : failure("names without ports, parted by commas, such as logs.example.com");
}

/** The settings of the HTTP API. */
export const HTTP_SETTINGS = {
  http: setting({
    flag: "http",
    env: ["HTTPADDRESS"],
    mistaken: ["HTTP_ADDRESS"],
    value: "ADDRESS",
    help: "serve the HTTP API there: 127.0.0.1:8080, or a port of this machine alone; 0 takes a free one",
    defaultNote: "none: nothing listens",
    read: httpAddress,
  }),
  httpTokenFile: setting({
    env: ["HTTPTOKENFILE"],
    mistaken: ["HTTP_TOKEN_FILE"],
    value: "FILE",
    help: "a file of tokens for reading, a line each, token or name:token; read again when it changes",
    defaultNote: "none: reading needs none on this machine",
    read: filePath(),
  }),
  httpAdminTokenFile: setting({
    env: ["HTTPADMINTOKENFILE"],
    mistaken: ["HTTP_ADMIN_TOKEN_FILE"],
    value: "FILE",
    help: "a file of tokens for replaying and dropping dead letters, and for reading; likewise",
    defaultNote: "none: nothing can be changed",
    read: filePath(),
  }),
  httpCertFile: setting({
    env: ["HTTPCERTFILE"],
    mistaken: ["HTTP_CERT_FILE"],
    value: "FILE",
    help: "a certificate with its chain, PEM: serve HTTPS; read again when it changes",
    defaultNote: "none: plain HTTP",
    read: filePath(),
  }),
  httpKeyFile: setting({
    env: ["HTTPKEYFILE"],
    mistaken: ["HTTP_KEY_FILE"],
    value: "FILE",
    help: "the certificate's key, PEM",
    defaultNote: "none",
    read: filePath(),
  }),
  httpHosts: setting({
    env: ["HTTPHOSTS"],
    mistaken: ["HTTP_HOSTS"],
    value: "NAMES",
    help: "names that the API is asked by besides localhost and addresses, parted by commas",
    defaultNote: "none",
    read: hostNames,
  }),
  httpBasePath: setting({
    env: ["HTTPBASEPATH"],
    mistaken: ["HTTP_BASE_PATH"],
    value: "PATH",
    help: "what stands before every path, behind a proxy: /lms",
    defaultNote: "none",
    read: matching(/^(?:\/[\w.~-]+)+$/, "a path without a / at its end, such as /lms"),
  }),
};

/** The settings that say from which database the logs are read, where that is another than the one written to. */
export const READ_DATABASE_SETTINGS = {
  readDatabase: setting({
    env: ["DATABASE_READ_URL"],
    mistaken: ["DB_READ_URL"],
    value: "URL",
    help: "the database to read the logs from, such as a replica, or the same as a user who may only read",
    defaultNote: "the one that is written to",
    secret: true,
    read: anyText("mysql://user:password@host:3306/lms, or sqlite:PATH"),
  }),
  readDatabaseUrlFile: setting({
    env: ["DATABASE_READ_URL_FILE"],
    mistaken: ["DB_READ_URL_FILE"],
    value: "FILE",
    help: "a file that holds this URL, in place of the URL itself",
    defaultNote: "none",
    insteadOf: "readDatabase",
    read: filePath(),
  }),
  readPasswordFile: setting({
    env: ["MYSQL_READ_PASSWORD_FILE"],
    mistaken: ["DB_READ_PASSWORD_FILE"],
    value: "FILE",
    help: "a file that holds MySQL's password for it, where this URL has none; read again at every connection",
    defaultNote: "none",
    read: filePath(),
  }),
};
