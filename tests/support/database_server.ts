/**
 * A MySQL or MariaDB server as a process of this test run: fresh data, a free port on 127.0.0.1, user `root` without
 * password.
 *
 * @module
 */
import { type DebianPackage, unpack } from "./debian_packages.ts";

/** Which of the two servers. */
export type DatabaseKind = "mysql" | "mariadb";

/** A server program and how it makes a data folder. */
export interface ServerProgram {
  /** What it is and where it comes from, for people. */
  readonly origin: string;
  /** The command line with the options that every start needs. */
  readonly command: readonly string[];
  /** SQL that fills a data folder; `undefined` where the program has an option for that. */
  readonly bootstrapSql: string | undefined;
}

/** MySQL is in no stable release; MariaDB comes from an old one, to test what is still in use. */
const PACKAGES: Readonly<Record<DatabaseKind, DebianPackage>> = {
  mysql: { suite: "sid", name: "mysql-server-core", without: /^(perl|libperl|libgdbm|libdb5|gcc-)/ },
  mariadb: { suite: "oldstable", name: "mariadb-server-core", without: /^(perl|libperl|libgdbm|libdb5|gcc-)/ },
};

const PROGRAM: Readonly<Record<DatabaseKind, string>> = { mysql: "mysqld", mariadb: "mariadbd" };
const FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/usr/local/mysql/bin", "/usr/bin", "/usr/local/bin"];

/** How long a server may take to open its port or to stop, in milliseconds; both take 1 to 5 s. */
const PATIENCE_MS = 60_000;

/** The program where it is installed. @throws {Error} Where it is not. */
export async function installedProgram(kind: DatabaseKind): Promise<ServerProgram> {
  for (const folder of FOLDERS) {
    const path = `${folder}/${PROGRAM[kind]}`;
    const version = await output([path, "--no-defaults", "--version"]).catch(() => undefined);
    // Debian's `mysqld` may be MariaDB under its old name.
    if (version === undefined || /MariaDB/i.test(version) !== (kind === "mariadb")) continue;
    return await program({ kind, command: [path], root: "", origin: `${path}, ${version.trim()}` });
  }
  throw new Error(`${PROGRAM[kind]} is in none of ${FOLDERS.join(", ")}`);
}

/** The program out of Debian's packages, unpacked below `cache`. */
export async function unpackedProgram(kind: DatabaseKind, cache: string): Promise<ServerProgram> {
  const { name, suite } = PACKAGES[kind];
  const { root, command } = await unpack(PACKAGES[kind], `${cache}/${name}-${suite}`);
  return await program({
    kind,
    command: command(`/usr/sbin/${PROGRAM[kind]}`),
    root,
    origin: `Debian ${suite} ${name}`,
  });
}

interface Found {
  readonly kind: DatabaseKind;
  readonly command: readonly string[];
  /** The folder that stands for `/`; empty for the machine's own. */
  readonly root: string;
  readonly origin: string;
}

async function program({ kind, command, root, origin }: Found): Promise<ServerProgram> {
  const options = ["--no-defaults", `--user=${await output(["id", "-un"]).then((name) => name.trim())}`];
  const share = await shareFolder(root);
  if (root !== "") {
    options.push(`--basedir=${root}/usr`, `--lc-messages-dir=${share}`, `--character-sets-dir=${share}/charsets`);
  }
  if (kind === "mysql") {
    // A server asks for no second protocol's port, and reads and writes no files for its clients.
    options.push("--mysqlx=OFF", "--secure-file-priv=NULL");
    return { origin, command: [...command, ...options], bootstrapSql: undefined };
  }
  return { origin, command: [...command, ...options], bootstrapSql: await mariadbBootstrap(share) };
}

async function shareFolder(root: string): Promise<string> {
  for (const path of [`${root}/usr/share/mariadb`, `${root}/usr/share/mysql`, `${root}/usr/local/mysql/share`]) {
    if (await Deno.stat(`${path}/charsets`).then(() => true, () => false)) return path;
  }
  throw new Error(`no share/mysql below ${root === "" ? "/" : root}`);
}

