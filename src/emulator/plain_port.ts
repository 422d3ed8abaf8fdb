/**
 * The server's port without TLS: gRPC, and HTTP/1.1 beside it.
 *
 * @module
 */
import type { Server } from "@grpc/grpc-js";
import { Conversations } from "../http/conversation.ts";
import { type Injector, injectorOf } from "./grpc_connections.ts";
import type { CallAnswerer } from "./calls.ts";
import type { JsonApi } from "./json_api.ts";
import { refusalResponse } from "./json_errors.ts";
import { Port } from "./port.ts";

/** What clients of one machine need, and more; each may wait in a pull. */
const LIMITS = {
  connections: 256,
  requestMs: 60_000,
  // Google's own servers let a client be silent for about as long; one that is closed on may lose its next request.
  idleMs: 240_000,
  // A publish request of 10 MiB, in base64, and what is said around it.
  bodyBytes: 14 * 1024 * 1024,
} as const;

/** What it needs. */
export interface PlainPortOptions {
  /** An IP address, or a name that means one or more. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Answers what comes in JSON. */
  readonly calls: CallAnswerer;
}

/** Connections of both kinds, from their beginning to their end. */
export class PlainPort implements AsyncDisposable {
  readonly #grpc: Injector;
  readonly #http: Conversations;
  readonly #port: Port;

  /**
   * @param server Which serves the connections that speak gRPC.
   * @throws {Error} Where it cannot listen there.
   */
  static async open(server: Server, { host, port, calls }: PlainPortOptions): Promise<PlainPort> {
    const grpc = injectorOf(server);
    const http = new Conversations({ limits: LIMITS, answer: answerer(calls), refuse: refusalResponse });
    return new PlainPort({ grpc, http, port: await Port.open({ host, port, grpc, http }) });
  }

  private constructor({ grpc, http, port }: { grpc: Injector; http: Conversations; port: Port }) {
    this.#grpc = grpc;
    this.#http = http;
    this.#port = port;
  }

  /** The port's number. */
  get number(): number {
    return this.#port.number;
  }

  /** Breaks every connection; new ones are taken. */
  dropConnections(): void {
    this.#grpc.drop();
    this.#http.drop();
    this.#port.dropSilent();
  }

  /** Takes no more connections. Idempotent. */
  close(): void {
    this.#port.close();
  }

  /** Breaks what is still open. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
    await this.#port[Symbol.asyncDispose]();
  }
}

/** A health check, or the JSON API, which is loaded when it is asked something. */
function answerer(calls: CallAnswerer): (request: Request) => Response | Promise<Response> {
  let loading: Promise<JsonApi> | undefined;
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/" && (request.method === "GET" || request.method === "HEAD")) {
      // As Google's emulator says it.
      return new Response("Ok\n", { headers: { "content-length": "3" } });
    }
    loading ??= import("./json_api.ts").then(({ JsonApi }) => new JsonApi(calls));
    return await (await loading).answer(request);
  };
}
