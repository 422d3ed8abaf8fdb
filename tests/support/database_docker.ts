/**
 * A MySQL or MariaDB server in a Docker container: fresh data, a free port on 127.0.0.1, user `root` without password.
 *
 * @module
 */
import { type DatabaseKind, freePort, greets, type ServerControl } from "./database_server.ts";

const IMAGE: Readonly<Record<DatabaseKind, string>> = { mysql: "mysql:8.4", mariadb: "mariadb:11" };

/** How the server is started. */
export interface DockerOptions {
  /** Options of the server program. */
  readonly args: readonly string[];
  /** Files of this machine, in one folder, that the container is to have under the same paths. */
  readonly files: readonly string[];
}

/** A running server; the container is removed when it is disposed. */
export class DockerServer implements ServerControl, AsyncDisposable {
  readonly pid = undefined;
  readonly port: number;
  readonly image: string;
  readonly #id: string;

  private constructor(id: string, { port, image }: { readonly port: number; readonly image: string }) {
    this.#id = id;
    this.port = port;
    this.image = image;
  }

  /** Makes a container and starts it; resolves when the server takes connections. */
  static async start(kind: DatabaseKind, { args, files }: DockerOptions): Promise<DockerServer> {
    await docker("version", "--format", "{{.Server.Version}}");
    const image = IMAGE[kind];
    const environment = ["--env", "MYSQL_ALLOW_EMPTY_PASSWORD=1", "--env", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1"];
    // A port of ours rather than one that Docker chooses: that would be another one after a restart.
    const port = freePort();
    const id = await docker("create", ...environment, "--publish", `127.0.0.1:${port}:3306`, image, ...args);
    const server = new DockerServer(id, { port, image });
    try {
      await server.#copy(files);
      await server.start();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  async start(): Promise<void> {
    await docker("start", this.#id);
    // The image's first start fills its data folder with a server that listens to no port.
    for (let tries = 0; !await greets(this.port); tries++) {
      if (tries === 1_200) throw new Error(`${this.image} did not open its port within 120 s`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async stop(): Promise<void> {
    await docker("stop", this.#id);
  }

  async kill(): Promise<void> {
    await docker("kill", this.#id);
  }

  async freeze(): Promise<void> {
    await docker("pause", this.#id);
  }

  async thaw(): Promise<void> {
    await docker("unpause", this.#id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await docker("rm", "--force", "--volumes", this.#id);
  }

  /** With rights that let the server's own user in the container read them. */
  async #copy(files: readonly string[]): Promise<void> {
    if (files.length === 0) return;
    const folder = files[0]!.replace(/\/[^/]+$/, "");
    await Deno.chmod(folder, 0o755);
    for (const file of files) await Deno.chmod(file, 0o644);
    await docker("cp", folder, `${this.#id}:${folder.replace(/\/[^/]+$/, "/")}`);
  }
}

async function docker(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("docker", { args }).output();
  const text = new TextDecoder().decode(success ? stdout : stderr).trim();
  if (!success) throw new Error(text.slice(-300));
  return text;
}
