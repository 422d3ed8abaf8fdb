/**
 * The port of the server: gRPC and HTTP/1.1 on one, told apart by how a client begins.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { lookup } from "node:dns/promises";
import { createServer, isIP, type Server, type Socket } from "node:net";
import type { Conversations } from "../http/conversation.ts";
import type { Injector } from "./grpc_connections.ts";
import { protocolOf } from "./opening.ts";
import { socketTransport } from "./socket_transport.ts";

/** Whoever means to talk does so at once. */
const OPENING_MS = 10_000;

/** How long a client may take to end a connection that the server has ended, in milliseconds. */
const ENDING_MS = 250;

/** How many may be about to. One more closes the one that has been silent longest. */
const SILENT_MAX = 1024;

/** Where to listen, and who takes the connections. */
export interface PortOptions {
  /** An IP address, or a name that means one or more. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** How long a client may take to show what it speaks, in milliseconds. Default: 10 seconds. */
  readonly openingMs?: number;
  readonly grpc: Injector;
  readonly http: Conversations;
}

/** Listens, and hands connections to whom they are for. */
export class Port implements AsyncDisposable {
  readonly #options: PortOptions;
  readonly #listeners: Server[] = [];
  readonly #connections = new Set<Socket>();
  /** Those that have not shown what they speak, the one that is silent longest first. */
  readonly #silent = new Set<Socket>();
  #number: number;
  #closed: Promise<unknown> | undefined;

  /** @throws {Error} Where it can listen on no address of the host. */
  static async open(options: PortOptions): Promise<Port> {
    const { host } = options;
    const addresses = isIP(host) > 0 ? [host] : (await lookup(host, { all: true })).map(({ address }) => address);
    const port = new Port(options);
    const failures: unknown[] = [];
    for (const address of addresses) await port.#listen(address).catch((error) => failures.push(error));
    // One address of a name is enough: a machine without IPv6 may have a name for it all the same.
    if (port.#listeners.length === 0) throw failures[0];
    return port;
  }

  private constructor(options: PortOptions) {
    this.#options = options;
    this.#number = options.port;
  }

  /** The one that it is, where any would do. */
  get number(): number {
    return this.#number;
  }

  /** Breaks the connections that nobody has taken. */
  dropSilent(): void {
    for (const socket of this.#silent) socket.destroy();
  }

  /** Takes no more connections. Idempotent. */
  close(): void {
    this.#closed ??= Promise.all(
      this.#listeners.map((listener) => new Promise<void>((resolve) => listener.close(() => resolve()))),
    );
    this.dropSilent();
  }

  /** Closes, and ends every connection that is still open: breaks it where the client does not end it too. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await Promise.all([...this.#connections].map(end));
    await this.#closed;
  }

  async #listen(host: string): Promise<void> {
    // Whoever has asked, and has no more to say, still waits for the answer.
    const listener = createServer({ allowHalfOpen: true }, (socket) => this.#take(socket));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    listener.once("error", reject);
    listener.listen({ host, port: this.#number }, resolve);
    await promise;
    // What cannot be accepted, for want of files, is lost, and not the process.
    listener.on("error", () => {});
    const address = listener.address();
    if (typeof address === "object" && address !== null) this.#number = address.port;
    this.#listeners.push(listener);
  }

  #take(socket: Socket): void {
    // Such as that of a client that went away: "close" follows.
    socket.on("error", () => {});
    socket.setNoDelay(true);
    this.#connections.add(socket);
    socket.on("close", () => this.#connections.delete(socket));
    const [longest] = this.#silent;
    if (this.#silent.size >= SILENT_MAX) longest?.destroy();
    this.#listenTo(socket);
  }

  /** Until it has shown what it speaks. */
  #listenTo(socket: Socket): void {
    let begun = Buffer.alloc(0);
    const hear = (bytes: Buffer) => {
      begun = Buffer.concat([begun, bytes]);
      const protocol = protocolOf(begun);
      if (protocol === "undecided") return;
      over();
      socket.pause();
      if (protocol === "http/1.1") return this.#options.http.take(socketTransport(socket), begun);
      socket.allowHalfOpen = false;
      socket.unshift(begun);
      this.#options.grpc.inject(socket);
    };
    const leave = () => {
      over();
      socket.destroy();
    };
    const over = () => {
      clearTimeout(timer);
      this.#silent.delete(socket);
      socket.off("data", hear).off("end", leave).off("close", leave);
    };
    const timer = setTimeout(leave, this.#options.openingMs ?? OPENING_MS);
    this.#silent.add(socket);
    socket.on("data", hear).on("end", leave).on("close", leave);
  }
}

/**
 * Ends a connection. Breaking it at once would take from the client what was sent and not read yet: the other side of a
 * connection that is reset forgets what it has.
 */
function end(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => socket.destroy(), ENDING_MS);
  socket.once("close", () => {
    clearTimeout(timer);
    resolve();
  });
  socket.end();
  // What the client still says is of no interest, but has to be read.
  socket.resume();
  return promise;
}
