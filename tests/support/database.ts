/**
 * Database servers for tests, from wherever one can be had.
 *
 * @module
 */
import { createConnection } from "mysql2/promise";
import { DockerServer } from "./database_docker.ts";
import {
  type DatabaseKind,
  installedProgram,
  type ServerControl,
  ServerProcess,
  unpackedProgram,
} from "./database_server.ts";
import { makeTlsFiles, type TlsFiles } from "./tls.ts";

export type { DatabaseKind } from "./database_server.ts";

/** A row, by column name. Times are text, binary values `Uint8Array`. */
export type Row = Readonly<Record<string, unknown>>;

/** A database of its own on a {@linkcode TestServer}; disposing drops it. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  /** For `DATABASE_URL`, as the server's administrator; with `ssl=verify_identity` where the server has our certificate. */
  readonly url: string;
  /** The same without options, for other programs than LMS. */
  readonly plainUrl: string;
  /** Runs one statement as the administrator, beside the store. */
  query(sql: string): Promise<readonly Row[]>;
}

/** A server; disposing stops it where this process started it. */
export interface TestServer extends AsyncDisposable {
  readonly kind: DatabaseKind;
  /** The administrator's address, without a database and without TLS. */
  readonly url: string;
  /** As the server says it: `9.7.4-2`, `10.11.18-MariaDB-0+deb12u1`. */
  readonly version: string;
  /** Where it comes from, for people. */
  readonly origin: string;
  /** To stop, kill and start the server; `undefined` for one that this process did not start itself. */
  readonly control: ServerControl | undefined;
  /** Its unix socket; `undefined` for one that does not run on this machine's own files. */
  readonly socketPath: string | undefined;
  /** Its certificate, that of its authority, and a client's; `undefined` unless it was started with `tls`. */
  readonly tls: TlsFiles | undefined;
  /** A database that nothing else uses; it does not exist yet where `create` is false. */
  freshDatabase(options?: { readonly create: boolean }): Promise<TestDatabase>;
  /** The database of a name, which is made where it is not there yet. */
  namedDatabase(name: string): Promise<TestDatabase>;
  query(sql: string): Promise<readonly Row[]>;
  /** The ids of the connections that use a database. */
  sessions(database: string): Promise<readonly number[]>;
}

/** The variable that names a running server; {@linkcode startDatabase} looks there first. */
export const URL_VARIABLE: Readonly<Record<DatabaseKind, string>> = {
  mysql: "LMS_TEST_MYSQL_URL",
  mariadb: "LMS_TEST_MARIADB_URL",
};

/**
 * MySQL's own `information_schema.processlist` shows what each connection runs as utf8mb3, whether that column is asked
 * for or not, and fails when one is just storing an emoji. MariaDB has no other list unless it is started with one.
 */
const SESSIONS: Readonly<Record<DatabaseKind, string>> = {
  mysql: "SELECT processlist_id AS id FROM performance_schema.threads WHERE processlist_db",
  mariadb: "SELECT id FROM information_schema.processlist WHERE db",
};

/** What a source of servers gives. */
interface Origin {
  readonly url: string;
  readonly origin: string;
  readonly control?: ServerControl;
  readonly socketPath?: string;
  stop(): Promise<void>;
}

/** Which server. */
export interface DatabaseOptions {
  /** Leaves the variable out, for tests that crash the server or that choose how it is started. */
  readonly own: boolean;
  /**
   * Of an own server: `true` gives it a certificate of an authority of its own, for `localhost` and 127.0.0.1; names as
   * of {@linkcode makeTlsFiles} one for these; `false` leaves it without TLS. Unset: as the program does by itself.
   */
  readonly tls?: boolean | string;
  /** Further options of an own server's program. */
  readonly args?: readonly string[];
}

/**
 * A server from the first of: the address in `LMS_TEST_MYSQL_URL` or `LMS_TEST_MARIADB_URL`; Docker, where an engine
 * answers; a server program that is installed; Debian's packages, unpacked below `LMS_CACHE` (default `.cache`).
 *
 * @throws {Error} Says why each of them failed and what to install.
 */
