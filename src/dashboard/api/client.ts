/**
 * Asks the HTTP API, with the session's token.
 *
 * @module
 */
import type { Parameters } from "../router.ts";
import { failureOf, RequestFailed } from "./failure.ts";

/** What the client is made of. */
export interface ClientOptions {
  readonly token: () => string | undefined;
  /** Default: the browser's. */
  readonly fetch?: typeof fetch;
}

/** Parameters as the API takes them. */
export type Asked = Readonly<Record<string, string | number | boolean | undefined>>;

/** The API's client. Paths are relative to the page, which lies beside `v1/`. */
export class Client {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** An answer's JSON. @throws {RequestFailed} For a problem. @throws {TypeError} Where nothing answers. */
  async get<T>(path: string, asked: Asked = {}, signal?: AbortSignal): Promise<T> {
    return await (await this.#ask(pathOf(path, asked), { signal: signal ?? null })).json();
  }

  /** The same of what changes something. */
  async post<T>(path: string, body: unknown): Promise<T> {
    const headers = { "content-type": "application/json" };
    return await (await this.#ask(path, { method: "POST", body: JSON.stringify(body), headers })).json();
  }

  /** A stream of events. */
  async stream(
    path: string,
    { asked, lastId, signal }: {
      readonly asked: Parameters;
      readonly lastId: string | undefined;
      readonly signal: AbortSignal;
    },
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (lastId !== undefined) headers["last-event-id"] = lastId;
    const { body } = await this.#ask(pathOf(path, asked), { headers, signal });
    if (body === null) throw new TypeError("The answer has no body");
    return body;
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const token = this.#options.token();
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    const response = await (this.#options.fetch ?? fetch)(path, { ...init, headers, credentials: "omit" });
    if (!response.ok) throw new RequestFailed(await failureOf(response));
    return response;
  }
}

function pathOf(path: string, asked: Asked): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}
