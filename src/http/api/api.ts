/**
 * The HTTP API: a request in, an answer out, without a socket.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import type { Log } from "../../ops/logger.ts";
import type { LogQueries } from "../../reading/log_queries.ts";
import { Admission, type AdmissionLimits, type Leave } from "../guard/admission.ts";
import { textResponse } from "../guard/compress.ts";
import { guarded } from "../guard/headers.ts";
import { hostProblem } from "../guard/hosts.ts";
import type { TokenFiles } from "../guard/token_files.ts";
import { type Bearer, bearerOf, tokenIn } from "../guard/tokens.ts";
import type { Page } from "../page/page.ts";
import { TailHub } from "../tail/hub.ts";
import { acceptedType } from "./accept.ts";
import { readBody } from "./body.ts";
import { Failures } from "./failure.ts";
import { entryJson } from "./json.ts";
import { openApiDocument } from "./openapi.ts";
import { readParameters, searchOf, type WrongParameter } from "./parameter.ts";
import { Problem, problemResponse } from "./problem.ts";
import { type Lane, namesInPath, type Route, route } from "./route.ts";
import { countRoutes } from "./routes/counts.ts";
import { type DeadLetterActions, deadLetterRoutes } from "./routes/dead_letters.ts";
import { exportRoutes } from "./routes/export.ts";
import { logsRoutes } from "./routes/logs.ts";
import { operationRoutes } from "./routes/operation.ts";
import { tailRoutes } from "./routes/tail.ts";

export type { DeadLetterActions };

/** What an API is made of. */
export interface ApiOptions {
  readonly queries: LogQueries;
  /** Absent: nothing can be changed. */
  readonly actions?: DeadLetterActions | undefined;
  /** Absent: there are none. */
  readonly tokens?: TokenFiles | undefined;
  /** Whether reading takes a token; changing always does. */
  readonly readNeedsToken: boolean;
  /** Names that it has besides addresses and `localhost`, in small letters. */
  readonly hosts: readonly string[];
  /** Before every path: empty, or `/` and a name, without a `/` at its end. */
  readonly basePath: string;
  /** Answers `/livez` and `/readyz`, for whoever asks under whatever name. Default: they are not there. */
  readonly probe?: ((request: Request) => Response | Promise<Response>) | undefined;
  /** The dashboard, below the base path. Default: there is none. */
  readonly page?: Page | undefined;
  /** Of the program, for the document. */
  readonly version: string;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  readonly limits?: Partial<Readonly<Record<Lane, AdmissionLimits>>>;
}

/** Answers requests until it is disposed, which ends every stream. */
export interface Api extends AsyncDisposable {
  answer(request: Request): Promise<Response>;
  /** The answer to what the server cannot read as a request. */
  refuse(status: number, message: string): Response;
}

/**
 * How much at once. Queries share a few connections, and each may take a second: eight keep these busy, and more would
 * wait there. A stream that is read slowly costs memory only.
 */
const LIMITS: Readonly<Record<Lane, AdmissionLimits>> = {
  answers: { most: 8, queue: 64, waitMs: 2_000 },
  tails: { most: 256, queue: 0, waitMs: 0 },
  exports: { most: 4, queue: 0, waitMs: 0 },
};

/**
 * The longest URL, in characters: a query's 4,096 as nine each, percent-encoded from UTF-8, and 4 KiB for the rest.
 */
export const URL_MAX = 4_096 * 9 + 4_096;

const PROBES = ["/livez", "/readyz"];

/** Makes an API. */
export function createApi(options: ApiOptions): Api {
  return new LogApi(options);
}

