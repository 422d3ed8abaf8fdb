/**
 * What every known error of a MySQL or MariaDB server, and of the connection to it, asks of the caller.
 *
 * Numbers and names are those of the servers' references,
 * https://dev.mysql.com/doc/mysql-errors/9.4/en/server-error-reference.html (shared by both servers unless marked) and
 * https://mariadb.com/docs/server/reference/error-codes (marked "MariaDB").
 *
 * @module
 */
import { oneLine } from "../../ops/safe_text.ts";
import { type Disposition, StoreError } from "../store.ts";
import {
  ER_ACCESS_DENIED_ERROR,
  ER_BAD_DB_ERROR,
  ER_COLUMNACCESS_DENIED_ERROR,
  ER_DBACCESS_DENIED_ERROR,
  ER_NO_DEFAULT_FOR_FIELD,
  ER_NO_SUCH_TABLE,
  ER_SECURE_TRANSPORT_REQUIRED,
  ER_TABLEACCESS_DENIED_ERROR,
} from "./error_numbers.ts";

/** By the server's error number. */
const BY_NUMBER: ReadonlyMap<number, Disposition> = new Map<number, Disposition>([
  // The transaction lost a race and was, or now is, rolled back; the same transaction may succeed.
  [1020, "retry"], // ER_CHECKREAD; MariaDB: record has changed since last read
  [1205, "retry"], // ER_LOCK_WAIT_TIMEOUT; only the statement is undone: roll back
  [1213, "retry"], // ER_LOCK_DEADLOCK
  [1317, "retry"], // ER_QUERY_INTERRUPTED, by KILL QUERY
  [1412, "retry"], // ER_TABLE_DEF_CHANGED, by a partition added meanwhile
  [1615, "retry"], // ER_NEED_REPREPARE
  [1969, "retry"], // MariaDB ER_STATEMENT_TIMEOUT
  [3024, "retry"], // ER_QUERY_TIMEOUT
  [3058, "retry"], // ER_USER_LOCK_DEADLOCK
  [3101, "retry"], // ER_TRANSACTION_ROLLBACK_DURING_COMMIT, by group replication's certification
  [3572, "retry"], // ER_LOCK_NOWAIT

  // The server is away, going away, full, or a replica; the same rows will do once it is back.
  [1021, "reconnect"], // ER_DISK_FULL, until MySQL 8
  [1026, "reconnect"], // ER_ERROR_ON_WRITE
  [1030, "reconnect"], // ER_GET_ERRNO, from the storage engine; 28 is no space left
  [1036, "reconnect"], // ER_OPEN_AS_READONLY
  [1037, "reconnect"], // ER_OUTOFMEMORY
  [1040, "reconnect"], // ER_CON_COUNT_ERROR, too many connections
  [1041, "reconnect"], // ER_OUT_OF_RESOURCES
  [1043, "reconnect"], // ER_HANDSHAKE_ERROR
  [1047, "reconnect"], // ER_UNKNOWN_COM_ERROR; a Galera node that is not ready
  [1053, "reconnect"], // ER_SERVER_SHUTDOWN
  [1077, "reconnect"], // ER_NORMAL_SHUTDOWN, until MySQL 8
  [1079, "reconnect"], // ER_SHUTDOWN_COMPLETE
  [1080, "reconnect"], // ER_FORCING_CLOSE
  [1114, "reconnect"], // ER_RECORD_FILE_FULL, the table is full
  [1129, "reconnect"], // ER_HOST_IS_BLOCKED, until an operator flushes the host cache
  [1152, "reconnect"], // ER_ABORTING_CONNECTION
  [1158, "reconnect"], // ER_NET_READ_ERROR
  [1159, "reconnect"], // ER_NET_READ_INTERRUPTED
  [1160, "reconnect"], // ER_NET_ERROR_ON_WRITE
  [1161, "reconnect"], // ER_NET_WRITE_INTERRUPTED
  [1180, "reconnect"], // ER_ERROR_DURING_COMMIT; the outcome is unknown
  [1184, "reconnect"], // ER_NEW_ABORTING_CONNECTION
  [1203, "reconnect"], // ER_TOO_MANY_USER_CONNECTIONS
  [1206, "reconnect"], // ER_LOCK_TABLE_FULL
  [1226, "reconnect"], // ER_USER_LIMIT_REACHED, an account's hourly limits
  [1207, "reconnect"], // ER_READ_ONLY_TRANSACTION
  [1290, "reconnect"], // ER_OPTION_PREVENTS_STATEMENT, --read-only
  [1461, "reconnect"], // ER_MAX_PREPARED_STMT_COUNT_REACHED
  [1792, "reconnect"], // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  [1836, "reconnect"], // ER_READ_ONLY_MODE
  [1874, "reconnect"], // ER_INNODB_READ_ONLY
  [1927, "reconnect"], // MariaDB ER_CONNECTION_KILLED
  [2006, "reconnect"], // CR_SERVER_GONE_ERROR, passed on by proxies
  [2013, "reconnect"], // CR_SERVER_LOST, passed on by proxies
  [3032, "reconnect"], // ER_SERVER_OFFLINE_MODE
  [3100, "reconnect"], // ER_RUN_HOOK_ERROR, group replication without a quorum
  [3168, "reconnect"], // ER_SERVER_ISNT_AVAILABLE
  [3169, "reconnect"], // ER_SESSION_WAS_KILLED
  [3675, "reconnect"], // ER_DISK_FULL_NOWAIT
  [3989, "reconnect"], // ER_SCHEMA_READ_ONLY, by ALTER DATABASE
  [4031, "reconnect"], // ER_CLIENT_INTERACTION_TIMEOUT, closed for idleness
  [9001, "reconnect"], // ProxySQL: no server of the group could be reached in time

  // Some row's value does not fit its column and never will.
  [1048, "reject"], // ER_BAD_NULL_ERROR
  [1264, "reject"], // ER_WARN_DATA_OUT_OF_RANGE
  [1265, "reject"], // WARN_DATA_TRUNCATED, also a word that an ENUM does not have
  [1292, "reject"], // ER_TRUNCATED_WRONG_VALUE
  [1300, "reject"], // ER_INVALID_CHARACTER_STRING
  [1366, "reject"], // ER_TRUNCATED_WRONG_VALUE_FOR_FIELD
  [1406, "reject"], // ER_DATA_TOO_LONG
  [1411, "reject"], // ER_WRONG_VALUE_FOR_TYPE
  [1525, "reject"], // ER_WRONG_VALUE, an impossible date in a literal
  [3140, "reject"], // ER_INVALID_JSON_TEXT
  [3819, "reject"], // ER_CHECK_CONSTRAINT_VIOLATED
  [3854, "reject"], // ER_CANNOT_CONVERT_STRING
  [3988, "reject"], // ER_IMPOSSIBLE_STRING_CONVERSION
  [4025, "reject"], // MariaDB ER_CONSTRAINT_FAILED, among them JSON's; MySQL has another 4025, of DDL only

  // A transaction of this size is refused, and one of fewer rows is not.
  [1153, "oversized"], // ER_NET_PACKET_TOO_LARGE, where the server's limit was lowered since the connection was made
  [1197, "oversized"], // ER_TRANS_CACHE_FULL: above max_binlog_cache_size

  // An operator has to change something first.
  [ER_DBACCESS_DENIED_ERROR, "fatal"],
  [ER_ACCESS_DENIED_ERROR, "fatal"],
  [1046, "fatal"], // ER_NO_DB_ERROR
  [ER_BAD_DB_ERROR, "fatal"],
  [1050, "fatal"], // ER_TABLE_EXISTS_ERROR
  [1054, "fatal"], // ER_BAD_FIELD_ERROR, tables that are not ours
  [1064, "fatal"], // ER_PARSE_ERROR
  [1130, "fatal"], // ER_HOST_NOT_PRIVILEGED
  [ER_TABLEACCESS_DENIED_ERROR, "fatal"],
  [ER_COLUMNACCESS_DENIED_ERROR, "fatal"],
  [ER_NO_SUCH_TABLE, "fatal"],
  [1193, "fatal"], // ER_UNKNOWN_SYSTEM_VARIABLE
  [1194, "fatal"], // ER_CRASHED_ON_USAGE
  [1227, "fatal"], // ER_SPECIFIC_ACCESS_DENIED_ERROR
  [1251, "fatal"], // ER_NOT_SUPPORTED_AUTH_MODE
  [1286, "fatal"], // ER_UNKNOWN_STORAGE_ENGINE
  [ER_NO_DEFAULT_FOR_FIELD, "fatal"], // of a column that somebody added
  [1390, "fatal"], // ER_PS_MANY_PARAM
  [1526, "fatal"], // ER_NO_PARTITION_FOR_GIVEN_VALUE, somebody dropped the last partition
  [1665, "fatal"], // ER_BINLOG_STMT_MODE_AND_ROW_ENGINE: binlog_format=STATEMENT refuses READ COMMITTED
  [1690, "fatal"], // ER_DATA_OUT_OF_RANGE, a counter is full
  [1698, "fatal"], // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
  [1712, "fatal"], // ER_INDEX_CORRUPT
  [1820, "fatal"], // ER_MUST_CHANGE_PASSWORD
  [1862, "fatal"], // ER_MUST_CHANGE_PASSWORD_LOGIN
  [3118, "fatal"], // ER_ACCOUNT_HAS_BEEN_LOCKED
  [ER_SECURE_TRANSPORT_REQUIRED, "fatal"],
  [4151, "fatal"], // MariaDB ER_ACCOUNT_HAS_BEEN_LOCKED; MySQL has another 4151, of bulk loads only
]);

