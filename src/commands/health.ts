/**
 * Serves health checks as the settings say.
 *
 * @module
 */
import { type Config, nameOf } from "../config.ts";
import { type HttpServer, serveHttp } from "../http/server.ts";
import { answerProbe, type Health } from "../ops/health.ts";
import type { Log } from "../ops/logger.ts";
import type { HEALTH_SETTINGS } from "./settings.ts";

/** What serving needs. */
export interface ServeHealthOptions {
  /** What is told to whoever asks. */
  readonly health: Health;
  readonly log: Log;
}

/**
 * Listens on the address that the settings name, or nowhere when they name no port. Disposing stops
 * listening, and cuts off whoever has not finished asking.
 *
 * @throws When it cannot listen there, with the setting to change.
 */
export function serveHealth(
  { healthHost: host, healthPort: port }: Config<typeof HEALTH_SETTINGS[number]>,
  { health, log }: ServeHealthOptions,
): AsyncDisposable {
  if (port === undefined) return new AsyncDisposableStack();
  let server: HttpServer;
  try {
    server = serveHttp({
      hostname: host,
      port,
      answer: (request) => answerProbe(health, request),
      onRefused: (error) => log.warn("cannot take connections for health checks; trying again", { error }),
      onFailed: (error) => log.error("cannot answer a health check", { error }),
    });
  } catch (error) {
    throw new Error(problem(`Cannot answer health checks on ${hostAndPort(host, port)}`, error), { cause: error });
  }
  log.info("answering health checks", { address: hostAndPort(host, server.address.port) });
  return server;
}

function problem(what: string, error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return `${what}: another program listens there; set ${nameOf("healthPort")} to a port that is free, or to 0`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `${what}: the system does not allow it; set ${nameOf("healthPort")} to a port from 1024 on`;
  }
  if (error instanceof Deno.errors.NotCapable) return `${what}: ${error.message}, which this program was not given`;
  const reason = error instanceof Error ? error.message : String(error);
  return `${what}: ${reason}; set ${nameOf("healthHost")} to an address of this machine, such as 127.0.0.1 or 0.0.0.0`;
}

function hostAndPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
