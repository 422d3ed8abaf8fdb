/**
 * Protobuf's wire format, as much of it as the hot paths read and write by hand, which are the subscriber's and the fake
 * server's: an object per message would cost more than everything else they do
 * (https://protobuf.dev/programming-guides/encoding).
 *
 * @module
 */

/** How a field's value is laid out. */
const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;

/**
 * Steps through the fields of one message without copying. After {@linkcode WireReader.next} answered `true`, the
 * field's number is in `field`, and its value is either `value` or the bytes from `start` to `end`.
 */
export class WireReader {
  /** Number of the field read last. */
  field = 0;
  /** Value of a varint field; 0 for other layouts. */
  value = 0;
  /** Where the value of a length-delimited field begins, in the bytes read. */
  start = 0;
  /** Where it ends. */
  end = 0;
  readonly #bytes: Uint8Array;
  #limit: number;
  #at: number;

  /** Reads `bytes` from `start` (default 0) to `end` (default all). */
  constructor(bytes: Uint8Array, { start = 0, end = bytes.length }: { start?: number; end?: number } = {}) {
    this.#bytes = bytes;
    this.#at = start;
    this.#limit = end;
  }

  /** Reads from `start` to `end` from here on: one reader serves the messages of a list, one after the other. */
  aim({ start, end }: { readonly start: number; readonly end: number }): void {
    this.#at = start;
    this.#limit = end;
  }

  /**
   * Reads the next field.
   *
   * @returns `false` at the end.
   * @throws {RangeError} When the bytes are not a protobuf message.
   */
  next(): boolean {
    if (this.#at >= this.#limit) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.value = 0;
    switch (tag % 8) {
      case WIRE_VARINT:
        this.start = this.#at;
        this.value = this.#varint();
        // Negative numbers come as 64 bits, the first of which is set.
        if (this.value >= 2 ** 63) this.value = this.#signed(this.start);
        this.start = this.end = this.#at;
        return true;
      case WIRE_FIXED64:
        return this.#span(8);
      case WIRE_FIXED32:
        return this.#span(4);
      case WIRE_BYTES:
        return this.#span(this.#varint());
      default:
        throw new RangeError(`Cannot read message: unknown wire type ${tag % 8}`);
    }
  }

  #span(length: number): true {
    this.start = this.#at;
    this.end = this.#at = this.start + length;
    if (this.end > this.#limit) throw new RangeError("Cannot read message: it ends within a field");
    return true;
  }

  /** The varint that begins at `from` and ends here, as a signed number of 64 bits. */
  #signed(from: number): number {
    let bits = 0n;
    for (let at = this.#at - 1; at >= from; at--) bits = bits << 7n | BigInt(this.#bytes[at]! & 0x7f);
    return Number(BigInt.asIntN(64, bits));
  }

  /** At least 0, and exact up to 2^53. */
  #varint(): number {
    // Most are of one byte.
    if (this.#at < this.#limit && this.#bytes[this.#at]! < 0x80) return this.#bytes[this.#at++]!;
    let value = 0;
    for (let factor = 1; factor <= 2 ** 63; factor *= 128) {
      if (this.#at >= this.#limit) throw new RangeError("Cannot read message: it ends within a number");
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError("Cannot read message: a number has more than 10 bytes");
  }
}

/** How many bytes a whole number from 0 to 2^32 - 1 takes. */
export function varintLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  return 5;
}

/** How many bytes a length-delimited field takes whose value has this many. */
export function fieldLength(valueLength: number): number {
  return 1 + varintLength(valueLength) + valueLength;
}

/** Writes into bytes that are known to have room. */
export class WireWriter {
  readonly bytes: Uint8Array;
  /** Where the next byte goes. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** A whole number from 0 to 2^32 - 1. */
  varint(value: number): void {
    while (value >= 0x80) {
      this.bytes[this.at++] = (value & 0x7f) | 0x80;
      value >>>= 7;
    }
    this.bytes[this.at++] = value;
  }

  /** A number field. */
  number(field: number, value: number): void {
    this.bytes[this.at++] = field * 8 + WIRE_VARINT;
    this.varint(value);
  }

  /** What precedes the value of a length-delimited field. The value follows, by whatever writes it. */
  header(field: number, valueLength: number): void {
    this.bytes[this.at++] = field * 8 + WIRE_BYTES;
    this.varint(valueLength);
  }

  /** Bytes as they are. */
  raw(source: Uint8Array): void {
    this.bytes.set(source, this.at);
    this.at += source.length;
  }
}

/** A length-delimited field. For what is seldom encoded; it copies. */
export function field(number: number, value: Uint8Array): Uint8Array {
  const writer = new WireWriter(new Uint8Array(fieldLength(value.length)));
  writer.header(number, value.length);
  writer.raw(value);
  return writer.bytes;
}

/** A string field. */
export function text(number: number, value: string): Uint8Array {
  return field(number, new TextEncoder().encode(value));
}

/** The parts, one after the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const writer = new WireWriter(new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0)));
  for (const part of parts) writer.raw(part);
  return writer.bytes;
}
