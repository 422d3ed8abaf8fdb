/**
 * The body of a request: of an announced length, or in chunks (RFC 9112, 6 and 7).
 *
 * @module
 */
import { RequestError } from "./request_error.ts";

/** Where the bytes come from. */
export interface ByteSource {
  /** What was read and belongs to what comes next. */
  rest: Uint8Array;
  /** Adds what comes next to the rest. Whether there was more. */
  fill(): Promise<boolean>;
}

/** A body that is announced, and not read yet. */
export interface AnnouncedBody {
  /** @throws {RequestError} Where it is longer than allowed, or not whole. */
  read(source: ByteSource): Promise<Uint8Array<ArrayBuffer>>;
}

/** The size of a chunk, and whatever it may say beside it, which nobody does. */
const CHUNK_LINE_BYTES = 256;
/** Lines after the last chunk. */
const TRAILERS_MAX = 64;

const LATIN1 = new TextDecoder("latin1");

/**
 * What the headers say of a body.
 *
 * @returns `undefined` where there is none.
 * @throws {RequestError} Where they can be read in two ways, or announce more than allowed.
 */
export function announcedBody(headers: Headers, bytesMax: number): AnnouncedBody | undefined {
  const [length, coding] = [headers.get("content-length"), headers.get("transfer-encoding")];
  if (coding !== null) {
    if (length !== null) throw new RequestError(400, "a body has a content-length or a transfer-encoding, not both");
    if (coding.toLowerCase() !== "chunked") throw new RequestError(501, "the only transfer-encoding here is chunked");
    return { read: (source) => readChunks(source, bytesMax) };
  }
  if (length === null) return undefined;
  // Two lengths are one value with a comma.
  if (!/^\d{1,15}$/.test(length)) throw new RequestError(400, "the content-length is not a number");
  const bytes = Number(length);
  if (bytes > bytesMax) throw tooLong(bytesMax);
  if (bytes === 0) return undefined;
  return {
    read: async (source) => {
      const body = new GrowingBytes(bytes);
      await move(source, bytes, body);
      return body.bytes();
    },
  };
}

async function readChunks(source: ByteSource, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const body = new GrowingBytes(bytesMax);
  for (;;) {
    const [, digits] = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(await readLine(source)) ?? [];
    if (digits === undefined) throw new RequestError(400, "a chunk's size cannot be understood");
    const size = parseInt(digits, 16);
    if (size === 0) break;
    if (body.length + size > bytesMax) throw tooLong(bytesMax);
    await move(source, size, body);
    if (await readLine(source) !== "") throw new RequestError(400, "a chunk is longer than its size");
  }
  for (let count = 0; await readLine(source) !== ""; count++) {
    if (count >= TRAILERS_MAX) throw new RequestError(431, "too many lines after the last chunk");
  }
  return body.bytes();
}

/** A line without its end. */
async function readLine(source: ByteSource): Promise<string> {
  for (;;) {
    const end = source.rest.indexOf(10);
    if (end > CHUNK_LINE_BYTES || end < 0 && source.rest.length > CHUNK_LINE_BYTES) {
      throw new RequestError(400, "a line of a body in chunks is too long");
    }
    if (end >= 0) {
      if (source.rest[end - 1] !== 13) throw new RequestError(400, "a line of a body in chunks has a bare line feed");
      const line = LATIN1.decode(source.rest.subarray(0, end - 1));
      source.rest = source.rest.subarray(end + 1);
      return line;
    }
    if (!await source.fill()) throw notWhole();
  }
}

/** Moves so many bytes from the source to the body. */
async function move(source: ByteSource, count: number, body: GrowingBytes): Promise<void> {
  for (let left = count; left > 0;) {
    if (source.rest.length === 0 && !await source.fill()) throw notWhole();
    const part = source.rest.subarray(0, left);
    body.add(part);
    source.rest = source.rest.subarray(part.length);
    left -= part.length;
  }
}

/** Bytes that are not copied again with each part, and take no more than twice the room of what has come. */
class GrowingBytes {
  length = 0;
  readonly #bytesMax: number;
  #room = new Uint8Array(0);

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(part: Uint8Array): void {
    const length = this.length + part.length;
    if (length > this.#room.length) {
      const room = new Uint8Array(Math.min(this.#bytesMax, Math.max(length * 2, 1024)));
      room.set(this.#room.subarray(0, this.length));
      this.#room = room;
    }
    this.#room.set(part, this.length);
    this.length = length;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#room.subarray(0, this.length);
  }
}

function notWhole(): RequestError {
  return new RequestError(400, "the body is shorter than announced");
}

function tooLong(bytesMax: number): RequestError {
  return new RequestError(413, `a body may have ${bytesMax} bytes`);
}
