/**
 * An HTTP/1.1 server whose every part is bounded. What it cannot take costs a connection or a moment of the port, never
 * the process.
 *
 * Deno.serve ends the process where no file can be opened for a connection, and waits without end for the rest of a
 * request; node:http on Deno has limits, of which the one in time does nothing.
 *
 * @module
 */
import { sleep } from "../ops/sleep.ts";
import { type ConversationOptions, Conversations, type HttpLimits } from "./conversation.ts";
import { type Certificate, listen, type Listener } from "./listener.ts";

export type { Certificate, HttpLimits };

/** A server. Disposing stops it at once, and cuts off whoever has not finished asking or reading. */
export interface HttpServer extends AsyncDisposable {
  readonly address: Deno.NetAddr;
  /** Takes another certificate for the connections to come. @throws Where it cannot; then the one before goes on. */
  renew(certificate: Certificate): Promise<void>;
}

/** What a server is made of. */
export interface HttpServerOptions extends ConversationOptions {
  readonly hostname: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Absent: in plain text. */
  readonly certificate?: Certificate | undefined;
  /** Told of the first of some failures in a row to take a connection, such as for want of files; they are tried again. */
  readonly onRefused?: (error: Error) => void;
}

/** Between two tries to take a connection where there are no files for it. */
const REFUSED_MS = 250;

/**
 * Starts to answer requests.
 *
 * @throws When it cannot listen there, as Deno.listen and Deno.listenTls do.
 */
export function serveHttp(options: HttpServerOptions): HttpServer {
  return new Server(options, listen(options));
}

class Server implements HttpServer {
  readonly #options: HttpServerOptions;
  readonly #listener: Listener;
  readonly #conversations: Conversations;
  readonly #closing = new AbortController();
  readonly #accepting: Promise<void>;

  constructor(options: HttpServerOptions, listener: Listener) {
    this.#options = options;
    this.#listener = listener;
    this.#conversations = new Conversations(options);
    this.#accepting = this.#accept();
  }

  get address(): Deno.NetAddr {
    return this.#listener.address;
  }

  renew(certificate: Certificate): Promise<void> {
    return this.#listener.renew(certificate);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#listener.close();
    await this.#accepting;
    await this.#conversations[Symbol.asyncDispose]();
  }

  async #accept(): Promise<void> {
    const closing = this.#closing.signal;
    let refused = false;
    while (!closing.aborted) {
      try {
        const socket = await this.#listener.accept();
        refused = false;
        this.#conversations.take(socket);
      } catch (error) {
        if (closing.aborted) return;
        if (!refused) this.#options.onRefused?.(error as Error);
        refused = true;
        await sleep(REFUSED_MS, closing).catch(() => {}); // Called off by the end.
      }
    }
  }
}
