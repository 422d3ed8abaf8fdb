/**
 * The HTTP API without a socket, whose every answer is held against its own document.
 *
 * @module
 */
import { assert } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type Api, type ApiOptions, createApi } from "../../src/http/api/api.ts";
import { TokenFiles } from "../../src/http/guard/token_files.ts";
import { MemoryLogQueries } from "./memory_log_queries.ts";

/** Tokens that {@linkcode openApi} knows. */
export const TOKENS = { read: "r".repeat(20), admin: "a".repeat(20) };

/** A record of the log. */
export interface Told {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An API, and what a test needs to ask it. */
export interface TestApi extends AsyncDisposable {
  readonly api: Api;
  readonly queries: MemoryLogQueries;
  readonly told: Told[];
  /** Asks, holds the answer against the document, and gives it back. Of a stream only the type is looked at. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** The same; the answer's JSON. */
  json(path: string, init?: RequestInit): Promise<Readonly<Record<string, unknown>>>;
}

/** Tokens of both kinds. */
export async function testTokens(): Promise<TokenFiles> {
  const tokens = await TokenFiles.open({
    files: [
      { access: "read", read: () => Promise.resolve(`reader:${TOKENS.read}`) },
      { access: "admin", read: () => Promise.resolve(`keeper:${TOKENS.admin}`) },
    ],
  });
  assert(tokens.ok);
  return tokens.value;
}

/** Makes an API over {@linkcode MemoryLogQueries} that needs no token to read and has tokens of both kinds. */
export async function openApi(options: Partial<ApiOptions> = {}): Promise<TestApi> {
  const queries = new MemoryLogQueries();
  const told: Told[] = [];
  const tell = (level: Told["level"]) => (message: string, fields: Told["fields"] = {}) =>
    void told.push({ level, message, fields });
  const api = createApi({
    queries,
    tokens: await testTokens(),
    readNeedsToken: false,
    hosts: ["logs.example.com"],
    basePath: "",
    version: "1.2.3",
    log: { info: tell("info"), warn: tell("warn"), error: tell("error") },
    ...options,
  });
  const check = await documentCheck(api, options.basePath ?? "");
  const ask = async (path: string, init: RequestInit = {}) => {
    const request = requestOf(path, init);
    const response = await api.answer(request);
    await check(request, response);
    return response;
  };
  return {
    api,
    queries,
    told,
    ask,
    json: async (path, init) => await (await ask(path, init)).json(),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

/** A request as the server makes them. */
export function requestOf(path: string, init: RequestInit = {}): Request {
  const headers = new Headers(init.headers);
  if (!headers.has("host")) headers.set("host", "127.0.0.1:8080");
  return new Request(`http://localhost${path}`, { ...init, headers });
}

type Json = Readonly<Record<string, unknown>>;
interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >;
}

/** Fails for an answer that the document does not have, or has otherwise. */
async function documentCheck(api: Api, basePath: string) {
  const document = await (await api.answer(requestOf(`${basePath}/openapi.json`))).json();
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: "api", ...closed(document) as Json });
  const paths = Object.entries(document.paths as Record<string, Record<string, Operation>>).map((
    [path, operations],
  ) => ({
    path,
    pattern: new RegExp(`^${basePath}${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    operations,
  }));
  return async (request: Request, response: Response): Promise<void> => {
    const { pathname } = new URL(request.url);
    const found = paths.find(({ pattern }) => pattern.test(pathname));
    const method = request.method === "HEAD" ? "get" : request.method.toLowerCase();
    const operation = found?.operations[method];
    const type = response.headers.get("content-type")?.replace(/;.*/, "") ?? "";
    if (operation === undefined) {
      assert([400, 403, 404, 405, 414, 421].includes(response.status), `${response.status} of what the document lacks`);
      return;
    }
    const content = operation.responses[response.status]?.content?.[type];
    assert(content !== undefined, `${request.method} ${pathname}: the document has no ${response.status} ${type}`);
    if (!/[/+]json$/.test(type) || request.method === "HEAD") return;
    const pointer = ["paths", found!.path, method, "responses", String(response.status), "content", type, "schema"]
      .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
    const body = response.clone();
    const text = response.headers.get("content-encoding") === "gzip"
      ? new Response(body.body!.pipeThrough(new DecompressionStream("gzip")))
      : body;
    const validate = ajv.getSchema(`api#/${pointer}`)!;
    assert(validate(await text.json()), `${request.method} ${pathname}: ${ajv.errorsText(validate.errors)}`);
  };
}

/** Every object without further properties, so that whatever is sent is described. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const all = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closed(item)]));
  return all.type === "object" && all.properties !== undefined && all.additionalProperties === undefined
    ? { ...all, additionalProperties: false }
    : all;
}
