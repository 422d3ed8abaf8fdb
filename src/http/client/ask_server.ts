/**
 * Asks an LMS API on a server, within bounds.
 *
 * @module
 */
import { failure, type Result, success } from "../../ops/result.ts";
import { oneLine } from "../../ops/safe_text.ts";
import { ReadTimeoutError } from "../../store/log_rows.ts";
import { StoreError } from "../../store/store.ts";

/** Where an API is, and by whose leave it is asked. */
export interface ServerAddress {
  /** With the base path, and without a `/` at its end. */
  readonly url: string;
  /** Read anew at each request, so that it may change meanwhile. */
  readonly token?: (() => Promise<string>) | undefined;
}

/** Asks for a path, from `/v1/` on; resolves to the answer, whatever its status. @throws {StoreError} `reconnect`. */
export type AskServer = (path: string, options: AskOptions) => Promise<Response>;

/** How a server is asked. */
export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The longest answer that is read, in bytes: a page has 8 Mi characters, of which each takes 6 bytes at most. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** An answer must begin so soon: the server's own limit for a statement is 10 s. */
const BEGIN_MS = 20_000;

/**
 * Reads an API's URL.
 *
 * @param options.token Whether a token is to be sent.
 * @returns The URL as it is asked; or why it is none, reading on after its name.
 */
export function parseServerUrl(text: string, { token }: { readonly token: boolean }): Result<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    return failure("must be an address such as http://127.0.0.1:8080 or https://logs.example.com/lms");
  }
  if (url.username !== "" || url.password !== "") {
    return failure("must hold no password; --token-file names a token's file");
  }
  if (url.search !== "" || url.hash !== "") return failure("must end with its path");
  if (token && url.protocol === "http:" && !isLoopback(url.hostname)) {
    return failure("would send the token over plain HTTP to another machine; use https");
  }
  return success(`${url.origin}${url.pathname.replace(/\/+$/, "")}`);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Asks a server. Redirects are not followed: the token is for nobody else. */
export function askServer({ url, token }: ServerAddress): AskServer {
  return async (path, { signal, headers = {} }) => {
    const secret = await token?.();
    const begun = new AbortController();
    const timer = setTimeout(() => begun.abort(), BEGIN_MS);
    try {
      return await fetch(`${url}${path}`, {
        headers: { ...headers, ...secret === undefined ? {} : { authorization: `Bearer ${secret}` } },
        redirect: "manual",
        signal: signal === undefined ? begun.signal : AbortSignal.any([signal, begun.signal]),
      });
    } catch (error) {
      signal?.throwIfAborted();
      const why = begun.signal.aborted ? `it does not answer within ${BEGIN_MS / 1_000} s` : reasonOf(error);
      throw new StoreError(`Cannot ask ${url}: ${why}`, { disposition: "reconnect", cause: error });
    } finally {
      clearTimeout(timer);
    }
  };
}

function reasonOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}

/** An answer's JSON. @throws {StoreError} What the server says is wrong. @throws {ReadTimeoutError} */
export async function jsonOf(response: Response, url: string): Promise<unknown> {
  const text = await boundedText(response, url);
  if (response.ok) {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw noApi(url, error);
    }
  }
  const problem = problemIn(text) ?? `it answers ${response.status}`;
  if (response.status === 504) throw new ReadTimeoutError(`Cannot read: ${problem}`);
  // What passes: too much at once, the database away, a proxy without its server.
  const passes = response.status === 429 || response.status === 502 || response.status === 503;
  const remedy = response.status === 401 ? "; --token-file names a file with a token" : "";
  throw new StoreError(`Cannot read from ${url}: ${problem}${remedy}`, {
    disposition: passes ? "reconnect" : "fatal",
    cause: undefined,
  });
}

/** Of an answer that no API of this version gives. */
export function noApi(url: string, cause: unknown): StoreError {
  return new StoreError(`Cannot read from ${url}: what it answers is no LMS API of this version`, {
    disposition: "fatal",
    cause,
  });
}

/** An answer's text. @throws {StoreError} Where it is too long, or breaks off. */
export async function boundedText(response: Response, url: string): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  try {
    for await (const part of response.body ?? []) {
      bytes += part.length;
      if (bytes > ANSWER_BYTES_MAX) {
        throw new StoreError(`Cannot read from ${url}: the answer is over ${ANSWER_BYTES_MAX} bytes`, {
          disposition: "fatal",
          cause: undefined,
        });
      }
      text += decoder.decode(part, { stream: true });
    }
  } catch (error) {
    if (error instanceof StoreError || (error as Error)?.name === "AbortError") throw error;
    throw new StoreError(`Cannot read from ${url}: ${reasonOf(error)}`, { disposition: "reconnect", cause: error });
  }
  return text + decoder.decode();
}

/** A problem's own words (RFC 9457), in one line that is safe to show. */
function problemIn(text: string): string | undefined {
  try {
    const { detail, remedy } = JSON.parse(text) as { readonly detail?: unknown; readonly remedy?: unknown };
    if (typeof detail !== "string") return undefined;
    return oneLine(typeof remedy === "string" ? `${detail}; ${remedy}` : detail);
  } catch {
    return undefined;
  }
}