/** By the number and what it is about, where a number says several things. */
const BY_TEXT: readonly (readonly [number: number, text: RegExp, disposition: Disposition])[] = [
  [1105, /\bwrite ?set\b/i, "oversized"], // ER_UNKNOWN_ERROR of Galera: above wsrep_max_ws_size
  [1180, /\bwsrep_max_ws_/i, "oversized"], // ER_ERROR_DURING_COMMIT of Galera: above wsrep_max_ws_rows
  [1180, /\berror 149\b/i, "retry"], // the same of group replication: a deadlock, found by another member
];

/** By the code of the driver or the operating system, where no server answered. */
const BY_CODE: ReadonlyMap<string, Disposition> = new Map<string, Disposition>([
  ["EACCES", "fatal"],
  ["ENOENT", "reconnect"], // the unix socket of a server that does not run
  ["ERR_INVALID_ARG_TYPE", "fatal"],
  ["AUTH_SWITCH_PLUGIN_ERROR", "fatal"],
  ["HANDSHAKE_NO_SSL_SUPPORT", "fatal"], // the server has no TLS and the address asks for it
  ["HANDSHAKE_SSL_ERROR", "fatal"], // among them a certificate that does not verify
]);

/** By the class of the SQLSTATE, for numbers that the table does not have. */
const BY_STATE_CLASS: ReadonlyMap<string, Disposition> = new Map<string, Disposition>([
  ["08", "reconnect"], // connection exception
  ["22", "reject"], // data exception
  ["28", "fatal"], // invalid authorization
  ["40", "retry"], // transaction rollback
  ["42", "fatal"], // syntax error or access rule violation
]);

