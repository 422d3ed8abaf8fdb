/**
 * A server that answers in place of a database and is after the password.
 *
 * @module
 */
import { concat } from "../../src/wire/protobuf.ts";
import { PacketSocket } from "./packet_socket.ts";
import type { TlsFiles } from "./tls.ts";

/** What it does with who connects. */
export interface Impostor {
  /** Its certificate, where it offers TLS. */
  readonly tls?: Pick<TlsFiles, "cert" | "key">;
  /** The plugin that it greets with and then asks to switch to. */
  readonly plugin: string;
  /** What it sends after the client's answer to the plugin, one packet for each answer. */
  readonly then?: readonly Uint8Array[];
}

/** Asks for the password itself where a hash would do: what a server says that has nothing in its cache. */
export const FULL_AUTHENTICATION: Uint8Array = Uint8Array.of(0x01, 0x04);

/** What X plugin's port says first: a notice, before anybody has asked. */
export const X_PROTOCOL_HELLO: Uint8Array<ArrayBuffer> = Uint8Array.of(5, 0, 0, 0, 0x0b, 8, 5, 0x1a, 0);

/** Each byte of what it gives clients to mix the password with. */
export const NONCE = 0x55;

const CLIENT_SSL = 0x800;
/** Long passwords, protocol 4.1, transactions, secure connections, plugins. */
const CAPABILITIES = 0x0008_a201 | 0x0008_0000;
const ER_ACCESS_DENIED = 1045;
const UTF8 = new TextEncoder();

/** Listens on a free port of 127.0.0.1 until it is disposed of. */
export class ImpostorServer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #tls: Deno.TlsListener | undefined;
  readonly #connections: Deno.Conn[] = [];
  readonly #under: Promise<unknown>[] = [];
  readonly #impostor: Impostor | Uint8Array<ArrayBuffer>;
  /** The packets that it got, in order, of all connections. */
  readonly received: Uint8Array[] = [];

  /** @param impostor What to do, or what to say and then be silent. */
  constructor(impostor: Impostor | Uint8Array<ArrayBuffer>) {
    this.#impostor = impostor;
    if (!(impostor instanceof Uint8Array) && impostor.tls !== undefined) {
      this.#tls = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...impostor.tls });
    }
    this.#under.push(this.#accept());
  }

  /** The port that clients connect to. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** All that it got, as text. */
  get heard(): string {
    return this.received.map((packet) => new TextDecoder("latin1").decode(packet)).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#tls?.close();
    for (const connection of this.#connections) close(connection);
    while (this.#under.length > 0) await this.#under.pop();
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.push(connection);
      this.#under.push(this.#serve(connection).catch(() => {}).finally(() => close(connection)));
    }
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    const impostor = this.#impostor;
    if (impostor instanceof Uint8Array) {
      await connection.write(impostor);
      await connection.read(new Uint8Array(1));
      return;
    }
    let socket = new PacketSocket(connection);
    await socket.write(greeting(impostor));
    const response = await this.#read(socket);
    if (this.#tls !== undefined && (response[1]! << 8 & CLIENT_SSL) !== 0) {
      const { sequence } = socket;
      socket = new PacketSocket(await this.#encrypted(connection, { read: socket.rest(), listener: this.#tls }));
      socket.sequence = sequence;
      await this.#read(socket);
    }
    const nonce = new Uint8Array(20).fill(NONCE);
    await socket.write(concat([Uint8Array.of(0xfe), UTF8.encode(`${impostor.plugin}\0`), nonce, Uint8Array.of(0)]));
    for (const packet of impostor.then ?? []) {
      await this.#read(socket);
      await socket.write(packet);
    }
    await this.#read(socket);
    await socket.write(
      concat([Uint8Array.of(0xff, ER_ACCESS_DENIED % 256, ER_ACCESS_DENIED >> 8), UTF8.encode("#28000Access denied")]),
    );
  }

  async #read(socket: PacketSocket): Promise<Uint8Array> {
    const packet = await socket.read();
    this.received.push(packet);
    return packet;
  }

  /** Goes on with the connection over TLS. Deno starts TLS on a listener's connections only, so it goes through one. */
  async #encrypted(
    connection: Deno.TcpConn,
    { read, listener }: { readonly read: Uint8Array; readonly listener: Deno.TlsListener },
  ): Promise<Deno.TlsConn> {
    const [inner, plain] = await Promise.all([
      listener.accept(),
      Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    ]);
    this.#connections.push(inner, plain);
    await plain.write(read);
    const ignored = () => {};
    this.#under.push(
      connection.readable.pipeTo(plain.writable).catch(ignored),
      plain.readable.pipeTo(connection.writable).catch(ignored),
    );
    return inner;
  }
}

function greeting({ plugin, tls }: Impostor): Uint8Array {
  const capabilities = CAPABILITIES | (tls === undefined ? 0 : CLIENT_SSL);
  const nonce = new Uint8Array(20).fill(NONCE);
  return concat([
    Uint8Array.of(10),
    UTF8.encode("9.7.4\0"),
    Uint8Array.of(7, 0, 0, 0),
    nonce.subarray(0, 8),
    Uint8Array.of(0, capabilities & 0xff, capabilities >> 8 & 0xff, 255, 2, 0),
    Uint8Array.of(capabilities >> 16 & 0xff, capabilities >> 24 & 0xff, 21),
    new Uint8Array(10),
    nonce.subarray(8),
    Uint8Array.of(0),
    UTF8.encode(`${plugin}\0`),
  ]);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It ended before.
  }
}