export async function startDatabase(
  kind: DatabaseKind,
  options: DatabaseOptions = { own: false },
): Promise<TestServer> {
  if (!options.own && (options.tls !== undefined || options.args !== undefined)) {
    throw new RangeError("Cannot choose the options of a server that is given");
  }
  const given = options.own ? undefined : Deno.env.get(URL_VARIABLE[kind]);
  if (given !== undefined && given !== "") {
    const url = given.replace(/\/+$/, "");
    return await connected(kind, { url, origin: URL_VARIABLE[kind], stop: () => Promise.resolve() });
  }
  const { args = [] } = options;
  if (typeof options.tls !== "string" && options.tls !== true) {
    return await startedServer(kind, { tls: options.tls, args });
  }
  const folder = await Deno.makeTempDir({ prefix: "lms-database-tls-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  try {
    const files = await makeTlsFiles(folder, options.tls === true ? undefined : options.tls);
    const server = await startedServer(kind, { tls: files, args });
    const stop = async () => {
      await server[Symbol.asyncDispose]();
      await remove();
    };
    return { ...server, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Start {
  /** The files of its certificate, `false` for a server without TLS, or `undefined`. */
  readonly tls: TlsFiles | false | undefined;
  readonly args: readonly string[];
}

async function startedServer(kind: DatabaseKind, start: Start): Promise<TestServer> {
  const { tls } = start;
  const args = [...start.args, ...(tls === undefined ? [] : tls === false ? WITHOUT_TLS[kind] : tlsOptions(tls))];
  const cache = Deno.env.get("LMS_CACHE") ?? new URL("../../.cache", import.meta.url).pathname;
  const sources: readonly (readonly [name: string, start: () => Promise<Origin>])[] = [
    ["Docker", () => fromDocker(kind, { args, files: tls === false ? undefined : tls })],
    ["installed", async () => started(await ServerProcess.start(await installedProgram(kind), args), "installed")],
    ["Debian", async () => {
      const program = await unpackedProgram(kind, cache);
      return started(await ServerProcess.start(program, args), program.origin);
    }],
  ];
  const failures: string[] = [];
  for (const [name, start] of sources) {
    let origin: Origin;
    try {
      origin = await start();
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : error}`);
      continue;
    }
    return await connected(kind, { ...origin, ...(tls === undefined || tls === false ? {} : { tls }) });
  }
  throw new Error(
    `No ${kind} server for tests. Set ${URL_VARIABLE[kind]} to an administrator's address, start Docker, install \
${kind === "mysql" ? "mysql-server" : "mariadb-server"}, or use a machine with apt and dpkg.\n  ${
      failures.join("\n  ")
    }`,
  );
}

/** MySQL makes itself a certificate unless no version of TLS is left. */
const WITHOUT_TLS: Readonly<Record<DatabaseKind, readonly string[]>> = {
  mysql: ["--tls-version="],
  mariadb: ["--skip-ssl"],
};

function tlsOptions({ caFile, certFile, keyFile }: TlsFiles): string[] {
  return [`--ssl-ca=${caFile}`, `--ssl-cert=${certFile}`, `--ssl-key=${keyFile}`];
}

function started(process: ServerProcess, origin: string): Origin {
  const { port, socketPath } = process;
  const stop = () => process[Symbol.asyncDispose]();
  return { url: `mysql://root@127.0.0.1:${port}`, origin, control: process, socketPath, stop };
}

async function fromDocker(
  kind: DatabaseKind,
  options: { readonly args: readonly string[]; readonly files: TlsFiles | undefined },
): Promise<Origin> {
  const { args, files } = options;
  const { caFile, certFile, keyFile } = files ?? {};
  const server = await DockerServer.start(kind, {
    args,
    files: [caFile, certFile, keyFile].filter((f) => f !== undefined),
  });
  const stop = () => server[Symbol.asyncDispose]();
  return { url: `mysql://root@127.0.0.1:${server.port}`, origin: `Docker ${server.image}`, control: server, stop };
}

async function connected(kind: DatabaseKind, origin: Origin & { readonly tls?: TlsFiles }): Promise<TestServer> {
  const query = (sql: string) => runQuery(origin.url, sql);
  try {
    const [row] = await query("SELECT VERSION() AS version");
    return {
      kind,
      url: origin.url,
      version: String(row?.version),
      origin: origin.origin,
      control: origin.control,
      socketPath: origin.socketPath,
      tls: origin.tls,
      freshDatabase: async ({ create } = { create: true }) => {
        const name = `lms_test_${crypto.randomUUID().slice(0, 13).replaceAll("-", "")}`;
        if (create) await query(`CREATE DATABASE ${name}`);
        return databaseOf(origin, name);
      },
      namedDatabase: async (name) => {
        await query(`CREATE DATABASE IF NOT EXISTS ${name}`);
        return databaseOf(origin, name);
      },
      query,
      sessions: async (database) => {
        const rows = await query(`${SESSIONS[kind]} = '${database}'`);
        return rows.map(({ id }) => Number(id));
      },
      [Symbol.asyncDispose]: origin.stop,
    };
  } catch (error) {
    await origin.stop();
    throw error;
  }
}

function databaseOf(
  { url: server, tls }: { readonly url: string; readonly tls?: TlsFiles },
  name: string,
): TestDatabase {
  const plainUrl = `${server}/${name}`;
  return {
    name,
    url: tls === undefined
      ? plainUrl
      : `${plainUrl.replace("@127.0.0.1:", "@localhost:")}?ssl=verify_identity&ssl_ca=${tls.caFile}`,
    plainUrl,
    query: (sql) => runQuery(plainUrl, sql),
    [Symbol.asyncDispose]: async () => {
      await runQuery(server, `DROP DATABASE IF EXISTS ${name}`);
    },
  };
}

/** A connection per statement: nothing stays open between tests, also when a server is killed. */
async function runQuery(uri: string, sql: string): Promise<readonly Row[]> {
  const connection = await createConnection({
    uri,
    timezone: "Z",
    dateStrings: true,
    jsonStrings: true,
    supportBigNumbers: true,
  });
  try {
    await connection.query("SET time_zone = '+00:00'");
    const [rows] = await connection.query(sql);
    return Array.isArray(rows) ? rows as Row[] : [];
  } finally {
    await connection.end();
  }
}