/** The parts of a driver's error that this module reads. */
interface DriverError extends Error {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly sqlState?: unknown;
  readonly fatal?: unknown;
}

/** Whether the error came from the driver; anything else is a fault of this program and must not be classified. */
export function isDriverError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code, fatal } = error as DriverError;
  // The driver has no name for the numbers that only proxies and newer servers send.
  return typeof code === "string" || fatal === true || isServerAnswer(error) ||
    error instanceof Deno.errors.NotCapable;
}

/** Whether the server itself, or a proxy, sent this error, so that the connection may still be good. */
export function isServerAnswer(error: unknown): boolean {
  return error instanceof Error && typeof (error as DriverError).sqlState === "string";
}

/** The server's error number, `undefined` where no server answered. */
export function serverErrorNumber(error: unknown): number | undefined {
  const { errno } = error instanceof Error ? error as DriverError : { errno: undefined };
  return isServerAnswer(error) && typeof errno === "number" ? errno : undefined;
}

/**
 * What to do about a driver's error.
 *
 * An unknown error of the server is `reconnect`: it loses nothing, heals by itself if the cause does, and shows in the
 * log meanwhile. `reject` would park good messages on a passing fault, `fatal` would stop a service that could wait.
 */
export function mysqlDisposition(error: unknown): Disposition {
  const { code, sqlState } = error as DriverError;
  const number = serverErrorNumber(error);
  if (number !== undefined) {
    const { message } = error as Error;
    const byText = BY_TEXT.find(([about, text]) => about === number && text.test(message));
    return byText?.[2] ?? BY_NUMBER.get(number) ?? BY_STATE_CLASS.get(String(sqlState).slice(0, 2)) ?? "reconnect";
  }
  // A permission that the program was started without.
  if (error instanceof Deno.errors.NotCapable) return "fatal";
  return BY_CODE.get(String(code)) ?? "reconnect";
}

/**
 * The classified form of whatever an operation failed with. The cause keeps message, code and number, cleaned, and loses
 * the driver's `sql`, which would put the payloads of a whole batch into a log.
 *
 * @param action What could not be done, as in "write batch".
 */
export function toStoreError(action: string, error: Error): StoreError {
  const disposition = mysqlDisposition(error);
  const { code, errno, sqlState } = error as DriverError;
  const message = serverText(error.message);
  const cause = Object.assign(new Error(message), { code, errno, sqlState });
  return new StoreError(`Cannot ${action}: ${message || String(code)}`, { disposition, cause });
}

/** What a server says in one error is shorter, unless it repeats what it was sent. In characters. */
const SERVER_TEXT_MAX = 300;

/**
 * Where a server begins to repeat the statement that failed, with payloads in it: a parser's `near '…`, and what vtgate
 * adds, `Sql: "…", BindVars: {…}`.
 */
const STATEMENT = /\bnear ['"\u2018]|[:,]?\s*\b(?:sql|query|bind_?vars): ?["'{[]/i;

/** What a server said, fit to be logged or kept: on one line, bounded, and without the statement that it was sent. */
export function serverText(text: string): string {
  const statement = STATEMENT.exec(text);
  const said = statement === null ? text : `${text.slice(0, statement.index).trimEnd()} …`;
  const line = oneLine(said.replace(/\s+/g, " ").trim());
  // A cut may leave half of a character.
  return line.length <= SERVER_TEXT_MAX ? line : `${line.slice(0, SERVER_TEXT_MAX).toWellFormed()}…`;
}
