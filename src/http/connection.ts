/**
 * One client's connection, as a conversation in HTTP uses it.
 *
 * @module
 */
import type { RequestSource } from "./request.ts";

/** What carries the bytes: a `Deno.TcpConn`, or something else that can do the same. */
export interface Transport {
  /** How many bytes came; `null` where the client has sent its last. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** How many of these bytes were taken. */
  write(bytes: Uint8Array): Promise<number>;
  /** Tells the client that this was the last. */
  closeWrite(): Promise<void>;
  /** Called once. Whoever reads or writes fails. */
  close(): void;
}

/** How much is read at once. */
const READ_BYTES = 16 * 1024;

const PROCEED = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/** A client's connection. */
export class Connection implements RequestSource {
  /** Whether a request of it is being answered; else its client is waited for. */
  answering = false;
  rest: Uint8Array;
  readonly #transport: Transport;
  readonly #stalledMs: number;
  readonly #end = new AbortController();
  #filling: Promise<boolean> | undefined;

  constructor(transport: Transport, options: { readonly begun: Uint8Array; readonly stalledMs: number }) {
    this.#transport = transport;
    this.rest = options.begun;
    this.#stalledMs = options.stalledMs;
  }

  get closed(): boolean {
    return this.ended.aborted;
  }

  /** Aborted when it is closed at this side. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  fill(): Promise<boolean> {
    this.#filling ??= this.#fill().finally(() => this.#filling = undefined);
    return this.#filling;
  }

  async #fill(): Promise<boolean> {
    const buffer = new Uint8Array(READ_BYTES);
    const count = await this.#transport.read(buffer);
    if (count === null) return false;
    const come = buffer.subarray(0, count);
    if (this.rest.length === 0) {
      this.rest = come;
      return true;
    }
    const joined = new Uint8Array(this.rest.length + count);
    joined.set(this.rest);
    joined.set(come, this.rest.length);
    this.rest = joined;
    return true;
  }

  async proceed(): Promise<void> {
    await this.send(PROCEED);
  }

  /** Sends all of these bytes. */
  async send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += await this.within(this.#stalledMs, () => this.#transport.write(bytes.subarray(at)));
    }
  }

  /**
   * Looks out for the client while its request is answered: calls this once it has gone. One that says more is not
   * listened to any further.
   */
  watch(gone: () => void): void {
    if (this.rest.length > 0) return;
    this.fill().then((more) => more || gone(), gone);
  }

  /** Ends what is sent, and takes what the client still sends: closed at once, it might never read the answer. */
  async finish(): Promise<void> {
    await this.#transport.closeWrite();
    do this.rest = new Uint8Array(0); while (await this.fill());
  }

  /** Closes it where the work takes longer, which then fails. */
  async within<T>(ms: number, work: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.close(), ms);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    if (this.closed) return;
    this.#end.abort();
    this.#transport.close();
  }
}

/** Whether a read or write failed because the client went away. */
export function isGone(error: unknown): boolean {
  return [
    Deno.errors.BrokenPipe,
    Deno.errors.ConnectionAborted,
    Deno.errors.ConnectionReset,
    // What came was no TLS, or the client thinks nothing of the certificate.
    Deno.errors.InvalidData,
    Deno.errors.NotConnected,
    Deno.errors.UnexpectedEof,
  ].some((kind) => error instanceof kind);
}