class LogApi implements Api {
  readonly #options: ApiOptions;
  readonly #failures: Failures;
  readonly #lanes: Readonly<Record<Lane, Admission>>;
  readonly #hub: TailHub;
  readonly #app: Hono;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#failures = new Failures(options.log);
    const limits = { ...LIMITS, ...options.limits };
    this.#lanes = {
      answers: new Admission(limits.answers),
      tails: new Admission(limits.tails),
      exports: new Admission(limits.exports),
    };
    const onFailed = (error: unknown) => void this.#failures.problemOf(error, "/v1/tail");
    this.#hub = new TailHub({ queries: options.queries, entryJson, onFailed });
    this.#app = this.#routed(this.#routes());
  }

  async answer(request: Request): Promise<Response> {
    const path = pathOf(request.url);
    try {
      const probe = this.#probeOf(path);
      if (probe !== undefined) {
        // As if there were no base path.
        return guarded(await probe(new Request(`http://localhost${path.slice(path.lastIndexOf("/"))}`, request)));
      }
      if (request.url.length > URL_MAX) {
        throw new Problem("url_too_long", {
          detail: `The URL has ${request.url.length} characters, over ${URL_MAX}`,
          remedy: "shorten the query",
        });
      }
      const host = hostProblem(request.headers, this.#options.hosts);
      if (host !== undefined) throw new Problem(host.kind, host);
      const page = await this.#options.page?.answer(request, path);
      if (page !== undefined) return guarded(page);
      return guarded(await this.#app.fetch(request));
    } catch (error) {
      return this.#failed(error, path);
    }
  }

  refuse(status: number, message: string): Response {
    const kind = status === 413 ? "too_large" : status === 431 ? "headers_too_large" : "bad_request";
    return guarded(
      kind !== "bad_request" || status === 400
        ? problemResponse(kind, { detail: message })
        : new Response(`${message}\n`, { status }),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#hub[Symbol.asyncDispose]();
  }

  #routes(): Route[] {
    const { queries, actions, log, version, basePath } = this.#options;
    const routes = [
      ...logsRoutes({ queries }),
      ...countRoutes({ queries }),
      ...operationRoutes({ queries }),
      ...deadLetterRoutes({ queries, actions, log }),
      ...tailRoutes({ hub: this.#hub }),
      ...exportRoutes({ queries, onFailed: (error) => void this.#failures.problemOf(error, "/v1/export") }),
    ];
    const all = [...routes, documentRoute(() => document)];
    const document = openApiDocument(all, { version, basePath });
    return all;
  }

  #routed(routes: readonly Route[]): Hono {
    const app = new Hono({ strict: true }).basePath(this.#options.basePath);
    for (const [path, there] of Map.groupBy(routes, ({ path }) => path)) {
      const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1");
      for (const route of there) app.on(route.method, pattern, (context) => this.#dispatch(route, context));
      const allow = there.flatMap(({ method }) => method === "GET" ? ["GET", "HEAD"] : [method]).join(", ");
      app.all(pattern, ({ req }) => {
        throw new Problem("method_not_allowed", {
          detail: `${req.method} is not done here`,
          remedy: `use ${allow}`,
          headers: { allow },
        });
      });
    }
    app.notFound(({ req }) => {
      throw new Problem("not_found", {
        detail: `There is no ${req.path.slice(0, 200)}`,
        remedy: `${this.#options.basePath}/openapi.json has every path`,
      });
    });
    app.onError((error, { req }) => this.#failed(error, req.path));
    return app;
  }

  #failed(error: unknown, path: string): Response {
    const { kind, details } = this.#failures.problemOf(error, path);
    return guarded(problemResponse(kind, details));
  }

  async #dispatch(route: Route, { req }: Context): Promise<Response> {
    const request = req.raw;
    const bearer = await this.#authorize(route, request);
    const type = acceptedOf(route, request);
    const path = Object.fromEntries(namesInPath(route.path).map((name) => [name, req.param(name) ?? ""]));
    const search = searchOf(request.url);
    if (!search.ok) throw wrongParameter(search.problem);
    const read = readParameters(route.parameters, { path, search: search.value });
    if (!read.ok) throw wrongParameter(read.problem);
    // What a stream would be is known without one.
    if ("stream" in route.answer && request.method === "HEAD") {
      return new Response(null, { headers: { "content-type": type } });
    }
    const body = route.body === undefined ? undefined : await readBody(request, route.body);
    const leave = await this.#enter(route.lane, request.signal);
    let streaming = false;
    try {
      const asked = { values: read.value, body, request, bearer, nowMs: Date.now(), type, leave };
      const answer = await route.handle(asked);
      if (answer instanceof Response) {
        streaming = true;
        return answer;
      }
      return textResponse(`${JSON.stringify(answer)}\n`, { request, headers: { "content-type": type } });
    } finally {
      if (!streaming) leave();
    }
  }

  /** @throws {Problem} Where the one who asks may not. */
  async #authorize({ access }: Route, request: Request): Promise<Bearer | undefined> {
    const { tokens, readNeedsToken } = this.#options;
    if (access === "none") return undefined;
    if (access === "admin" && !tokens?.has("admin")) {
      throw new Problem("not_allowed", {
        detail: "This server changes nothing without tokens for it",
        remedy: "set HTTPADMINTOKENFILE, or use lms dead-letters",
      });
    }
    const authorization = request.headers.get("authorization");
    if (authorization === null && access === "read" && !readNeedsToken) return undefined;
    const token = authorization === null ? undefined : tokenIn(authorization);
    const bearer = token === undefined ? undefined : bearerOf(token, await tokens?.tokens() ?? []);
    if (bearer === undefined) {
      // A token that is not asked for says nothing wrong.
      if (access === "read" && !readNeedsToken) return undefined;
      throw new Problem("no_token", {
        field: "authorization",
        detail: authorization === null ? "There is no token" : "The token is not known here",
        remedy: `send "authorization: Bearer" and a token of ${
          access === "admin" ? "HTTPADMINTOKENFILE" : "HTTPTOKENFILE"
        }`,
        headers: { "www-authenticate": `Bearer realm="lms"${authorization === null ? "" : ', error="invalid_token"'}` },
      });
    }
    if (access === "admin" && bearer.access !== "admin") {
      throw new Problem("not_allowed", {
        field: "authorization",
        detail: "This token is for reading",
        remedy: "send a token of HTTPADMINTOKENFILE",
        headers: { "www-authenticate": 'Bearer realm="lms", error="insufficient_scope"' },
      });
    }
    return bearer;
  }

  /** @throws {Problem} Where there is no place. */
  async #enter(lane: Lane, signal: AbortSignal): Promise<Leave> {
    const leave = await this.#lanes[lane].enter(signal);
    if (leave !== undefined) return leave;
    throw new Problem("too_many", {
      detail: `Too many ${LANE_NAMES[lane]} are under way`,
      remedy: "ask again after the seconds that retry-after says",
      headers: { "retry-after": lane === "answers" ? "1" : "10" },
    });
  }

  #probeOf(path: string): ApiOptions["probe"] {
    const { probe, basePath } = this.#options;
    return PROBES.some((one) => path === one || path === basePath + one) ? probe : undefined;
  }
}

const LANE_NAMES: Readonly<Record<Lane, string>> = { answers: "requests", tails: "tails", exports: "exports" };

function pathOf(url: string): string {
  return /^\w+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] ?? "";
}

/** @throws {Problem} Where none of the types is taken that it answers with. */
function acceptedOf({ answer }: Route, request: Request): string {
  const types = "json" in answer ? ["application/json"] : answer.stream;
  const type = acceptedType(request.headers.get("accept"), types);
  if (type !== undefined) return type;
  throw new Problem("not_acceptable", {
    field: "accept",
    detail: `The answer is ${types.join(" or ")}`,
    remedy: "accept it",
  });
}

function wrongParameter({ field, problem, remedy }: WrongParameter): Problem {
  return new Problem("bad_parameter", { field, detail: `${field} ${problem}`, remedy });
}

/** The document of all routes, this one as well. */
function documentRoute(document: () => unknown): Route {
  return route({
    method: "GET",
    path: "/openapi.json",
    operation: "readDocument",
    summary: "This document",
    access: "none",
    lane: "answers",
    parameters: {},
    answer: { json: v.record(v.string(), v.unknown()), description: "OpenAPI 3.1" },
    handle: () => document() as Record<string, unknown>,
  });
}
