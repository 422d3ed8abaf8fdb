/**
 * A TCP proxy that loses what a test wants lost: the network between LMS and a server.
 *
 * @module
 */

/**
 * What becomes of bytes that a client sent:
 *
 * - `pass`: the server gets them;
 * - other bytes: the server gets those in their place;
 * - `stall`: nobody gets them, and both sides stay connected;
 * - `lose answer`: the server gets them, and the client is cut off before the answer. The server is told nothing;
 * - `lose request`: the client is cut off and the server gets nothing, and is told nothing.
 */
export type Fate = "pass" | "stall" | "lose answer" | "lose request" | Uint8Array<ArrayBuffer>;

/** Decides about each piece that a client sends, as it comes from the socket. */
export type Decide = (bytes: Uint8Array<ArrayBuffer>) => Fate;

/** Listens on a free port of 127.0.0.1; disposing cuts every connection. */
export class TcpProxy implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #target: Deno.ConnectOptions;
  readonly #connections = new Set<Deno.Conn>();
  readonly #under: Promise<void>[] = [];
  /** Connections that lead nowhere. */
  readonly #mute = new Set<Deno.Conn>();
  /** Bytes that servers sent so far. */
  answeredBytes = 0;
  /** Whether new connections are accepted and nothing else: nobody is connected to, and what comes is lost. */
  silent = false;
  readonly #swallowed = new WeakSet<Deno.Conn>();
  /** What happens to what clients send; may be changed at any time. */
  decide: Decide = () => "pass";

  constructor(target: Deno.ConnectOptions) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#under.push(this.#accept());
  }

  /** Connections that lead nowhere and that clients have not left. */
  get muteConnections(): number {
    return this.#mute.size;
  }

  /** The port that clients connect to. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Cuts every connection, wherever its bytes are, and goes on listening. Returns how many there were. */
  cut(): number {
    const connections = [...this.#connections];
    this.#connections.clear();
    for (const connection of connections) close(connection);
    return connections.length / 2;
  }

  /** From now on the present connections lose what either side sends, and stay open. Returns how many there are. */
  swallow(): number {
    for (const connection of this.#connections) this.#swallowed.add(connection);
    return this.#connections.size / 2;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of [...this.#connections, ...this.#mute]) close(connection);
    while (this.#under.length > 0) await this.#under.pop();
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) this.#under.push(this.#serve(client));
  }

  async #serve(client: Deno.TcpConn): Promise<void> {
    if (this.silent) {
      this.#mute.add(client);
      await pump(client, () => Promise.resolve());
      this.#mute.delete(client);
      return close(client);
    }
    const server = await Deno.connect(this.#target).catch(() => undefined);
    // As a proxy does whose server is away.
    if (server === undefined) return close(client);
    this.#connections.add(client).add(server);
    const answers = pump(server, async (bytes) => {
      if (this.#swallowed.has(server)) return;
      this.answeredBytes += bytes.length;
      await writeAll(client, bytes);
    }).finally(() => close(client));
    let told = true;
    await pump(client, async (bytes) => {
      if (this.#swallowed.has(client)) return;
      const fate = this.decide(bytes);
      if (fate === "stall") return;
      if (fate === "lose answer" || fate === "lose request") {
        told = false;
        close(client);
      }
      if (fate !== "lose request") await writeAll(server, fate instanceof Uint8Array ? fate : bytes);
    });
    if (told) close(server);
    await answers;
    close(server);
    this.#connections.delete(client);
    this.#connections.delete(server);
  }
}

async function pump(from: Deno.Conn, to: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
      await to(buffer.slice(0, read));
    }
  } catch {
    // One side was cut; what that means is up to the other side.
  }
}

async function writeAll(to: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await to.write(bytes.subarray(written));
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
