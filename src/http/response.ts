/**
 * Writes HTTP/1.1 answers (RFC 9112), as they come: a body that never ends is one of an open stream of events.
 *
 * @module
 */

/** How an answer goes out. */
export interface WriteOptions {
  /** Sends all of these bytes. */
  readonly send: (bytes: Uint8Array) => Promise<void>;
  /** Aborted when nothing can be sent any more: a body may wait for its next part for ever. */
  readonly ended: AbortSignal;
  /** Whether the connection stays open after it. */
  readonly keepAlive: boolean;
  /** Whether a body of unknown length is sent in chunks; else it ends with the connection. */
  readonly chunked: boolean;
  /** Default: true. */
  readonly withBody?: boolean;
}

const UTF8 = new TextEncoder();

/** Writes an answer. Where it cannot be sent, its body is cancelled. */
export async function writeResponse(response: Response, options: WriteOptions): Promise<void> {
  const { send, ended, keepAlive, withBody = true } = options;
  const { status, body } = response;
  const headers = new Headers(response.headers);
  if (!headers.has("date")) headers.set("date", new Date().toUTCString());
  if (body === null && status !== 204 && status !== 304) headers.set("content-length", "0");
  const chunked = body !== null && options.chunked && !headers.has("content-length");
  if (chunked) headers.set("transfer-encoding", "chunked");
  if (!keepAlive) headers.set("connection", "close");
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const reader = body?.getReader();
  const cancel = () => void reader?.cancel();
  ended.addEventListener("abort", cancel, { once: true });
  try {
    await send(UTF8.encode(`HTTP/1.1 ${status} ${response.statusText || (REASONS[status] ?? "")}\r\n${lines}\r\n`));
    if (reader === undefined || !withBody) return;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      await send(chunked ? chunkOf(next.value) : next.value);
    }
    if (chunked) await send(UTF8.encode("0\r\n\r\n"));
  } finally {
    ended.removeEventListener("abort", cancel);
    // After the end this does nothing.
    await reader?.cancel();
  }
}

/** Without an empty one, which would be the last. */
function chunkOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return bytes;
  const head = UTF8.encode(`${bytes.length.toString(16)}\r\n`);
  const chunk = new Uint8Array(head.length + bytes.length + 2);
  chunk.set(head);
  chunk.set(bytes, head.length);
  chunk.set([13, 10], head.length + bytes.length);
  return chunk;
}

/** What people read beside the number. */
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  409: "Conflict",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};
