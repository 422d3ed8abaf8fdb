/**
 * What an operator can do about an error of a MySQL or MariaDB server, or of the connection to it.
 *
 * @module
 */
import { describeAddress, type MysqlAddress } from "../database_url.ts";
import {
  ER_BAD_DB_ERROR,
  ER_COLUMNACCESS_DENIED_ERROR,
  ER_DBACCESS_DENIED_ERROR,
  ER_NO_DEFAULT_FOR_FIELD,
  ER_NO_SUCH_TABLE,
  ER_SECURE_TRANSPORT_REQUIRED,
  ER_TABLEACCESS_DENIED_ERROR,
} from "./error_numbers.ts";
import { serverErrorNumber } from "./errors.ts";
import { createDatabaseAdvice } from "./migrate.ts";
import { grantAdvice } from "./rights.ts";

/** Where MySQL listens for the X protocol. */
const X_PORT = 33060;

/**
 * The remedy, as a phrase that follows the error's message; `undefined` where none is known.
 *
 * @param cause The driver's error.
 */
export function adviceFor(cause: unknown, address: MysqlAddress): string | undefined {
  switch (serverErrorNumber(cause)) {
    case ER_NO_SUCH_TABLE:
    case ER_BAD_DB_ERROR:
      return `run "lms migrate" on ${describeAddress(address)} first`;
    case ER_DBACCESS_DENIED_ERROR: // also what a user without rights on it is told of a database that does not exist
      return createDatabaseAdvice(address);
    case ER_TABLEACCESS_DENIED_ERROR:
    case ER_COLUMNACCESS_DENIED_ERROR:
      return grantAdvice(address);
    case ER_NO_DEFAULT_FOR_FIELD:
      return "LMS does not know this column: drop it, let it be NULL, or give it a default";
    case ER_SECURE_TRANSPORT_REQUIRED:
      return "add ssl=verify_identity, or at least ssl=required, to the database's URL";
  }
  if (serverErrorNumber(cause) === undefined && address.port === X_PORT && address.socketPath === undefined) {
    return `port ${X_PORT} is that of the X protocol; LMS needs MySQL's own, by default at port 3306`;
  }
  const { code, message } = cause instanceof Error ? cause as Error & { readonly code?: unknown } : {};
  switch (code) {
    case "HANDSHAKE_NO_SSL_SUPPORT":
      return address.tlsByDefault
        ? `${byDefault(address)}; switch TLS on at the server`
        : `the URL asks for ssl=${address.tls}; switch TLS on at the server`;
    case "HANDSHAKE_SSL_ERROR": {
      const advice = tlsAdvice(String(message), address);
      return advice === undefined || !address.tlsByDefault ? advice : `${advice}; ${byDefault(address)}`;
    }
    case "ERR_OUT_OF_RANGE":
      return "it does not answer as MySQL does: is this the port of the X protocol? MySQL's own is 3306 by default";
    case "AUTH_SWITCH_PLUGIN_ERROR":
    case "HANDSHAKE_UNKNOWN_ERROR":
      return pluginAdvice(String(message));
    default:
      return undefined;
  }
}

/** Which URLs work with a server that cannot be verified as it is. */
function byDefault(address: MysqlAddress): string {
  const url = describeAddress(address);
  return `a server beyond this machine is verified unless the URL says otherwise: ${url}?ssl=verify_ca&ssl_ca=FILE, \
${url}?ssl=disabled`;
}

/** @param message The driver's: it has no code for a plugin that it does not know. */
function pluginAdvice(message: string): string | undefined {
  const plugin = /unknown plugin ([\w-]{1,64})/.exec(message)?.[1];
  return plugin &&
    `LMS does not know ${plugin}: give the account caching_sha2_password (MySQL) or mysql_native_password (MariaDB)`;
}

/** @param message Node's words for it: a code, or a sentence. */
function tlsAdvice(message: string, { tls, tlsCaPath }: MysqlAddress): string | undefined {
  if (/altnames|does not match/i.test(message)) {
    return "name the host as its certificate does, or use ssl=verify_ca";
  }
  if (tls === "required" || !/VERIFY|ISSUER|SELF_SIGNED|self.signed/.test(message)) return undefined;
  return tlsCaPath === undefined
    ? "the server's certificate is by none of the authorities that this machine trusts; name the file of its own as ssl_ca"
    : `the server's certificate is by none of the authorities in ssl_ca "${tlsCaPath}"; name the file of its own`;
}
