/**
 * A proxy between MySQL's clients and a server that does what ProxySQL and vtgate do: it greets clients with numbers of
 * its own, runs each transaction on any of its connections to the server, names computed columns as it likes, and takes
 * `KILL` for one of its clients.
 *
 * For clients of one database without TLS, without a password, and with one statement under way at a time.
 *
 * @module
 */
import { concat } from "../../src/wire/protobuf.ts";
import { PacketSocket } from "./packet_socket.ts";

/** An error that the proxy answers in place of the server. */
export interface ProxyError {
  readonly number: number;
  readonly message: string;
}

interface Client {
  readonly socket: PacketSocket;
  /** Its connection to the server: that of the transaction it is in, or for good. */
  server: PacketSocket | undefined;
  inTransaction: boolean;
  /** Whether it has what only one connection has: a lock of the session, a prepared statement. */
  bound: boolean;
  /** The commands that set something for the session. */
  readonly settings: Uint8Array<ArrayBuffer>[];
}

const COMMAND = { quit: 0x01, query: 0x03, prepare: 0x16, closeStatement: 0x19, reset: 0x1f } as const;
const ER_NO_SUCH_THREAD = 1094;
const OK = Uint8Array.of(0, 0, 0, 2, 0, 0, 0);
const LATIN1 = new TextDecoder("latin1");
const UTF8 = new TextEncoder();

/** Listens on a free port of 127.0.0.1; disposing cuts every connection. */
export class MysqlProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #target: { readonly hostname: string; readonly port: number };
  readonly #clients = new Map<number, Client>();
  /** Connections to the server, as many as there are clients without one; the one that rested longest comes first. */
  readonly #idle: PacketSocket[] = [];
  readonly #orphans: PacketSocket[] = [];
  readonly #under: Promise<void>[] = [];
  /** The number that the next client is greeted with, and the one after it; `undefined`: the server's number. */
  nextId: number | undefined = 1_000_000;
  /** Whether a client finds what it has set on each connection to the server; else what the server presets. */
  keepsSettings = true;
  /** An error for a statement, in place of the server's answer. */
  answer: (sql: string) => ProxyError | undefined = () => undefined;

  constructor(target: { readonly hostname: string; readonly port: number }) {
    this.#target = target;
    this.#under.push(this.#accept());
  }

  /** The port that clients connect to. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Loses every client; the transactions they were in stay open at the server until {@linkcode endOrphans}. */
  cut(): void {
    for (const [id, client] of this.#clients) {
      if (client.inTransaction && client.server !== undefined) this.#orphans.push(client.server);
      else this.#leave(client);
      this.#clients.delete(id);
      client.socket.close();
    }
  }

  /** Lets the server know that the lost clients are gone. */
  endOrphans(): void {
    for (const server of this.#orphans.splice(0)) server.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    this.endOrphans();
    while (this.#under.length > 0) await this.#under.pop();
  }

  async #accept(): Promise<void> {
    for await (const socket of this.#listener) this.#under.push(this.#serve(new PacketSocket(socket)));
  }

  async #serve(socket: PacketSocket): Promise<void> {
    const client: Client = { socket, server: undefined, inTransaction: false, bound: false, settings: [] };
    let id: number | undefined;
    try {
      id = await this.#greet(client);
      for (let command = await socket.read(); command[0] !== COMMAND.quit; command = await socket.read()) {
        await this.#run(client, command);
      }
    } catch {
      // One side was cut; what that means is up to the other side.
    }
    socket.close();
    if (id === undefined || this.#clients.get(id) !== client) return;
    this.#clients.delete(id);
    this.#leave(client);
  }

  #leave(client: Client): void {
    (client.server ?? this.#idle.shift())?.close();
  }

  /** The server itself lets the client in; the connection is then for all. */
  async #greet(client: Client): Promise<number> {
    const server = new PacketSocket(await Deno.connect(this.#target));
    try {
      const greeting = await server.read();
      const number = new DataView(greeting.buffer);
      // Behind the version of the protocol and that of the server, a text that ends with a zero.
      const at = greeting.indexOf(0, 1) + 1;
      if (this.nextId !== undefined) number.setUint32(at, this.nextId++, true);
      await client.socket.write(greeting);
      let reply: Uint8Array;
      do {
        await server.write(await client.socket.read());
        reply = await server.read();
        await client.socket.write(reply);
      } while (reply[0] !== 0x00);
      const id = number.getUint32(at, true);
      this.#clients.set(id, client);
      this.#idle.push(server);
      return id;
    } catch (error) {
      server.close();
      throw error;
    }
  }

  async #run(client: Client, command: Uint8Array<ArrayBuffer>): Promise<void> {
    // In front of the statement stands how many attributes it has, where client and server know of these.
    const sql = command[0] === COMMAND.query ? LATIN1.decode(command.subarray(1)).replace("\0\x01", "") : "";
    const [, killed] = /^KILL (\d+)/.exec(sql) ?? [];
    const error = killed === undefined ? this.answer(sql) : this.#kill(Number(killed));
    if (error !== undefined) return await client.socket.write(errorPacket(error));
    if (killed !== undefined) return await client.socket.write(OK);

    client.bound ||= command[0] === COMMAND.prepare || sql.includes("GET_LOCK(");
    client.server ??= await this.#take(client);
    await exchange(client.server, command, (packet) => client.socket.write(packet));
    if (sql.startsWith("SET ")) client.settings.push(command);
    if (sql.startsWith("START TRANSACTION")) client.inTransaction = true;
    if (/^(COMMIT|ROLLBACK)$/.test(sql)) client.inTransaction = false;
    if (client.bound || client.inTransaction) return;
    this.#idle.push(client.server);
    client.server = undefined;
  }

  async #take(client: Client): Promise<PacketSocket> {
    const server = this.#idle.shift()!;
    const ignored = () => Promise.resolve();
    await exchange(server, Uint8Array.of(COMMAND.reset), ignored);
    if (this.keepsSettings) { for (const setting of client.settings) await exchange(server, setting, ignored); }
    return server;
  }

  #kill(id: number): ProxyError | undefined {
    const client = this.#clients.get(id);
    if (client === undefined) return { number: ER_NO_SUCH_THREAD, message: `Unknown thread id: ${id}` };
    client.socket.close();
    return undefined;
  }
}

