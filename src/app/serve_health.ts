/**
 * Serves health checks as the settings say.
 *
 * @module
 */
import type { Config } from "../config/settings.ts";
import type { HEALTH_SETTINGS } from "../config/settings/health.ts";
import { type HttpServer, serveHttp } from "../http/server.ts";
import type { Log } from "../ops/logger.ts";
import { whyNotListening } from "./listening.ts";

/** What serving needs. */
export interface ServeHealthOptions {
  /** What is told to whoever asks. */
  readonly answer: (request: Request) => Response | Promise<Response>;
  readonly log: Log;
}

/**
 * Listens on the address that the settings name, or nowhere when they name no port. Disposing stops
 * listening, and cuts off whoever has not finished asking.
 *
 * @throws When it cannot listen there, with the setting to change.
 */
export function serveHealth(
  { healthHost: host, healthPort: port }: Config<keyof typeof HEALTH_SETTINGS>,
  { answer, log }: ServeHealthOptions,
): AsyncDisposable {
  if (port === undefined) return new AsyncDisposableStack();
  let server: HttpServer;
  try {
    server = serveHttp({
      hostname: host,
      port,
      answer,
      onRefused: (error) => log.warn("cannot take connections for health checks; trying again", { error }),
      onFailed: (error) => log.error("cannot answer a health check", { error }),
    });
  } catch (error) {
    const why = whyNotListening(error, { host: "healthHost", port: "healthPort" });
    throw new Error(`Cannot answer health checks on ${hostAndPort(host, port)}: ${why}`, { cause: error });
  }
  log.info("answering health checks", { address: hostAndPort(host, server.address.port) });
  return server;
}

/** As a URL has them: an IPv6 address in brackets. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
