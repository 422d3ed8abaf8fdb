/**
 * MySQL's packets on a socket.
 *
 * @module
 */
import { concat } from "../../src/wire/protobuf.ts";

/** Reads and writes packets without their headers: 3 bytes of length, and a number that counts within an exchange. */
export class PacketSocket {
  readonly #connection: Deno.TcpConn | Deno.TlsConn;
  #unread: Uint8Array<ArrayBuffer> = new Uint8Array();
  #closed = false;
  /** The number of the next packet. */
  sequence = 0;

  constructor(connection: Deno.TcpConn | Deno.TlsConn) {
    this.#connection = connection;
    // Else small packets wait for each other, 40 ms at a time.
    if ("setNoDelay" in connection) connection.setNoDelay();
  }

  async read(): Promise<Uint8Array<ArrayBuffer>> {
    const header = await this.#bytes(4);
    this.sequence = (header[3]! + 1) % 256;
    return await this.#bytes(header[0]! + 256 * header[1]! + 65_536 * header[2]!);
  }

  async write(packet: Uint8Array): Promise<void> {
    const { length } = packet;
    const sent = concat([Uint8Array.of(length, length >> 8, length >> 16, this.sequence), packet]);
    this.sequence = (this.sequence + 1) % 256;
    for (let written = 0; written < sent.length;) written += await this.#connection.write(sent.subarray(written));
  }

  /** What came and was not read; it is read now. */
  rest(): Uint8Array<ArrayBuffer> {
    const rest = this.#unread;
    this.#unread = new Uint8Array();
    return rest;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }

  async #bytes(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const pieces = [this.#unread];
    let missing = count - this.#unread.length;
    while (missing > 0) {
      const piece = new Uint8Array(Math.max(missing, 16_384));
      const read = await this.#connection.read(piece);
      if (read === null) throw new Deno.errors.UnexpectedEof();
      pieces.push(piece.subarray(0, read));
      missing -= read;
    }
    const all = concat(pieces);
    this.#unread = all.slice(count);
    return all.slice(0, count);
  }
}
