/**
 * Reads `DATABASE_URL`. Nothing here, and nothing in an error it returns, repeats the password.
 *
 * @module
 */

/** How a connection to a server is secured; the words are MySQL's own `--ssl-mode` values. */
export const TLS_MODES = ["disabled", "required", "verify_ca", "verify_identity"] as const;

/** Plain, encrypted only, or with the server's certificate checked, without or with the name in it. */
export type TlsMode = typeof TLS_MODES[number];

/** An SQLite database: a file's path, or `:memory:`. */
export interface SqliteAddress {
  readonly kind: "sqlite";
  readonly path: string;
}

/** A database on a MySQL or MariaDB server. */
export interface MysqlAddress {
  readonly kind: "mysql";
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: TlsMode;
  /** A PEM file with the authorities to trust in place of the system's; read when connecting. */
  readonly tlsCaPath: string | undefined;
}

/** Where a store keeps its tables. */
export type DatabaseAddress = SqliteAddress | MysqlAddress;

/** A parsed address, or what is wrong with the text: a phrase for a person that never holds the password. */
export type ParsedDatabaseUrl =
  | { readonly state: "valid"; readonly address: DatabaseAddress }
  | { readonly state: "invalid"; readonly reason: string };

const FORMS = "mysql://user:password@host:3306/database, sqlite:path or sqlite::memory:";
const DEFAULT_PORT = 3306;

/**
 * Parses `mysql://user:password@host:port/database?ssl=…&ssl_ca=…`, `sqlite:path` or `sqlite::memory:`.
 *
 * The port defaults to 3306. `ssl` is one of {@linkcode TLS_MODES}, `true` (`verify_identity`) or `false` (`disabled`,
 * the default); `verify_identity` needs a host name. `mariadb:` means the same as `mysql:`. Special characters in the
 * user or the password are percent-encoded.
 */
export function parseDatabaseUrl(text: string): ParsedDatabaseUrl {
  const scheme = /^([a-z0-9+]{1,12}):/i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case "sqlite":
      return parseSqlite(text.slice("sqlite:".length));
    case "mysql":
    case "mariadb":
      return parseMysql(text);
    default:
      return invalid(`is none of ${FORMS}`);
  }
}

/** The address for people and for logs: scheme, host, port and database, or the path. */
export function describeAddress(address: DatabaseAddress): string {
  if (address.kind === "sqlite") return `sqlite:${address.path}`;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `mysql://${host}:${address.port}/${address.database}`;
}

function parseSqlite(rest: string): ParsedDatabaseUrl {
  // `sqlite://relative` and `sqlite:///absolute` are what other programs write.
  const path = rest.startsWith("//") ? rest.slice(2) : rest;
  if (path === "") return invalid("has no path after sqlite:, for example sqlite:./lms.db");
  if (path.includes("\0")) return invalid("has a NUL character in its path");
  return { state: "valid", address: { kind: "sqlite", path } };
}

function parseMysql(text: string): ParsedDatabaseUrl {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return invalid(`is not of the form mysql://user:password@host:3306/database; in the user and the password write \
the characters / ? # @ : % as %2F %3F %23 %40 %3A %25`);
  }
  const user = decoded(url.username);
  const password = decoded(url.password);
  const database = decoded(url.pathname.slice(1));
  if (user === undefined || password === undefined) return invalid("has a % in its user or password; write it as %25");
  if (url.hostname === "") return invalid("has no host");
  if (user === "") return invalid("has no user");
  if (url.hash !== "") return invalid("has a #; in the password write it as %23");
  if (database === undefined || !/^[^/\\.\0]{1,64}$/u.test(database)) {
    return invalid("does not end in a database name of 1 to 64 characters, for example /lms");
  }
  for (const name of url.searchParams.keys()) {
    if (name !== "ssl" && name !== "ssl_ca") return invalid(`has an unknown option ${name}; it takes ssl and ssl_ca`);
  }
  const tls = tlsMode(url.searchParams.get("ssl") ?? "disabled");
  if (tls === undefined) return invalid(`has an ssl that is none of ${TLS_MODES.join(", ")}, true, false`);
  const tlsCaPath = url.searchParams.get("ssl_ca") ?? undefined;
  if (tlsCaPath !== undefined && tls !== "verify_ca" && tls !== "verify_identity") {
    return invalid("has an ssl_ca that nothing reads; add ssl=verify_ca or ssl=verify_identity");
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (tls === "verify_identity" && /^[\d.]+$|:/.test(host)) {
    // The driver would compare the certificate with "localhost".
    return invalid("asks for ssl=verify_identity with an address in place of a host name; use ssl=verify_ca");
  }
  const port = url.port === "" ? DEFAULT_PORT : Number(url.port);
  if (port === 0) return invalid("has port 0");
  return { state: "valid", address: { kind: "mysql", host, port, user, password, database, tls, tlsCaPath } };
}

function tlsMode(word: string): TlsMode | undefined {
  if (word === "true") return "verify_identity";
  if (word === "false") return "disabled";
  return TLS_MODES.find((mode) => mode === word);
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function invalid(reason: string): ParsedDatabaseUrl {
  return { state: "invalid", reason };
}
