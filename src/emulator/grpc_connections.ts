/**
 * How connections that somebody else has accepted come to the gRPC server.
 *
 * @module
 */
import type { Socket } from "node:net";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import { dropEndlessDeadlines } from "./deadlines.ts";

/** Serves gRPC in plain text on connections that it is given. */
export interface Injector {
  /** @param socket With nothing of it read, or all of that put back. */
  inject(socket: Socket): void;
  /** Breaks the connections that it was given. */
  drop(): void;
}

/** Makes an injector of the server. It ends with the server. */
export function injectorOf(server: Server): Injector {
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  dropEndlessDeadlines(server);
  return {
    inject: (socket) => injector.injectConnection(socket),
    drop: () => injector.drain(0),
  };
}
