/**
 * Reads `DATABASE_URL`. Nothing here, and nothing in an error it returns, repeats the password.
 *
 * @module
 */
import { failure, type Result, success } from "../ops/result.ts";

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
  /** A unix socket to connect through in place of host and port: an absolute path. */
  readonly socketPath: string | undefined;
  readonly tls: TlsMode;
  /** Whether `tls` was chosen here, because the URL does not say. */
  readonly tlsByDefault: boolean;
  /** A PEM file with the authorities to trust in place of the system's; read when connecting. */
  readonly tlsCaPath: string | undefined;
  /** PEM files with the certificate to show to the server, and its key, both or neither; read when connecting. */
  readonly tlsCertPath: string | undefined;
  readonly tlsKeyPath: string | undefined;
  /** A PEM file with the server's RSA key, to encrypt the password with where there is no TLS; read when connecting. */
  readonly serverKeyPath: string | undefined;
}

/** Where a store keeps its tables. */
export type DatabaseAddress = SqliteAddress | MysqlAddress;

const FORMS = "mysql://user:password@host:3306/database, sqlite:path or sqlite::memory:";
const DEFAULT_PORT = 3306;
const OPTIONS = ["ssl", "ssl_ca", "ssl_cert", "ssl_key", "server_public_key", "socket"];

/**
 * Parses `mysql://user:password@host:port/database?ssl=…&ssl_ca=…&ssl_cert=…&ssl_key=…&server_public_key=…`,
 * `mysql://user:password@localhost/database?socket=/path`, `sqlite:path` or `sqlite::memory:`.
 *
 * The port defaults to 3306. `ssl` is one of {@linkcode TLS_MODES}, `true` (`verify_identity`) or `false` (`disabled`);
 * `verify_identity` needs a host name. Without it a server on this machine is reached in the plain, and every other is
 * verified: by `verify_identity`, or by `verify_ca` where the host is an address. With `socket` the host is `localhost` or left out, and there is
 * neither port nor TLS. `mariadb:` means the same as `mysql:`. Special characters in the user or the password are
 * percent-encoded.
 */
export function parseDatabaseUrl(text: string): Result<DatabaseAddress> {
  const scheme = /^([a-z0-9+]{1,12}):/i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case "sqlite":
      return parseSqlite(text.slice("sqlite:".length));
    case "mysql":
    case "mariadb":
      return parseMysql(text);
    default:
      return failure(`is none of ${FORMS}`);
  }
}

