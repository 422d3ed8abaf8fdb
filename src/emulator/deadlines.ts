/**
 * Deadlines that callers send, as far as the gRPC server underneath can count.
 *
 * @module
 */
import type { Server } from "@grpc/grpc-js";

/** What a timer can count to, in milliseconds: about 24 days. What is beyond it is over at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Milliseconds in a unit of the header (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). */
const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

const HEADER = "grpc-timeout";

/** As much of an HTTP/2 server as is used here. */
interface StreamServer {
  prependListener(event: "stream", listener: (stream: unknown, headers: Record<string, unknown>) => void): void;
}

/**
 * Whether a deadline is so far away that a timer for it would be over at once.
 *
 * @param timeout The value of a `grpc-timeout` header: digits and a unit.
 */
export function isEndless(timeout: string): boolean {
  const match = /^(\d+)\s*([HMSmun])$/.exec(timeout);
  return match !== null && Number(match[1]) * UNIT_MS[match[2]!]! > TIMER_MS_MAX;
}

/**
 * Takes deadlines beyond what a timer can count from the requests that a gRPC server gets: to its handlers such a call
 * has none. Python's publisher sends one of 2^32 seconds with every ordered batch.
 *
 * Call it after the server has its ports or its injector; each has an HTTP/2 server of its own.
 */
export function dropEndlessDeadlines(server: Server): void {
  // grpc-js has no hook before the header is read, and shows its HTTP/2 servers to nobody.
  const { http2Servers } = server as unknown as { readonly http2Servers: ReadonlyMap<StreamServer, unknown> };
  for (const http2Server of http2Servers.keys()) {
    http2Server.prependListener("stream", (_stream, headers) => {
      if (isEndless(String(headers[HEADER] ?? ""))) delete headers[HEADER];
    });
  }
}
