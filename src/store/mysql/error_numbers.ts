/**
 * The numbers of the errors that more than one part of this folder asks for; `errors.ts` has all that are known.
 *
 * @module
 */

/** No right to the database. */
export const ER_DBACCESS_DENIED_ERROR = 1044;
/** Wrong user or password. */
export const ER_ACCESS_DENIED_ERROR = 1045;
/** No such database. */
export const ER_BAD_DB_ERROR = 1049;
/** No such session. */
export const ER_NO_SUCH_THREAD = 1094;
/** A lock was waited for in vain: a row's, or the table's. */
export const ER_LOCK_WAIT_TIMEOUT = 1205;
/** A row with that key is there. */
export const ER_DUP_ENTRY = 1062;
/** No right to the table. */
export const ER_TABLEACCESS_DENIED_ERROR = 1142;
/** No right to the column. */
export const ER_COLUMNACCESS_DENIED_ERROR = 1143;
/** No such table. */
export const ER_NO_SUCH_TABLE = 1146;
/** A column that somebody added has no default. */
export const ER_NO_DEFAULT_FOR_FIELD = 1364;
/** The server takes no connections without TLS. */
export const ER_SECURE_TRANSPORT_REQUIRED = 3159;