/** What `mariadb-install-db` feeds to the server; a statement there ends at its line. */
async function mariadbBootstrap(share: string): Promise<string> {
  const read = (name: string) =>
    Deno.readTextFile(`${share}/mariadb_${name}.sql`).catch(() => Deno.readTextFile(`${share}/mysql_${name}.sql`));
  const files = await Promise.all(["system_tables", "performance_tables", "system_tables_data"].map(read));
  return ["use mysql;", "set @auth_root_socket=NULL;", ...files].join("\n");
}

/** Ends a server and starts it again on the same data and port. */
export interface ServerControl {
  /** Its process id; `undefined` while it does not run, and of one in a container. */
  readonly pid: number | undefined;
  /** Resolves when the server takes connections. */
  start(): Promise<void>;
  /** Ends it cleanly. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Stops it in its tracks: connections stay open and nothing answers. */
  freeze(): Promise<void>;
  /** Lets a frozen server go on. */
  thaw(): Promise<void>;
}

/** A running server; the folder with its data is deleted when it is disposed. */
export class ServerProcess implements ServerControl, AsyncDisposable {
  readonly port: number;
  /** Its unix socket: a path. */
  readonly socketPath: string;
  readonly #command: readonly string[];
  readonly #folder: string;
  #child: Deno.ChildProcess | undefined;

  private constructor(command: readonly string[], at: { readonly folder: string; readonly port: number }) {
    this.#command = command;
    this.#folder = at.folder;
    this.port = at.port;
    this.socketPath = `${at.folder}/socket`;
  }

  /**
   * Makes a data folder and starts the server; resolves when it takes connections.
   *
   * @param options Further options of the program.
   */
  static async start(
    { command, bootstrapSql }: ServerProgram,
    options: readonly string[] = [],
  ): Promise<ServerProcess> {
    const folder = await Deno.makeTempDir({ prefix: "lms-database-" });
    try {
      const data = [...command, `--datadir=${folder}/data`];
      await Deno.mkdir(`${folder}/data`);
      if (bootstrapSql === undefined) {
        await output([...data, "--initialize-insecure"]);
      } else {
        await Deno.mkdir(`${folder}/data/mysql`);
        await output([...data, "--bootstrap", "--skip-grant-tables"], bootstrapSql);
      }
      const server = new ServerProcess([...data, ...options], { folder, port: freePort() });
      await server.start();
      return server;
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  async start(): Promise<void> {
    const [program, ...args] = [
      ...this.#command,
      ...[`--port=${this.port}`, "--bind-address=127.0.0.1"],
      ...[`--socket=${this.socketPath}`, `--pid-file=${this.#folder}/pid`, `--log-error=${this.#folder}/log.err`],
    ];
    const child = new Deno.Command(program!, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
    this.#child = child;
    const ended = child.status.then(() => false);
    const deadline = Date.now() + PATIENCE_MS;
    while (!await Promise.race([ended, greets(this.port)])) {
      const over = await Promise.race([ended.then(() => true), sleep(50).then(() => false)]);
      if (!over && Date.now() < deadline) continue;
      await this.kill();
      throw new Error(`the server did not start: ${(await this.#log()).slice(-1000)}`);
    }
  }

  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  freeze(): Promise<void> {
    this.#child?.kill("SIGSTOP");
    return Promise.resolve();
  }

  thaw(): Promise<void> {
    this.#child?.kill("SIGCONT");
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    try {
      child.kill(signal);
    } catch (error) {
      // It ended by itself.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
    const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    await child.status;
    clearTimeout(timer);
  }

  async #log(): Promise<string> {
    return await Deno.readTextFile(`${this.#folder}/log.err`).catch(() => "no log");
  }
}

/** Whether something on the port sends first, which a MySQL or MariaDB server does when it takes connections. */
export async function greets(port: number, hostname = "127.0.0.1"): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname, port });
    return await connection.read(new Uint8Array(1)) === 1;
  } catch {
    return false;
  }
}

/** A port of 127.0.0.1 that nothing listens on just now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** What a program prints. @throws {Error} With what it said when it fails. */
async function output(command: readonly string[], input?: string): Promise<string> {
  const [program, ...args] = command;
  const child = new Deno.Command(program!, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  // A program that ends before it read everything says why on its own.
  await writer.write(new TextEncoder().encode(input ?? "")).then(() => writer.close()).catch(() => {});
  const { success, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`${program} failed: ${text(stderr).trim().slice(-1000)}`);
  return text(stdout);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
