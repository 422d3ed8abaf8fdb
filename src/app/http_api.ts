/**
 * Serves the HTTP API as the settings say.
 *
 * @module
 */
import { type Config, nameOf } from "../config/settings.ts";
import type { HTTP_SETTINGS, HttpAddress } from "../config/settings/http.ts";
import { UsageError } from "../config/usage_error.ts";
import { createApi, type DeadLetterActions } from "../http/api/api.ts";
import { Page } from "../http/page/page.ts";
import { serveApi } from "../http/api/serve.ts";
import { TokenFiles } from "../http/guard/token_files.ts";
import type { Access } from "../http/guard/tokens.ts";
import type { Certificate } from "../http/listener.ts";
import type { HttpServer } from "../http/server.ts";
import type { LogQueries } from "../reading/log_queries.ts";
import type { Context } from "./context.ts";
import { readCertificate, watchCertificate } from "./http_certificate.ts";
import { whyNotListening } from "./listening.ts";
import { readSecret } from "./secret_file.ts";
import { hostAndPort } from "./serve_health.ts";

/** The settings. */
export type HttpConfig = Config<keyof typeof HTTP_SETTINGS>;

/** What serving speaks through. */
export type HttpContext = Pick<Context, "log" | "readFile" | "readPage" | "version">;

/** What is served. */
export interface Served {
  readonly queries: LogQueries;
  /** What replays and drops dead letters; absent: nothing does. */
  readonly actions?: DeadLetterActions | undefined;
  /** Answers `/livez` and `/readyz`. */
  readonly probe: (request: Request) => Response | Promise<Response>;
}

/** The API at work. Disposing stops it. */
export interface ServedApi extends AsyncDisposable {
  /** Where people find it: `http://127.0.0.1:8080`. */
  readonly url: string;
}

/** Settings of the API that can work, with their files read. */
export interface HttpPlan {
  /** Whether somebody may change something. */
  readonly changes: boolean;
  /** Begins to serve. @throws When it cannot listen there, with the setting to change. */
  serve(served: Served): Promise<ServedApi>;
}

/** Where an API is served that nobody gave an address; a free port where this one is taken. */
export const HTTP_DEFAULT: HttpAddress = { host: "127.0.0.1", port: 8080 };

const TOKEN_SETTINGS = { read: "httpTokenFile", admin: "httpAdminTokenFile" } as const;

/**
 * Checks the settings and reads their files, before anything else begins.
 *
 * @throws {UsageError} Where they cannot work, such as an address that others reach and no token.
 */
export async function planHttp(config: HttpConfig, context: HttpContext): Promise<HttpPlan> {
  const { readFile } = context;
  const address = config.http ?? HTTP_DEFAULT;
  const certificate = await readCertificate(config, readFile);
  const tokens = await openTokens(config, context);
  if (tokens === undefined && !isLoopback(address.host)) {
    throw new UsageError(
      `Cannot serve the API on ${
        hostAndPort(address.host, address.port)
      } without a token: others could read the logs; ` +
        `set ${nameOf("httpTokenFile")}, or listen on 127.0.0.1`,
    );
  }
  return {
    changes: tokens?.has("admin") ?? false,
    serve: (served) => serve(served, { config, context, address, certificate, tokens }),
  };
}

interface Plan {
  readonly config: HttpConfig;
  readonly context: HttpContext;
  readonly address: HttpAddress;
  readonly certificate: Certificate | undefined;
  readonly tokens: TokenFiles | undefined;
}

