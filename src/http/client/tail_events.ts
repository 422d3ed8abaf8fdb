/**
 * Server-sent events as they come in (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * @module
 */

/** An event: its name and data, an id alone, or a sign of life, which has neither. */
export interface TailEvent {
  readonly name?: string;
  readonly data?: string;
  readonly id?: string;
}

/** The longest event, in characters: an entry's payload and attributes, each character as six. */
const EVENT_MAX = 2 * 1024 * 1024;

/** Reads events. @throws {RangeError} Where one is too long. */
export class TailEvents {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #rest = "";

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** What has come since, as soon as there is something; `undefined` at the end. */
  async next(): Promise<readonly TailEvent[] | undefined> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      const blocks = (this.#rest + this.#decoder.decode(value, { stream: true })).split("\n\n");
      this.#rest = blocks.pop()!;
      if (this.#rest.length > EVENT_MAX) throw new RangeError(`Cannot read event: over ${EVENT_MAX} characters`);
      if (blocks.length > 0) return blocks.map(eventOf);
    }
  }

  /** Ends the connection. */
  async cancel(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }
}

function eventOf(block: string): TailEvent {
  const fields: Record<string, string> = {};
  for (const line of block.split("\n")) {
    const [, field, value] = /^(event|data|id): ?(.*)$/s.exec(line) ?? [];
    if (field !== undefined) fields[field === "event" ? "name" : field] = value!;
  }
  return fields;
}
