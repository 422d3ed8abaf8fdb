/**
 * Database servers for tests, from wherever one can be had.
 *
 * @module
 */
import { createConnection } from "mysql2/promise";
import {
  type DatabaseKind,
  freePort,
  greets,
  installedProgram,
  type ServerControl,
  ServerProcess,
  unpackedProgram,
} from "./database_server.ts";

export type { DatabaseKind } from "./database_server.ts";

/** A row, by column name. Times are text, binary values `Uint8Array`. */
export type Row = Readonly<Record<string, unknown>>;

/** A database of its own on a {@linkcode TestServer}; disposing drops it. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  /** For `DATABASE_URL`, as the server's administrator. */
  readonly url: string;
  /** Runs one statement as the administrator, beside the store. */
  query(sql: string): Promise<readonly Row[]>;
}

/** A server; disposing stops it where this process started it. */
export interface TestServer extends AsyncDisposable {
  readonly kind: DatabaseKind;
  /** The administrator's address, without a database. */
  readonly url: string;
  /** As the server says it: `9.7.4-2`, `10.11.18-MariaDB-0+deb12u1`. */
  readonly version: string;
  /** Where it comes from, for people. */
  readonly origin: string;
  /** To stop, kill and start the server; `undefined` for one that this process did not start itself. */
  readonly control: ServerControl | undefined;
  /** A database that nothing else uses; it does not exist yet where `create` is false. */
  freshDatabase(options?: { readonly create: boolean }): Promise<TestDatabase>;
  query(sql: string): Promise<readonly Row[]>;
  /** The ids of the connections that use a database. */
  sessions(database: string): Promise<readonly number[]>;
}

/** The variable that names a running server; {@linkcode startDatabase} looks there first. */
export const URL_VARIABLE: Readonly<Record<DatabaseKind, string>> = {
  mysql: "LMS_TEST_MYSQL_URL",
  mariadb: "LMS_TEST_MARIADB_URL",
};

const IMAGE: Readonly<Record<DatabaseKind, string>> = { mysql: "mysql:8.4", mariadb: "mariadb:11" };

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
  stop(): Promise<void>;
}

/**
 * A server from the first of: the address in `LMS_TEST_MYSQL_URL` or `LMS_TEST_MARIADB_URL`; Docker, where an engine
 * answers; a server program that is installed; Debian's packages, unpacked below `LMS_CACHE` (default `.cache`).
 *
 * @param options.own Leaves the variable out, for tests that crash the server.
 * @throws {Error} Says why each of them failed and what to install.
 */
export async function startDatabase(
  kind: DatabaseKind,
  options: { readonly own: boolean } = { own: false },
): Promise<TestServer> {
  const given = options.own ? undefined : Deno.env.get(URL_VARIABLE[kind]);
  if (given !== undefined && given !== "") {
    const url = given.replace(/\/+$/, "");
    return await connected(kind, { url, origin: URL_VARIABLE[kind], stop: () => Promise.resolve() });
  }
  const cache = Deno.env.get("LMS_CACHE") ?? new URL("../../.cache", import.meta.url).pathname;
  const sources: readonly (readonly [name: string, start: () => Promise<Origin>])[] = [
    ["Docker", () => fromDocker(kind)],
    ["installed", async () => started(await ServerProcess.start(await installedProgram(kind)), "installed")],
    ["Debian", async () => {
      const program = await unpackedProgram(kind, cache);
      return started(await ServerProcess.start(program), program.origin);
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
    return await connected(kind, origin);
  }
  throw new Error(
    `No ${kind} server for tests. Set ${URL_VARIABLE[kind]} to an administrator's address, start Docker, install \
${kind === "mysql" ? "mysql-server" : "mariadb-server"}, or use a machine with apt and dpkg.\n  ${
      failures.join("\n  ")
    }`,
  );
}

function started(process: ServerProcess, origin: string): Origin {
  const stop = () => process[Symbol.asyncDispose]();
  return { url: `mysql://root@127.0.0.1:${process.port}`, origin, control: process, stop };
}

async function connected(kind: DatabaseKind, origin: Origin): Promise<TestServer> {
  const query = (sql: string) => runQuery(origin.url, sql);
  try {
    const [row] = await query("SELECT VERSION() AS version");
    return {
      kind,
      url: origin.url,
      version: String(row?.version),
      origin: origin.origin,
      control: origin.control,
      freshDatabase: (options = { create: true }) => freshDatabase(origin.url, options),
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

async function freshDatabase(server: string, options: { readonly create: boolean }): Promise<TestDatabase> {
  const name = `lms_test_${crypto.randomUUID().slice(0, 13).replaceAll("-", "")}`;
  if (options.create) await runQuery(server, `CREATE DATABASE ${name}`);
  return {
    name,
    url: `${server}/${name}`,
    query: (sql) => runQuery(`${server}/${name}`, sql),
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

async function fromDocker(kind: DatabaseKind): Promise<Origin> {
  const docker = async (...args: string[]) => {
    const { success, stdout, stderr } = await new Deno.Command("docker", { args }).output();
    const text = new TextDecoder().decode(success ? stdout : stderr).trim();
    if (!success) throw new Error(text.slice(-300));
    return text;
  };
  await docker("version", "--format", "{{.Server.Version}}");
  const environment = ["--env", "MYSQL_ALLOW_EMPTY_PASSWORD=1", "--env", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1"];
  // A port of ours rather than one that Docker chooses: that would be another one after a restart.
  const port = freePort();
  const id = await docker("create", ...environment, "--publish", `127.0.0.1:${port}:3306`, IMAGE[kind]);
  const remove = async () => {
    await docker("rm", "--force", "--volumes", id);
  };
  const control: ServerControl = {
    start: async () => {
      await docker("start", id);
      // The image's first start fills its data folder with a server that listens to no port.
      for (let tries = 0; !await greets(port); tries++) {
        if (tries === 1_200) throw new Error(`${IMAGE[kind]} did not open its port within 120 s`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    stop: async () => {
      await docker("stop", id);
    },
    kill: async () => {
      await docker("kill", id);
    },
    freeze: async () => {
      await docker("pause", id);
    },
    thaw: async () => {
      await docker("unpause", id);
    },
  };
  try {
    await control.start();
  } catch (error) {
    await remove();
    throw error;
  }
  return { url: `mysql://root@127.0.0.1:${port}`, origin: `Docker ${IMAGE[kind]}`, control, stop: remove };
}
