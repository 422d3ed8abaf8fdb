/**
 * What the server adds to a message when it accepts it: an id and a publish time.
 *
 * @module
 */
import { MESSAGE_ID, NANOS, PUBLISH_TIME, SECONDS } from "../wire/fields.ts";
import { WireWriter } from "../wire/protobuf.ts";

/** Ids that one millisecond has room for: the last 6 of an id's 19 digits count within it. */
const IDS_PER_MS = 1_000_000;
const COUNTER_DIGITS = 6;
const MS_DIGITS = 13;
const ID_LENGTH = MS_DIGITS + COUNTER_DIGITS;

/** Where the id begins in the stamp: after its tag and its length. */
const ID_AT = 2;

/** Has no factor in common with 1,000,000, so that multiplying by it reaches every counter exactly once. */
const STRIDE = 387_420_489;

/** Id: a tag, a length, the digits. Time: a tag, a length, and for each of its two numbers a tag and at most 5 bytes. */
const TIME_BYTES_MAX = 6 + 6;
const STAMP_BYTES_MAX = ID_AT + ID_LENGTH + 2 + TIME_BYTES_MAX;

const DIGIT_ZERO = 48;

/** How {@linkcode MessageStamps} counts. */
export interface StampOptions {
  /**
   * `increasing` ids sort in the order of publishing; `shuffled` ones lie anywhere within a block of a million, as
   * Google's do.
   */
  readonly order: "increasing" | "shuffled";
  /** Digits after the second of a publish time: 6, or the 3 that Google's service gives. */
  readonly timePrecision: "ms" | "us";
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/**
 * Stamps messages. An id has 19 digits: the millisecond in which counting began, then a counter. Ids therefore never
 * start again at 1, and a second run's are other than the first's, unless it published a thousand million a second.
 */
export class MessageStamps {
  readonly #options: StampOptions;
  readonly #scratch = new WireWriter(new Uint8Array(STAMP_BYTES_MAX));
  readonly #offset: number;
  #ms: number;
  #msDigits = "";
  #lastDigits = 0;
  #counter = 0;
  #lastMicros = 0;
  #length = 0;

  constructor(options: StampOptions) {
    this.#options = options;
    this.#ms = Date.now();
    this.#offset = Math.floor(options.random() * IDS_PER_MS);
    this.#setTime();
  }

  /**
   * Begins a request: the messages stamped from here on share one publish time. With microseconds it is later than
   * every one before it, even within one millisecond and when the clock is put back.
   */
  begin(): void {
    this.#setTime();
  }

  /** The encoded id and time of the next message; overwritten by the next call. */
  next(): Uint8Array {
    if (this.#counter === IDS_PER_MS) {
      this.#counter = 0;
      this.#ms++;
      this.#writeMs();
    }
    // The offset stays within the block, so that blocks, and thus runs, never overlap.
    const step = this.#options.order === "shuffled" ? STRIDE : 1;
    let rest = this.#lastDigits = (this.#counter++ * step + (step === 1 ? 0 : this.#offset)) % IDS_PER_MS;
    const { bytes } = this.#scratch;
    for (let digit = COUNTER_DIGITS; digit > 0; digit--) {
      bytes[ID_AT + MS_DIGITS + digit - 1] = DIGIT_ZERO + rest % 10;
      rest = Math.floor(rest / 10);
    }
    return bytes.subarray(0, this.#length);
  }

  /** The id that the last `next` gave. */
  lastId(): string {
    return this.#msDigits + String(this.#lastDigits).padStart(COUNTER_DIGITS, "0");
  }

  #setTime(): void {
    const now = Date.now() * 1000;
    const micros = this.#options.timePrecision === "ms" ? now : Math.max(now, this.#lastMicros + 1);
    this.#lastMicros = micros;
    const seconds = Math.floor(micros / 1e6);
    const time = new WireWriter(new Uint8Array(TIME_BYTES_MAX));
    time.number(SECONDS, seconds);
    // Written even where it is 0: what a publisher may have put there must not shine through.
    time.number(NANOS, (micros - seconds * 1e6) * 1000);
    const writer = this.#scratch;
    writer.at = 0;
    writer.header(MESSAGE_ID, ID_LENGTH);
    this.#writeMs();
    writer.at = ID_AT + ID_LENGTH;
    writer.header(PUBLISH_TIME, time.at);
    writer.raw(time.bytes.subarray(0, time.at));
    this.#length = writer.at;
  }

  #writeMs(): void {
    this.#msDigits = String(this.#ms).padStart(MS_DIGITS, "0");
    for (let index = 0; index < MS_DIGITS; index++) {
      this.#scratch.bytes[ID_AT + index] = this.#msDigits.charCodeAt(index);
    }
  }
}