/** Whether connections to the server never leave this machine, so that nobody else can answer in its place. */
export function staysHere({ host, socketPath }: Pick<MysqlAddress, "host" | "socketPath">): boolean {
  return socketPath !== undefined || /^(localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(host);
}

/** The address for people and for logs: scheme, host and port or socket, and database, or the path. */
export function describeAddress(address: DatabaseAddress): string {
  if (address.kind === "sqlite") return `sqlite:${address.path}`;
  if (address.socketPath !== undefined) return `mysql://localhost/${address.database}?socket=${address.socketPath}`;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `mysql://${host}:${address.port}/${address.database}`;
}

function parseSqlite(rest: string): Result<DatabaseAddress> {
  // `sqlite://relative` and `sqlite:///absolute` are what other programs write.
  const path = rest.startsWith("//") ? rest.slice(2) : rest;
  if (path === "") return failure("has no path after sqlite:, for example sqlite:./lms.db");
  if (path.includes("\0")) return failure("has a NUL character in its path");
  return success({ kind: "sqlite", path });
}

/** An address whose host is left out, which `URL` does not take: up to where the host belongs. */
const WITHOUT_HOST = /^[a-z0-9+]+:\/\/[^/?#]*@(?=[/?#]|$)/i;

function parseMysql(text: string): Result<DatabaseAddress> {
  let url: URL;
  try {
    url = new URL(text.replace(WITHOUT_HOST, "$&localhost"));
  } catch {
    return failure(`is not of the form mysql://user:password@host:3306/database; in the user and the password write \
the characters / ? # @ : % as %2F %3F %23 %40 %3A %25`);
  }
  const user = decoded(url.username);
  const password = decoded(url.password);
  const database = decoded(url.pathname.slice(1));
  if (user === undefined || password === undefined) return failure("has a % in its user or password; write it as %25");
  if (url.hostname === "" || (WITHOUT_HOST.test(text) && !url.searchParams.has("socket"))) {
    return failure("has no host");
  }
  if (user === "") return failure("has no user");
  if (url.hash !== "") return failure("has a #; in the password write it as %23");
  if (database === undefined || !/^[^/\\.\0]{1,64}$/u.test(database)) {
    return failure("does not end in a database name of 1 to 64 characters, for example /lms");
  }
  // What forms write for a space stands for itself in a path.
  const params = new URLSearchParams(url.search.replaceAll("+", "%2B"));
  for (const name of params.keys()) {
    if (!OPTIONS.includes(name)) return failure(`has an unknown option ${name}; it takes ${OPTIONS.join(", ")}`);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const tls = parseTls(params, host);
  if (typeof tls === "string") return failure(tls);
  const socketPath = params.get("socket") ?? undefined;
  if (socketPath !== undefined) {
    const reason = socketProblem(socketPath, { host, port: url.port, tls: tls.tls });
    if (reason !== undefined) return failure(reason);
  }
  const port = url.port === "" ? DEFAULT_PORT : Number(url.port);
  if (port === 0) return failure("has port 0");
  return success({ kind: "mysql", host, port, user, password, database, socketPath, ...tls });
}

type TlsOptions = Pick<
  MysqlAddress,
  "tls" | "tlsByDefault" | "tlsCaPath" | "tlsCertPath" | "tlsKeyPath" | "serverKeyPath"
>;

/** The options of TLS, or what is wrong with them. */
function parseTls(params: URLSearchParams, host: string): TlsOptions | string {
  const option = (name: string) => params.get(name) ?? undefined;
  const tlsByDefault = !params.has("ssl");
  const tls = tlsMode(option("ssl") ?? defaultMode(host));
  if (tls === undefined) return `has an ssl that is none of ${TLS_MODES.join(", ")}, true, false`;
  const [tlsCaPath, tlsCertPath, tlsKeyPath] = [option("ssl_ca"), option("ssl_cert"), option("ssl_key")];
  for (const name of ["ssl_ca", "ssl_cert", "ssl_key", "server_public_key"]) {
    if (option(name) === "") return `has an ${name} that names no file`;
  }
  if (tlsCaPath !== undefined && tls !== "verify_ca" && tls !== "verify_identity") {
    return "has an ssl_ca that nothing reads; add ssl=verify_ca or ssl=verify_identity";
  }
  if ((tlsCertPath === undefined) !== (tlsKeyPath === undefined)) {
    const [there, missing] = tlsKeyPath === undefined ? ["ssl_cert", "ssl_key"] : ["ssl_key", "ssl_cert"];
    return `has an ${there} and no ${missing}; a client's certificate needs both`;
  }
  if (tlsCertPath !== undefined && tls === "disabled") {
    return "has an ssl_cert that nothing reads; add ssl=required, ssl=verify_ca or ssl=verify_identity";
  }
  const serverKeyPath = option("server_public_key");
  if (serverKeyPath !== undefined && tls !== "disabled") {
    return "has a server_public_key that nothing reads with TLS; add ssl=disabled, or leave it out";
  }
  if (tls === "verify_identity" && IP_ADDRESS.test(host)) {
    // The driver would compare the certificate with "localhost".
    return "asks for ssl=verify_identity with an address in place of a host name; use ssl=verify_ca";
  }
  return { tls, tlsByDefault, tlsCaPath, tlsCertPath, tlsKeyPath, serverKeyPath };
}

const IP_ADDRESS = /^[\d.]+$|:/;

/** An impostor must not get a password because the URL says nothing. */
function defaultMode(host: string): TlsMode {
  if (staysHere({ host, socketPath: undefined })) return "disabled";
  return IP_ADDRESS.test(host) ? "verify_ca" : "verify_identity";
}

/** What does not go with a socket. */
function socketProblem(
  path: string,
  { host, port, tls }: { readonly host: string; readonly port: string; readonly tls: TlsMode },
): string | undefined {
  if (!/^\/[^\0]+$/.test(path)) return "has a socket that is no absolute path, for example /run/mysqld/mysqld.sock";
  if (host.toLowerCase() !== "localhost") return "has a socket and a host; with a socket the host is localhost";
  if (port !== "") return "has a socket and a port; leave one of them out";
  if (tls !== "disabled") return "has a socket and ssl; a socket stays on this machine: leave ssl out";
  return undefined;
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