async function serve({ queries, actions, probe }: Served, plan: Plan): Promise<ServedApi> {
  const { config, context: { log, readFile, readPage, version }, address, certificate, tokens } = plan;
  await using stack = new AsyncDisposableStack();
  const { httpHosts = [], httpBasePath = "" } = config;
  const page = await readPage?.();
  if (readPage !== undefined && page === undefined) log.warn("there is no dashboard: deno task page builds it");
  const api = createApi({
    queries,
    actions,
    tokens,
    readNeedsToken: tokens !== undefined && (tokens.has("read") || !isLoopback(address.host)),
    hosts: httpHosts,
    basePath: httpBasePath,
    probe,
    page: page && new Page(page, httpBasePath),
    version,
    log,
  });
  const server = stack.use(listen(plan, (place) =>
    serveApi(api, {
      ...place,
      certificate,
      onRefused: (error) => log.warn("cannot take connections for the HTTP API; trying again", { error }),
      onFailed: (error) => log.error("cannot answer a request", { error }),
    })));
  // Before the server: streams end as streams do.
  stack.use(api);
  if (certificate !== undefined) {
    const read = () => readCertificate(config, readFile);
    stack.use(watchCertificate({ server, current: certificate, read, log }));
  }
  const scheme = certificate === undefined ? "http" : "https";
  const url = `${scheme}://${hostAndPort(address.host, server.address.port)}${httpBasePath}`;
  log.info("serving the HTTP API", { url, reading: readingOf(plan), changing: tokens?.has("admin") ?? false });
  if (tokens === undefined && (httpHosts.length > 0 || httpBasePath !== "")) {
    log.warn(
      "the HTTP API seems to be behind a proxy, and needs no token: whoever reaches the proxy reads the logs",
    );
  }
  const open = stack.move();
  return { url, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

function readingOf({ address, tokens }: Plan): string {
  if (tokens === undefined) return "without a token";
  return tokens.has("read") || !isLoopback(address.host) ? "with a token" : "without a token";
}

/** Listens, on a free port where nobody chose the one that is taken. */
function listen({ config, context, address: { host, port } }: Plan, at: (place: Place) => HttpServer): HttpServer {
  try {
    return at({ hostname: host, port });
  } catch (error) {
    if (config.http === undefined && error instanceof Deno.errors.AddrInUse) {
      // The address is told next, by whoever serves.
      context.log.info("another program listens on the port of the HTTP API; taking a free one", { port });
      return at({ hostname: host, port: 0 });
    }
    const invalid = error instanceof Deno.errors.InvalidData || /KeyMismatch/.test(String(error));
    if (invalid) {
      throw new UsageError(
        `Cannot use ${nameOf("httpCertFile")} and ${nameOf("httpKeyFile")}: ${(error as Error).message}`,
      );
    }
    const why = whyNotListening(error, { host: "http", port: "http" });
    throw new Error(`Cannot serve the HTTP API on ${hostAndPort(host, port)}: ${why}`, { cause: error });
  }
}

interface Place {
  readonly hostname: string;
  readonly port: number;
}

async function openTokens(config: HttpConfig, { log, readFile }: HttpContext): Promise<TokenFiles | undefined> {
  const named = (["read", "admin"] as const).filter((access) => config[TOKEN_SETTINGS[access]] !== undefined);
  if (named.length === 0) return undefined;
  const setting = (access: Access) => `${nameOf(TOKEN_SETTINGS[access])} "${config[TOKEN_SETTINGS[access]]}"`;
  const tokens = await TokenFiles.open({
    files: named.map((access) => ({
      access,
      read: () =>
        readSecret(config[TOKEN_SETTINGS[access]]!, {
          setting: nameOf(TOKEN_SETTINGS[access]),
          holds: "a token",
          readFile,
        }),
    })),
    onProblem: (access, problem) =>
      log.warn("a file of tokens cannot be used; what it held before goes on", { file: setting(access), problem }),
    onChange: (access) => log.info("other tokens count from now on", { file: setting(access) }),
  });
  if (tokens.ok) return tokens.value;
  const { access, problem } = tokens.problem;
  throw new UsageError(`Cannot use ${setting(access)}: it ${problem}; write one with: openssl rand -hex 32`);
}

/** Whether nobody else reaches it. A name may be any address, but for this one. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
