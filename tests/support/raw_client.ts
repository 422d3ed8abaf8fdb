/**
 * A TCP client that says what it is told to, byte for byte.
 *
 * @module
 */
const [UTF8, LATIN1] = [new TextEncoder(), new TextDecoder("latin1")];

/** Its connection; disposing closes it. */
export class RawClient implements Disposable {
  readonly #connection: Deno.TcpConn;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** @param address `host:port`. */
  static async connect(address: string): Promise<RawClient> {
    const { hostname, port } = new URL(`http://${address}`);
    const connection = await Deno.connect({ hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port) });
    connection.setNoDelay(true);
    return new RawClient(connection);
  }

  async send(text: string | Uint8Array): Promise<void> {
    const bytes = typeof text === "string" ? UTF8.encode(text) : text;
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  /** Sends each byte in a packet of its own. */
  async dribble(text: string): Promise<void> {
    for (const byte of UTF8.encode(text)) {
      await this.send(Uint8Array.of(byte));
      // A turn of the loop, so that the server reads it.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** Says that it has no more to say. */
  async finish(): Promise<void> {
    await this.#connection.closeWrite();
  }

  /** Reads once. Empty: the server has closed. */
  async some(): Promise<string> {
    const buffer = new Uint8Array(65_536);
    try {
      return LATIN1.decode(buffer.subarray(0, await this.#connection.read(buffer) ?? 0));
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionReset) return "";
      throw error;
    }
  }

  /** Reads until this has come, or the server closes. */
  async until(text: string): Promise<string> {
    let read = "";
    for (let part = await this.some(); part !== ""; part = await this.some()) {
      read += part;
      if (read.includes(text)) break;
    }
    return read;
  }

  /** Reads until the server closes. */
  async all(): Promise<string> {
    let read = "";
    for (let part = await this.some(); part !== ""; part = await this.some()) read += part;
    return read;
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
