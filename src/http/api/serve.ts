/**
 * The API on a socket.
 *
 * @module
 */
import { MESSAGE_BYTES_MAX } from "../../entry/limits.ts";
import { type Certificate, type HttpLimits, type HttpServer, serveHttp } from "../server.ts";
import { type Api, URL_MAX } from "./api.ts";

/** Where it is served, and what is told. */
export interface ServeApiOptions {
  readonly hostname: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly certificate?: Certificate | undefined;
  readonly onRefused: (error: Error) => void;
  readonly onFailed: (error: unknown) => void;
  readonly limits?: Partial<HttpLimits>;
}

const LIMITS: HttpLimits = {
  // As many tails as there may be, and as many others; half of the files that most systems let a process open.
  connections: 512,
  requestMs: 10_000,
  idleMs: 60_000,
  // The longest URL, and 16 KiB for the headers.
  headBytes: URL_MAX + 16 * 1024,
  // A dead letter replayed with the largest payload there is, however that is escaped.
  bodyBytes: MESSAGE_BYTES_MAX,
  // A tail in a browser's page behind others sleeps for about so long.
  stalledMs: 60_000,
};

/** Serves it. Disposing cuts off whoever is being answered; the API itself stays. @throws Where it cannot listen there. */
export function serveApi(api: Api, { limits, ...options }: ServeApiOptions): HttpServer {
  return serveHttp({
    ...options,
    limits: { ...LIMITS, ...limits },
    answer: (request) => api.answer(request),
    refuse: (status, message) => api.refuse(status, message),
  });
}
