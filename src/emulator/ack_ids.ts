/**
 * Ack ids: how the server names a lease to the client, and finds it again.
 *
 * @module
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** 8 characters of 6 bits hold every token: up to 2^48. */
const TOKEN_CHARS = 8;
const TOKEN_LIMIT = 2 ** 48;

/** Shortest id: as many random characters as token, so that another subscription's ids are not taken for its own. */
export const ACK_ID_LENGTH_MIN = 2 * TOKEN_CHARS;

const CODE_OF_VALUE = new Uint8Array([...ALPHABET].map((char) => char.charCodeAt(0)));
const VALUE_OF_CODE = new Uint8Array(256).fill(255);
CODE_OF_VALUE.forEach((code, value) => VALUE_OF_CODE[code] = value);

/** Translates between ack ids and tokens: whole numbers from 0 to 2^48 - 1. */
export class AckIdCodec {
  /** Characters of every id. */
  readonly length: number;
  readonly #prefix: Uint8Array;

  /**
   * @param options.length From {@linkcode ACK_ID_LENGTH_MIN} up; Google's have about 190.
   * @param options.random Numbers in [0, 1), for the part by which ids of two subscriptions differ.
   */
  constructor({ length, random }: { readonly length: number; readonly random: () => number }) {
    this.length = length;
    this.#prefix = Uint8Array.from({ length: length - TOKEN_CHARS }, () => CODE_OF_VALUE[Math.floor(random() * 64)]!);
  }

  /** Writes the id of a token: `length` bytes from `at` on. */
  write(target: Uint8Array, at: number, token: number): void {
    target.set(this.#prefix, at);
    // Two halves, because bit operations know 32 bits.
    writeHalf(target, at + this.#prefix.length, Math.floor(token / 2 ** 24));
    writeHalf(target, at + this.#prefix.length + 4, token % 2 ** 24);
  }

  /** The token of the id that these bytes are, or -1 when it is not an id of this codec. */
  read(bytes: Uint8Array, { start, end }: { readonly start: number; readonly end: number }): number {
    if (end - start !== this.length) return -1;
    const prefix = this.#prefix;
    for (let index = 0; index < prefix.length; index++) {
      if (bytes[start + index] !== prefix[index]) return -1;
    }
    let token = 0;
    for (let at = end - TOKEN_CHARS; at < end; at++) {
      const value = VALUE_OF_CODE[bytes[at]!]!;
      if (value === 255) return -1;
      token = token * 64 + value;
    }
    return token < TOKEN_LIMIT ? token : -1;
  }

  /** Whether these bytes look like an id that a codec of this length wrote: this one or another. */
  isWellFormed(bytes: Uint8Array, { start, end }: { readonly start: number; readonly end: number }): boolean {
    if (end - start !== this.length) return false;
    for (let at = start; at < end; at++) {
      if (VALUE_OF_CODE[bytes[at]!] === 255) return false;
    }
    return true;
  }
}

function writeHalf(target: Uint8Array, at: number, half: number): void {
  target[at] = CODE_OF_VALUE[half >> 18]!;
  target[at + 1] = CODE_OF_VALUE[(half >> 12) & 63]!;
  target[at + 2] = CODE_OF_VALUE[(half >> 6) & 63]!;
  target[at + 3] = CODE_OF_VALUE[half & 63]!;
}

/** The ack ids of one request, left where they came in: a string for each would cost more than handling it. */
export class AckIdList {
  readonly bytes: Uint8Array;
  readonly #bounds: readonly number[];

  /** @param bounds Where each id starts and ends in the bytes: two numbers an id. */
  constructor(bytes: Uint8Array, bounds: readonly number[]) {
    this.bytes = bytes;
    this.#bounds = bounds;
  }

  /** The list of these ids. */
  static of(ids: readonly string[]): AckIdList {
    const bounds: number[] = [];
    let at = 0;
    for (const id of ids) {
      // Ids that this server makes are ASCII; others are only ever found to be unknown.
      bounds.push(at, at += id.length);
    }
    return new AckIdList(Uint8Array.from(ids.join(""), (char) => char.charCodeAt(0)), bounds);
  }

  get count(): number {
    return this.#bounds.length / 2;
  }

  start(index: number): number {
    return this.#bounds[2 * index]!;
  }

  end(index: number): number {
    return this.#bounds[2 * index + 1]!;
  }

  /** The id as the client sent it. */
  text(index: number): string {
    return new TextDecoder().decode(this.bytes.subarray(this.start(index), this.end(index)));
  }

  texts(): string[] {
    return Array.from({ length: this.count }, (_, index) => this.text(index));
  }
}
