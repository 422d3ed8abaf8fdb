/**
 * Reads HTTP/1.1 requests (RFC 9112) from a connection, and refuses whatever could be read in two ways.
 *
 * @module
 */

import { announcedBody, type ByteSource } from "./body.ts";
import { RequestError } from "./request_error.ts";

export { RequestError };

/** Where requests come from. */
export interface RequestSource extends ByteSource {
  /** Tells the client, which waits for that, to send the body that it announced. */
  proceed(): Promise<void>;
}

/** What a request may be, and what belongs to it. */
export interface ReadOptions {
  readonly headBytes: number;
  readonly bodyBytes: number;
  /** The signal of the request. Default: one that is never aborted. */
  readonly signal?: AbortSignal;
}

/** A request, and what its answer has to look like. */
export interface ReadRequest {
  readonly request: Request;
  /** Whether the client wants to go on after the answer. */
  readonly keepAlive: boolean;
  /** Whether the client understands an answer in chunks, as HTTP/1.1 has them. */
  readonly chunked: boolean;
  /** Not after HEAD. */
  readonly withBody: boolean;
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/1\.([01])$/;
const METHOD_BYTE = /^[!#$%&'*+.^_`|~\w-]$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*)$/;
const HEAD_END = [13, 10, 13, 10];

/** Latin-1: a byte is a character, so that nothing of a head can be malformed. */
const LATIN1 = new TextDecoder("latin1");

/**
 * Reads the next request, with its body.
 *
 * @returns `undefined` where the client has ended instead of asking.
 * @throws {RequestError} For what is over a limit, or not HTTP/1.0 or 1.1.
 */
export async function readRequest(source: RequestSource, options: ReadOptions): Promise<ReadRequest | undefined> {
  const head = await readHead(source, options.headBytes);
  if (head === undefined) return undefined;
  const [requestLine = "", ...lines] = head.split("\r\n");
  const [, method, target, minor] = REQUEST_LINE.exec(requestLine) ?? [];
  if (method === undefined || target === undefined) throw notHttp();
  const headers = readHeaders(lines);
  const connection = (headers.get("connection") ?? "").toLowerCase();
  const keepAlive = minor === "1" ? !/\bclose\b/.test(connection) : false;
  const announced = announcedBody(headers, options.bodyBytes);
  await readExpectation(source, headers);
  const body = await announced?.read(source);
  return {
    request: makeRequest(method, target, { headers, body, signal: options.signal }),
    keepAlive,
    chunked: minor === "1",
    withBody: method !== "HEAD",
  };
}

async function readHead(source: RequestSource, bytesMax: number): Promise<string | undefined> {
  for (;;) {
    // Such as a TLS hello, whose sender would wait for long.
    if (source.rest.length > 0 && !METHOD_BYTE.test(String.fromCharCode(source.rest[0]!))) throw notHttp();
    const end = endOfHead(source.rest);
    if (end > bytesMax || end < 0 && source.rest.length > bytesMax) {
      throw new RequestError(431, "the headers are too long");
    }
    if (end >= 0) {
      const head = LATIN1.decode(source.rest.subarray(0, end));
      source.rest = source.rest.subarray(end + HEAD_END.length);
      return head;
    }
    if (!await source.fill()) return undefined;
  }
}

function notHttp(): RequestError {
  return new RequestError(400, "not an HTTP/1.1 request");
}

function endOfHead(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (HEAD_END.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

function readHeaders(lines: readonly string[]): Headers {
  const headers = new Headers();
  for (const line of lines) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new RequestError(400, "a header cannot be understood");
    try {
      headers.append(name, value);
    } catch {
      throw new RequestError(400, "a header cannot be understood");
    }
  }
  return headers;
}

/** A client with a long body may wait to be told that it is wanted. */
async function readExpectation(source: RequestSource, headers: Headers): Promise<void> {
  const expected = headers.get("expect");
  if (expected === null) return;
  if (expected.toLowerCase() !== "100-continue") throw new RequestError(417, "what is expected is not known here");
  // One that has sent some of it does not wait.
  if (source.rest.length === 0) await source.proceed();
}

function makeRequest(
  method: string,
  target: string,
  { headers, body, signal }: {
    readonly headers: Headers;
    readonly body: Uint8Array<ArrayBuffer> | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Request {
  // A path, or a whole URL as a proxy sends it.
  const path = target.startsWith("/") ? target : /^https?:\/\/[^/?#]*(\/.*)$/i.exec(target)?.[1];
  if (path === undefined) throw new RequestError(400, "the request names no path");
  const empty = body === undefined || body.length === 0;
  if ((method === "GET" || method === "HEAD") && !empty) throw new RequestError(400, `${method} takes no body`);
  try {
    return new Request(`http://localhost${path}`, {
      method,
      headers,
      ...(empty ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch {
    // CONNECT and TRACE, which nothing here answers.
    throw new RequestError(405, "method not allowed");
  }
}
