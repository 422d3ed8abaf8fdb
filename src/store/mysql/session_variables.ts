/**
 * What a session of a MySQL or MariaDB server must be like for LMS's statements to mean what they say.
 *
 * A server's options, its `init_connect`, and a proxy that hands connections on preset any of this, so all of it is
 * asked for and what differs is set: a proxy may refuse to set what it would leave as it is.
 *
 * @module
 */
import { escapeId } from "mysql2";
import { type Disposition, StoreError } from "../store.ts";
import { serverText } from "./errors.ts";

/** What the values depend on. */
export interface SessionNeeds {
  /** What the server's `VERSION()` says: names differ between MySQL and MariaDB. */
  readonly version: string;
  /** The database that was asked for; `undefined` where none was. */
  readonly database: string | undefined;
  /** How long a statement waits for a row's lock. */
  readonly lockWaitSeconds: number;
}

/** One thing that LMS relies on. */
export interface SessionVariable {
  /** For people; that of the server's variable where it is one. */
  readonly name: string;
  /** What it must be, as the server says it. */
  readonly value: string;
  /** The expression that asks for it. */
  readonly asks: string;
  /** How it is set: an assignment, or a statement of its own. */
  readonly sets: { readonly assignment: string } | { readonly statement: string };
  /** What goes wrong when it differs, as in "else …". */
  readonly otherwise: string;
  /** Whether what the server says is the value; unset: when it is the same text. */
  readonly same?: (actual: string, value: string) => boolean;
}

/** For {@linkcode inSnapshot} as well, which needs another level meanwhile. */
export const READ_COMMITTED = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE";
/** Its counterpart, the level of a snapshot. */
export const REPEATABLE_READ = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE";

/** Seconds that a statement waits for a table that somebody changes: MySQL's default, 365 days. */
export const TABLE_WAIT_SECONDS = 31_536_000;

const NAMES = "SET NAMES utf8mb4 COLLATE utf8mb4_bin";

/**
 * Strict, so that the server refuses what does not fit instead of changing it. Nothing else may be on: under
 * NO_BACKSLASH_ESCAPES and ANSI_QUOTES the driver's escaping would be wrong.
 */
const SQL_MODE =
  "STRICT_ALL_TABLES,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/** How far `NOW()` may be from the server's clock, in seconds; a busy server may look at it that much later. */
const CLOCK_SECONDS = 60;

/** Every one that LMS relies on, in the order in which they are set. */
export function sessionVariables({ version, database, lockWaitSeconds }: SessionNeeds): SessionVariable[] {
  const mariadb = /^(\d+)\.(\d+).*MariaDB/i.exec(version);
  // MariaDB took MySQL's names in 11.1.
  const transaction = mariadb !== null && Number(mariadb[1]) * 100 + Number(mariadb[2]) < 1101 ? "tx" : "transaction";
  const timeLimit = mariadb === null ? "max_execution_time" : "max_statement_time";
  const escaping = "a quote or backslash within a payload could end its text and become SQL";
  const readingBack = "what is read would not be what is stored";
  return [
    ...(database === undefined ? [] : [inDatabase(database)]),
    names("character_set_client", { value: "utf8mb4", otherwise: escaping }),
    names("character_set_connection", {
      value: "utf8mb4",
      otherwise: "text would lose characters before it is stored",
    }),
    names("character_set_results", { value: "utf8mb4", otherwise: readingBack }),
    names("collation_connection", { value: "utf8mb4_bin", otherwise: "different texts would compare as equal" }),
    {
      ...variable("sql_mode", { value: SQL_MODE, otherwise: `what does not fit would be cut, or ${escaping}` }),
      same: (actual, value) => words(actual) === words(value),
    },
    variable("time_zone", { value: "+00:00", otherwise: "created_at would not be UTC" }),
    {
      name: "timestamp",
      value: "1",
      asks: `ABS(@@timestamp - UNIX_TIMESTAMP(SYSDATE())) < ${CLOCK_SECONDS}`,
      sets: { assignment: "timestamp = 0" },
      otherwise: "NOW() would stand still, and created_at with it",
    },
    variable("autocommit", { value: "1", otherwise: "single statements would be lost with the connection" }),
    variable("completion_type", {
      value: "NO_CHAIN",
      otherwise: "a COMMIT would begin another transaction, or end the connection",
    }),
    isolation(`${transaction}_isolation`, {
      value: "READ-COMMITTED",
      otherwise: "writers would wait for each other's gaps, and miss each other's rows",
    }),
    isolation(`${transaction}_read_only`, { value: "0", otherwise: "nothing could be written" }),
    variable("innodb_lock_wait_timeout", {
      value: String(lockWaitSeconds),
      otherwise: "a batch could wait for a lock until its leases are over",
    }),
    variable("lock_wait_timeout", { value: String(TABLE_WAIT_SECONDS), otherwise: "migrations would be given up" }),
    variable(timeLimit, { value: "0", otherwise: "a check of large tables would never end" }),
    variable("sql_select_limit", {
      value: "18446744073709551615",
      otherwise: "answers would lack rows, among them those that tell old messages from new ones",
    }),
    variable("sql_big_selects", { value: "1", otherwise: "a check of large tables would be refused" }),
    variable("sql_safe_updates", { value: "0", otherwise: "updates would be refused" }),
    variable("max_sort_length", { value: "1024", otherwise: "rows would come in the order of their first letters" }),
    variable("unique_checks", { value: "1", otherwise: "a message could be stored twice" }),
    variable("foreign_key_checks", { value: "1", otherwise: "a message could be stored twice, in a bulk insert" }),
    ...(mariadb === null ? [] : [
      variable("check_constraint_checks", { value: "1", otherwise: "attributes that are not JSON would be stored" }),
    ]),
  ];
}

