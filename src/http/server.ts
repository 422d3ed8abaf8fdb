/**
 * An HTTP/1.1 server whose every part is bounded: connections, the time and size of a request, the time that a reader of
 * an answer may stand still. What it cannot take costs a connection or a moment of the port, never the process.
 *
 * Deno.serve ends the process where no file can be opened for a connection, and waits without end for the rest of a
 * request; node:http on Deno has limits, of which the one in time does nothing.
 *
 * @module
 */
import { sleep } from "../ops/sleep.ts";
import { readRequest, RequestError } from "./request.ts";
import { type WriteOptions, writeResponse } from "./response.ts";

/** How much of everything, where all have the whole machine to themselves. */
export interface HttpLimits {
  /** Open connections. One more closes the one that has waited longest for its client. */
  readonly connections: number;
  /** From the opening, or the last answer, to the end of the next request. */
  readonly requestMs: number;
  /** Request line and headers. */
  readonly headBytes: number;
  readonly bodyBytes: number;
  /** For as long a client may take nothing of its answer. */
  readonly stalledMs: number;
}

/** A server. Disposing stops it at once, and cuts off whoever has not finished asking or reading. */
export interface HttpServer extends AsyncDisposable {
  readonly address: Deno.NetAddr;
}

/** What a server is made of. */
export interface HttpServerOptions {
  readonly hostname: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly limits?: Partial<HttpLimits>;
  /** The URL's host is always `localhost`: what the client wrote is in the header, and is any text at all. */
  readonly answer: (request: Request) => Response | Promise<Response>;
  /** Told of the first of some failures in a row to take a connection, such as for want of files; they are tried again. */
  readonly onRefused?: (error: Error) => void;
  /** Told of what `answer` threw, which the client gets as 500. */
  readonly onFailed?: (error: unknown) => void;
}

const LIMITS: HttpLimits = {
  // Few beside the files that a process may open, 1,024 on most machines; a probe takes one for milliseconds.
  connections: 64,
  requestMs: 10_000,
  headBytes: 16 * 1024,
  bodyBytes: 64 * 1024,
  stalledMs: 10_000,
};

/** Between two tries to take a connection where there are no files for it. */
const REFUSED_MS = 250;

/**
 * Starts to answer requests.
 *
 * @throws When it cannot listen there, as Deno.listen does.
 */
export function serveHttp(options: HttpServerOptions): HttpServer {
  return new Server(options, Deno.listen({ hostname: options.hostname, port: options.port }));
}

class Server implements HttpServer {
  readonly #options: HttpServerOptions;
  readonly #limits: HttpLimits;
  readonly #listener: Deno.TcpListener;
  /** In the order in which they began to wait for their clients. */
  readonly #connections = new Map<Connection, Promise<void>>();
  readonly #closing = new AbortController();
  readonly #accepting: Promise<void>;

  constructor(options: HttpServerOptions, listener: Deno.TcpListener) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#listener = listener;
    this.#accepting = this.#accept();
  }

  get address(): Deno.NetAddr {
    return this.#listener.addr as Deno.NetAddr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#listener.close();
    await this.#accepting;
    const ends = [...this.#connections.values()];
    for (const connection of this.#connections.keys()) connection.close();
    await Promise.all(ends);
  }

  async #accept(): Promise<void> {
    const closing = this.#closing.signal;
    let refused = false;
    while (!closing.aborted) {
      try {
        const socket = await this.#listener.accept();
        refused = false;
        this.#take(new Connection(socket));
      } catch (error) {
        if (closing.aborted) return;
        if (!refused) this.#options.onRefused?.(error as Error);
        refused = true;
        await sleep(REFUSED_MS, closing).catch(() => {}); // Called off by the end.
      }
    }
  }

  #take(connection: Connection): void {
    if (this.#connections.size >= this.#limits.connections) {
      const [longest] = [...this.#connections.keys()].filter(({ answering }) => !answering);
      // The newcomer has waited shortest, and yet is the one to go where all others are being answered.
      if (longest === undefined) return connection.close();
      this.#connections.delete(longest);
      longest.close();
    }
    const end = this.#converse(connection).finally(() => {
      connection.close();
      this.#connections.delete(connection);
    });
    this.#connections.set(connection, end);
  }

  /** Answers requests until the client goes, asks to end, or asks what cannot be understood. */
  async #converse(connection: Connection): Promise<void> {
    try {
      let again = true;
      while (again && !connection.closed) again = await this.#exchange(connection);
    } catch (error) {
      // A client that went away, or whom a limit has cut off.
      if (!connection.closed && !isGone(error)) this.#options.onFailed?.(error);
    }
  }

  /** One request and its answer; whether there may be another. */
  async #exchange(connection: Connection): Promise<boolean> {
    let request;
    try {
      request = await connection.within(this.#limits.requestMs, () => readRequest(connection, this.#limits));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const response = new Response(`${error.message}\n`, { status: error.status });
      await writeResponse(response, { ...this.#wayOut(connection), keepAlive: false, chunked: false });
      return false;
    }
    if (request === undefined) return false;
    connection.answering = true;
    try {
      const response = await this.#answer(request.request);
      const { keepAlive, chunked, withBody } = request;
      await writeResponse(response, { ...this.#wayOut(connection), keepAlive, chunked, withBody });
      return keepAlive;
    } finally {
      connection.answering = false;
      this.#waitsAgain(connection);
    }
  }

  async #answer(request: Request): Promise<Response> {
    try {
      return await this.#options.answer(request);
    } catch (error) {
      this.#options.onFailed?.(error);
      return new Response("internal error\n", { status: 500 });
    }
  }

  #wayOut(connection: Connection): Pick<WriteOptions, "send" | "ended"> {
    const send = async (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length;) {
        at += await connection.within(this.#limits.stalledMs, () => connection.write(bytes.subarray(at)));
      }
    };
    return { send, ended: connection.ended };
  }

  /** Moves it to the end of those that wait. */
  #waitsAgain(connection: Connection): void {
    const end = this.#connections.get(connection);
    if (end === undefined) return;
    this.#connections.delete(connection);
    this.#connections.set(connection, end);
  }
}

/** A client's connection. */
class Connection {
  /** Whether a request of it is being answered; else its client is waited for. */
  answering = false;
  /** What was read and belongs to a request to come. */
  rest: Uint8Array = new Uint8Array(0);
  readonly #socket: Deno.TcpConn;
  readonly #end = new AbortController();

  constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  get closed(): boolean {
    return this.ended.aborted;
  }

  /** Aborted when it is closed at this side. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#socket.read(buffer);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#socket.write(bytes);
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
    this.#socket.close();
  }
}

function isGone(error: unknown): boolean {
  return [
    Deno.errors.BrokenPipe,
    Deno.errors.ConnectionAborted,
    Deno.errors.ConnectionReset,
    Deno.errors.NotConnected,
    Deno.errors.UnexpectedEof,
  ].some((kind) => error instanceof kind);
}
