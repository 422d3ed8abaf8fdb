/**
 * The JSON API of Pub/Sub (https://cloud.google.com/pubsub/docs/reference/rest), made of the same calls as gRPC's.
 *
 * Routes and messages are those that the client library's description of the protocol has: nothing is written by hand
 * for a method, and one that the server comes to have is there by itself.
 *
 * @module
 */
import { protos } from "@google-cloud/pubsub";
import description from "@google-cloud/pubsub/build/protos/protos.json" with { type: "json" };
import { STATUS } from "../wire/status_codes.ts";
import type { CallAnswerer } from "./calls.ts";
import { errorResponse, jsonResponse } from "./json_errors.ts";
import { type Match, Routes } from "./json_routes.ts";
import { type Described, type MessageType, Types } from "./json_types.ts";
import { type Fields, isObject, readMessage, shortened, unknownName, writeMessage } from "./json_values.ts";
import { invalidArgument, StatusError } from "./status_error.ts";

const PACKAGE = "google.pubsub.v1";

/** Longer than any name may make it, encoded; what is told of it goes into one line. */
const PATH_CHARS_MAX = 2_048;

/** How many parameters a query may have: more than there are fields. */
const PARAMETERS_MAX = 100;

/** How many values a body may have: about twice those of 1,000 messages with 100 attributes each. */
const VALUES_MAX = 200_000;

/** What Google's APIs have beside a method's own fields (https://cloud.google.com/apis/docs/system-parameters). */
const SYSTEM_PARAMETERS = new Set([
  "access_token",
  "alt",
  "callback",
  "fields",
  "key",
  "oauth_token",
  "passwd",
  "prettyPrint",
  "quotaUser",
  "uploadType",
  "upload_protocol",
  "userIp",
]);

/** As much of a generated message class as is used here. */
interface MessageClass {
  encode(message: Fields): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Fields;
}

/** Answers requests over HTTP. */
export class JsonApi {
  readonly #calls: CallAnswerer;
  readonly #types = new Types(description as Described);
  readonly #routes: Routes;

  constructor(calls: CallAnswerer) {
    this.#calls = calls;
    this.#routes = new Routes(PACKAGE.split(".").reduce(inside, description as Described), PACKAGE);
  }

  /** Never throws: what fails is an answer too. */
  async answer(request: Request): Promise<Response> {
    try {
      return await this.#answer(request);
    } catch (error) {
      return errorResponse(error);
    }
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.length > PATH_CHARS_MAX) throw invalidArgument(`A path may have ${PATH_CHARS_MAX} characters`);
    const method = methodOf(request);
    const match = this.#routes.match(method, decoded(pathname));
    if (match === undefined) {
      throw new StatusError(
        STATUS.NOT_FOUND,
        `The JSON API of Pub/Sub has nothing at ${shortened(method)} ${shortened(pathname)}`,
      );
    }
    const { path, requestType, responseType } = match.route;
    const message = await this.#request(request, match);
    const bytes = classOf(this.#types.message(requestType, PACKAGE)).encode(message).finish();
    const answer = await this.#calls.answer(path, bytes, { token: tokenOf(request), signal: request.signal });
    const type = this.#types.message(responseType, PACKAGE);
    const pretty = (searchParams.get("prettyPrint") ?? searchParams.get("$prettyPrint")) !== "false";
    return jsonResponse(writeMessage(classOf(type).decode(answer), type), { pretty });
  }

  /** The request as a message: of its body, its query and its path, of which the last wins. */
  async #request(request: Request, { route: { requestType, body: bodyField }, fields }: Match): Promise<Fields> {
    const type = this.#types.message(requestType, PACKAGE);
    const body = bodyField === undefined ? undefined : await bodyOf(request);
    const json = bodyField === "*" ? body ?? {} : {};
    // Told as such before anything is put into it.
    if (!isObject(json)) throw invalidArgument("Invalid JSON payload received. The body must be an object");
    if (bodyField !== undefined && bodyField !== "*" && body !== undefined) json[bodyField] = body;
    if (bodyField !== "*") bindQuery(json, new URL(request.url).searchParams, type);
    else for (const name of new URL(request.url).searchParams.keys()) refuseUnknown(name);
    for (const [name, value] of fields) place(json, { name, value, type });
    return readMessage(json, { type, path: "" });
  }
}

