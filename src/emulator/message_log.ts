/**
 * The messages of one topic, encoded, in the order they were published.
 *
 * @module
 */

/** Messages per segment: few enough that one message nobody settles keeps little memory, enough that segments are cheap. */
const SEGMENT_MESSAGES = 256;

/** Room that a segment starts with, when there is none to go by. */
const FIRST_SEGMENT_BYTES = 4096;

/** A run of messages, back to back in one piece of memory. */
interface Segment {
  bytes: Uint8Array;
  /** Where each message ends; it begins where the one before it ends. */
  readonly ends: Uint32Array;
  /** Messages times subscriptions that still need them. */
  holds: number;
}

/**
 * An append-only log. A message is known by its position, a number that counts from 0 and is never reused, so that
 * what waits or is leased costs a number and not an object. Memory is given back segment by segment, once every
 * subscription released every message of it.
 */
export class MessageLog {
  readonly #segments = new Map<number, Segment>();
  #end = 0;
  #lastIndex = -1;
  #lastSegment: Segment | undefined;

  /** The position that the next message gets. */
  get end(): number {
    return this.#end;
  }

  /** Bytes of memory that the messages take, including room to grow. */
  get memoryBytes(): number {
    let bytes = 0;
    for (const segment of this.#segments.values()) bytes += segment.bytes.length + segment.ends.byteLength;
    return bytes;
  }

  /**
   * Adds the message whose encoding is the parts, one after the other.
   *
   * @param holders How many times it will be released; at least 1.
   */
  append(parts: readonly Uint8Array[], holders: number): void {
    const slot = this.#end % SEGMENT_MESSAGES;
    const segment = slot === 0 ? this.#newSegment() : this.#segment(this.#end);
    const start = slot === 0 ? 0 : segment.ends[slot - 1]!;
    let length = 0;
    for (const part of parts) length += part.length;
    if (start + length > segment.bytes.length) grow(segment, { used: start, needed: start + length });
    let at = start;
    for (const part of parts) {
      segment.bytes.set(part, at);
      at += part.length;
    }
    segment.ends[slot] = at;
    segment.holds += holders;
    this.#end++;
    if (slot === SEGMENT_MESSAGES - 1 && at < segment.bytes.length) segment.bytes = segment.bytes.slice(0, at);
  }

  /** The encoding of the message at a position that is not released yet; valid until the next `append`. */
  message(position: number): Uint8Array {
    const segment = this.#segment(position);
    const slot = position % SEGMENT_MESSAGES;
    return segment.bytes.subarray(slot === 0 ? 0 : segment.ends[slot - 1]!, segment.ends[slot]!);
  }

  /** How many bytes {@linkcode MessageLog.message} has. */
  size(position: number): number {
    const { ends } = this.#segment(position);
    const slot = position % SEGMENT_MESSAGES;
    return ends[slot]! - (slot === 0 ? 0 : ends[slot - 1]!);
  }

  /** One holder needs the message no more. */
  release(position: number): void {
    const segment = this.#segment(position);
    segment.holds--;
    const index = Math.floor(position / SEGMENT_MESSAGES);
    const growing = index === Math.floor(this.#end / SEGMENT_MESSAGES);
    if (segment.holds > 0 || growing) return;
    this.#segments.delete(index);
    if (this.#lastIndex === index) this.#lastIndex = -1;
  }

  #newSegment(): Segment {
    const index = this.#end / SEGMENT_MESSAGES;
    const before = this.#segments.get(index - 1);
    if (before?.holds === 0) this.#segments.delete(index - 1);
    const segment = {
      bytes: new Uint8Array(Math.max(before?.bytes.length ?? 0, FIRST_SEGMENT_BYTES)),
      ends: new Uint32Array(SEGMENT_MESSAGES),
      holds: 0,
    };
    this.#segments.set(index, segment);
    this.#lastIndex = index;
    this.#lastSegment = segment;
    return segment;
  }

  #segment(position: number): Segment {
    const index = Math.floor(position / SEGMENT_MESSAGES);
    // Neighbours are asked for one after the other.
    if (index === this.#lastIndex) return this.#lastSegment!;
    const segment = this.#segments.get(index);
    if (segment === undefined) throw new RangeError(`Cannot read message: position ${position} is released`);
    this.#lastIndex = index;
    this.#lastSegment = segment;
    return segment;
  }
}

/** Doubling keeps appending linear. */
function grow(segment: Segment, { used, needed }: { readonly used: number; readonly needed: number }): void {
  const bytes = new Uint8Array(Math.max(needed, segment.bytes.length * 2));
  bytes.set(segment.bytes.subarray(0, used));
  segment.bytes = bytes;
}