/** The same within a snapshot, which is one at this level only. */
export function forSnapshot(variables: readonly SessionVariable[]): SessionVariable[] {
  const otherwise = "statements would see different commits";
  return variables.map((variable) =>
    variable.value === "READ-COMMITTED" ? { ...variable, value: "REPEATABLE-READ", otherwise } : variable
  );
}

/** The statement whose only row is for {@linkcode differing}. Plain ASCII, which every charset of a client reads. */
export function askFor(variables: readonly SessionVariable[]): string {
  return `SELECT ${variables.map(({ asks }) => asks).join(", ")}`;
}

/** A variable that is not as it must be, and what the server says. */
export type Difference = readonly [SessionVariable, actual: string];

/** Those that are not as they must be, with what the server says. @param row Its answer, in the same order. */
export function differing(
  variables: readonly SessionVariable[],
  row: readonly unknown[],
): Difference[] {
  return variables
    .map((variable, i) => [variable, String(row[i])] as const)
    .filter(([{ same, value }, actual]) => !(same?.(actual, value) ?? actual === value));
}

/** The statements that set them. */
export function settingAll(variables: readonly SessionVariable[]): string[] {
  const statements = new Set<string>();
  const assignments: string[] = [];
  for (const { sets } of variables) {
    if ("statement" in sets) statements.add(sets.statement);
    else assignments.push(sets.assignment);
  }
  if (assignments.length > 0) statements.add(`SET ${assignments.join(", ")}`);
  return [...statements];
}

/** Why a session is not used whose variable differs although LMS set it. */
export function notAsSet([{ name, value, otherwise }, actual]: Difference, disposition: Disposition): StoreError {
  return new StoreError(
    `Cannot use the database: ${name} of this connection is "${
      serverText(actual)
    }" although LMS sets it to "${value}", \
else ${otherwise}; let the server, and any proxy in between, accept that and keep it for the connection`,
    { disposition, cause: undefined },
  );
}

interface Wanted {
  readonly value: string;
  readonly otherwise: string;
}

function variable(name: string, wanted: Wanted): SessionVariable {
  const { value } = wanted;
  const literal = /^\d+$/.test(value) ? value : `'${value}'`;
  return { name, asks: `@@${name}`, sets: { assignment: `${name} = ${literal}` }, ...wanted };
}

function names(name: string, wanted: Wanted): SessionVariable {
  return { name, asks: `@@${name}`, sets: { statement: NAMES }, ...wanted };
}

function isolation(name: string, wanted: Wanted): SessionVariable {
  return { name, asks: `@@${name}`, sets: { statement: READ_COMMITTED }, ...wanted };
}

/** `init_connect` may have chosen another database. Servers on some file systems say its name in lower case. */
function inDatabase(database: string): SessionVariable {
  return {
    name: "the database",
    value: database,
    asks: "DATABASE()",
    sets: { statement: `USE ${escapeId(database, true)}` },
    otherwise: "tables of another database would be used",
    same: (actual, value) => actual.toLowerCase() === value.toLowerCase(),
  };
}

function words(list: string): string {
  return list.split(",").sort().join(",");
}