function inside(described: Described, name: string): Described {
  return described.nested?.[name] ?? {};
}

/** Clients that cannot send a method say so in a header. */
function methodOf({ method, headers }: Request): string {
  return method === "POST" ? headers.get("x-http-method-override")?.toUpperCase() ?? method : method;
}

function tokenOf({ headers }: Request): string | undefined {
  return /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw invalidArgument(`The path cannot be decoded: ${shortened(pathname)}`);
  }
}

/** `undefined`: there is none, which stands for an empty object. */
async function bodyOf(request: Request): Promise<unknown> {
  const { headers } = request;
  const type = headers.get("content-type") ?? "";
  // A page of another site can send other types than JSON, and does not have to ask for that.
  if (headers.has("origin") && !/^application\/json\b/i.test(type)) {
    throw invalidArgument("A page's request must have the content-type application/json");
  }
  if (!/^(identity)?$/i.test(headers.get("content-encoding") ?? "")) {
    throw invalidArgument("A compressed body is not supported");
  }
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (hasMoreValues(bytes, VALUES_MAX)) {
    throw invalidArgument(`Invalid JSON payload received. It may have ${VALUES_MAX} values`);
  }
  let body;
  try {
    body = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalidArgument("Invalid JSON payload received. It is not UTF-8");
  }
  if (body.trim() === "") return undefined;
  try {
    return JSON.parse(body);
  } catch (error) {
    throw invalidArgument(`Invalid JSON payload received. ${shortened((error as Error).message)}`);
  }
}

/** Whether JSON has more values than this. They are counted first: parsed, a megabyte of small ones takes a hundred. */
function hasMoreValues(json: Uint8Array, valuesMax: number): boolean {
  let [count, quoted] = [0, false];
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === 0x22) quoted = !quoted;
    else if (quoted && byte === 0x5c) at++;
    // Each value but the first has one of , [ { before it.
    else if (!quoted && (byte === 0x2c || byte === 0x5b || byte === 0x7b) && ++count > valuesMax) return true;
  }
  return false;
}

function bindQuery(json: Fields, parameters: URLSearchParams, type: MessageType): void {
  if (parameters.size > PARAMETERS_MAX) throw invalidArgument(`A query may have ${PARAMETERS_MAX} parameters`);
  for (const [name, value] of parameters) {
    if (!isSystemParameter(name)) place(json, { name, value, type });
  }
}

function isSystemParameter(name: string): boolean {
  return SYSTEM_PARAMETERS.has(name) || name.startsWith("$");
}

function refuseUnknown(name: string): void {
  if (!isSystemParameter(name)) throw unknownName(name, "");
}

/** Puts a value from the path or the query where its name, with dots between the parts, says. */
function place(
  json: Fields,
  { name, value, type }: { readonly name: string; readonly value: string; readonly type: MessageType },
): void {
  const [first = "", ...rest] = name.split(".");
  const field = type.field(first);
  if (field === undefined) throw unknownName(first, "");
  // Of the two names that it may have, the body may use the other.
  const key = Object.keys(json).find((given) => type.field(given) === field) ?? field.name;
  if (rest.length === 0) {
    const typed = field.type === "bool" && /^(true|false)$/.test(value) ? value === "true" : value;
    json[key] = field.shape === "list" ? [...(Array.isArray(json[key]) ? json[key] : []), typed] : typed;
    return;
  }
  if (typeof field.type === "string" || field.type.kind !== "message" || field.shape !== "single") {
    throw unknownName(name, "");
  }
  const inner = isObject(json[key]) ? json[key] : {};
  json[key] = inner;
  place(inner, { name: rest.join("."), value, type: field.type });
}

function classOf({ name }: MessageType): MessageClass {
  const found = name.split(".").reduce<unknown>((at, part) => (at as Fields)[part], protos);
  return found as MessageClass;
}
