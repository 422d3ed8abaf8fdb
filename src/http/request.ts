/**
 * Reads HTTP/1.1 requests (RFC 9112) from a connection, and refuses whatever could be read in two ways.
 *
 * @module
 */

/** Where requests come from. */
export interface RequestSource {
  /** What was read and belongs to the next request. */
  rest: Uint8Array;
  read(buffer: Uint8Array): Promise<number | null>;
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

/** A request that is not answered, with the reason as a status and a line. The connection ends with it. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/1\.([01])$/;
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
export async function readRequest(
  source: RequestSource,
  { headBytes, bodyBytes }: { readonly headBytes: number; readonly bodyBytes: number },
): Promise<ReadRequest | undefined> {
  const head = await readHead(source, headBytes);
  if (head === undefined) return undefined;
  const [requestLine = "", ...lines] = head.split("\r\n");
  const [, method, target, minor] = REQUEST_LINE.exec(requestLine) ?? [];
  if (method === undefined || target === undefined) throw new RequestError(400, "not an HTTP/1.1 request");
  const headers = readHeaders(lines);
  const connection = (headers.get("connection") ?? "").toLowerCase();
  const keepAlive = minor === "1" ? !/\bclose\b/.test(connection) : false;
  const body = await readBody(source, headers, bodyBytes);
  return {
    request: makeRequest(method, target, headers, body),
    keepAlive,
    chunked: minor === "1",
    withBody: method !== "HEAD",
  };
}

async function readHead(source: RequestSource, bytesMax: number): Promise<string | undefined> {
  for (;;) {
    const end = endOfHead(source.rest);
    if (end > bytesMax || end < 0 && source.rest.length > bytesMax) {
      throw new RequestError(431, "the headers are too long");
    }
    if (end >= 0) {
      const head = LATIN1.decode(source.rest.subarray(0, end));
      source.rest = source.rest.subarray(end + HEAD_END.length);
      return head;
    }
    if (!await readMore(source)) return undefined;
  }
}

function endOfHead(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (HEAD_END.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

/** Whether there was more. */
async function readMore(source: RequestSource): Promise<boolean> {
  const buffer = new Uint8Array(4_096);
  const count = await source.read(buffer);
  if (count === null) return false;
  const joined = new Uint8Array(source.rest.length + count);
  joined.set(source.rest);
  joined.set(buffer.subarray(0, count), source.rest.length);
  source.rest = joined;
  return true;
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

/** The body that the client announced by its length; a body in chunks has none, and is not taken. */
async function readBody(
  source: RequestSource,
  headers: Headers,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (headers.has("transfer-encoding")) throw new RequestError(411, "a body needs a content-length");
  // Two lengths are one value with a comma.
  const given = headers.get("content-length") ?? "0";
  if (!/^\d{1,15}$/.test(given)) throw new RequestError(400, "the content-length is not a number");
  const length = Number(given);
  if (length > bytesMax) throw new RequestError(413, `a body may have ${bytesMax} bytes`);
  if (length === 0) return undefined;
  while (source.rest.length < length) {
    if (!await readMore(source)) throw new RequestError(400, "the body is shorter than its content-length");
  }
  const body = source.rest.slice(0, length);
  source.rest = source.rest.subarray(length);
  return body;
}

function makeRequest(
  method: string,
  target: string,
  headers: Headers,
  body: Uint8Array<ArrayBuffer> | undefined,
): Request {
  // A path, or a whole URL as a proxy sends it.
  const path = target.startsWith("/") ? target : /^https?:\/\/[^/?#]*(\/.*)$/i.exec(target)?.[1];
  if (path === undefined) throw new RequestError(400, "the request names no path");
  if ((method === "GET" || method === "HEAD") && body !== undefined) {
    throw new RequestError(400, `${method} takes no body`);
  }
  try {
    return new Request(`http://localhost${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  } catch {
    // CONNECT and TRACE, which nothing here answers.
    throw new RequestError(405, "method not allowed");
  }
}
