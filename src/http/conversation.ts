/**
 * Conversations in HTTP/1.1 whose every part is bounded: how many there are, the time and size of a request, the time
 * that a reader of an answer may stand still.
 *
 * @module
 */
import { Connection, isGone, type Transport } from "./connection.ts";
import { readRequest, RequestError } from "./request.ts";
import { writeResponse } from "./response.ts";

export type { Transport };

/** How much of everything, where all have the whole machine to themselves. */
export interface HttpLimits {
  /** Open connections. One more closes the one that has waited longest for its client. */
  readonly connections: number;
  /** From the opening, or the last answer, to the end of the next request. */
  readonly requestMs: number;
  /** How long a client may be silent between an answer and its next request; the time of a request runs from then. Default: none. */
  readonly idleMs?: number;
  /** Request line and headers. */
  readonly headBytes: number;
  readonly bodyBytes: number;
  /** For as long a client may take nothing of its answer. */
  readonly stalledMs: number;
}

/** What is told, and to whom. */
export interface ConversationOptions {
  readonly limits?: Partial<HttpLimits>;
  /**
   * The URL's host is always `localhost`: what the client wrote is in the header, and is any text at all. The request's
   * signal is aborted when the client goes away.
   */
  readonly answer: (request: Request) => Response | Promise<Response>;
  /** The answer to what cannot be read as a request. Default: the message as text. */
  readonly refuse?: (status: number, message: string) => Response;
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

/** How long a client may go on sending what was refused, so that it comes to read why. */
const FINISH_MS = 1_000;

const NOTHING = new Uint8Array(0);

/** Every conversation that is going on. Disposing cuts off whoever has not finished asking or reading. */
export class Conversations implements AsyncDisposable {
  readonly #options: ConversationOptions;
  readonly #limits: HttpLimits;
  /** In the order in which they began to wait for their clients. */
  readonly #connections = new Map<Connection, Promise<void>>();

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  /** Begins one. @param begun What the client has said already. */
  take(transport: Transport, begun: Uint8Array = NOTHING): void {
    const connection = new Connection(transport, { begun, stalledMs: this.#limits.stalledMs });
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

  /** Cuts off those that are going on. */
  drop(): void {
    for (const connection of this.#connections.keys()) connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ends = [...this.#connections.values()];
    this.drop();
    await Promise.all(ends);
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
    const { requestMs } = this.#limits;
    const gone = new AbortController();
    let request;
    try {
      request = await connection.within(
        requestMs,
        () => readRequest(connection, { ...this.#limits, signal: gone.signal }),
      );
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const { refuse = refusal } = this.#options;
      const response = refuse(error.status, error.message);
      await writeResponse(response, { ...wayOut(connection), keepAlive: false, chunked: false });
      await connection.within(FINISH_MS, () => connection.finish());
      return false;
    }
    if (request === undefined) return false;
    connection.answering = true;
    try {
      connection.watch(() => gone.abort());
      const response = await this.#answer(request.request);
      const { keepAlive, chunked, withBody } = request;
      await writeResponse(response, { ...wayOut(connection), keepAlive, chunked, withBody });
      if (!keepAlive) return false;
    } finally {
      connection.answering = false;
      this.#waitsAgain(connection);
    }
    const { idleMs } = this.#limits;
    if (idleMs === undefined || connection.rest.length > 0) return true;
    return await connection.within(idleMs, () => connection.fill());
  }

  async #answer(request: Request): Promise<Response> {
    try {
      return await this.#options.answer(request);
    } catch (error) {
      this.#options.onFailed?.(error);
      return new Response("internal error\n", { status: 500 });
    }
  }

  /** Moves it to the end of those that wait. */
  #waitsAgain(connection: Connection): void {
    const end = this.#connections.get(connection);
    if (end === undefined) return;
    this.#connections.delete(connection);
    this.#connections.set(connection, end);
  }
}

function refusal(status: number, message: string): Response {
  return new Response(`${message}\n`, { status });
}

function wayOut(connection: Connection) {
  return { send: (bytes: Uint8Array) => connection.send(bytes), ended: connection.ended };
}