/** Sends a command to the server and hands over its whole answer. */
async function exchange(
  server: PacketSocket,
  command: Uint8Array,
  to: (packet: Uint8Array) => Promise<void>,
): Promise<void> {
  server.sequence = 0;
  await server.write(command);
  if (command[0] === COMMAND.closeStatement) return;
  const first = await server.read();
  await to(first);
  if (first[0] === 0xff) return;
  // How many lists follow, each with an end: of columns and rows, or of a statement's parameters and columns.
  let lists = 2;
  if (first[0] === 0x00) {
    if (command[0] !== COMMAND.prepare) return;
    const counts = new DataView(first.buffer);
    lists = [counts.getUint16(5, true), counts.getUint16(7, true)].filter((count) => count > 0).length;
  }
  const named = command[0] === COMMAND.query;
  for (let list = 0; list < lists; list++) {
    for (let ended = false; !ended;) {
      const packet = await server.read();
      if (packet[0] === 0xff) return await to(packet);
      ended = packet[0] === 0xfe && packet.length < 9;
      await to(named && list === 0 && !ended ? renamed(packet) : packet);
    }
  }
}

/** The definition of a column, with the name that the table has for it, or none. */
function renamed(column: Uint8Array): Uint8Array {
  // Catalog, schema, table's alias, table, alias, name: each behind its length.
  const starts: number[] = [];
  for (let text = 0, at = 0; text < 6; text++) {
    starts.push(at);
    at += column[at] === 0xfc ? 3 + column[at + 1]! + 256 * column[at + 2]! : 1 + column[at]!;
  }
  const [alias, name] = starts.slice(4) as [number, number];
  const original = column.subarray(name, name + 1 + column[name]!);
  return concat([
    column.subarray(0, alias),
    original.length > 1 ? original : UTF8.encode("\x01?"),
    column.subarray(name),
  ]);
}

function errorPacket({ number, message }: ProxyError): Uint8Array {
  return concat([Uint8Array.of(0xff, number % 256, number >> 8), UTF8.encode(`#HY000${message}`)]);
}
