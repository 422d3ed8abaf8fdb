/**
 * Text on its way to a stream that may take it slowly, or never.
 *
 * @module
 */

/** Where a queue's text goes, and how much of it may wait. */
export interface TextQueueOptions {
  /** Writes some of the bytes and resolves to how many. */
  readonly write: (bytes: Uint8Array) => Promise<number>;
  /** Text that may be dropped is dropped where more than this many UTF-16 units wait. */
  readonly waitingMax: number;
  /** Told how many texts were dropped, once there is room again. */
  readonly dropped: (count: number) => void;
}

/** How long a stream is left alone that is not ready: one that another process made non-blocking. */
const NOT_READY_MS = 50;

const UTF8 = new TextEncoder();

/**
 * Takes texts at once and writes them in order. If nobody reads the stream, or it is gone, texts are lost, and
 * counted; the process is never held up.
 */
export class TextQueue {
  readonly #options: TextQueueOptions;
  #texts: string[] = [];
  #waiting = 0;
  #dropped = 0;
  #writing: Promise<void> | undefined;

  constructor(options: TextQueueOptions) {
    this.#options = options;
  }

  /** Whether everything is written. */
  get idle(): boolean {
    return this.#writing === undefined;
  }

  /** Adds a text; drops it where too much waits. */
  add(text: string): void {
    if (text === "") return;
    if (this.#waiting + text.length > this.#options.waitingMax && this.#waiting > 0) this.#dropped++;
    else this.keep(text);
  }

  /** Adds a text, however much waits. */
  keep(text: string): void {
    this.#texts.push(text);
    this.#waiting += text.length;
    this.#writing ??= this.#write();
  }

  /** Resolves when everything is written, or after this many milliseconds. */
  async flushed(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
    await Promise.race([this.#writing, late]);
    clearTimeout(timer);
  }

  async #write(): Promise<void> {
    while (this.#texts.length > 0) {
      const texts = this.#texts;
      this.#texts = [];
      const text = texts.join("");
      await this.#writeAll(UTF8.encode(text));
      this.#waiting -= text.length;
      if (this.#dropped > 0 && this.#waiting <= this.#options.waitingMax / 2) {
        const count = this.#dropped;
        this.#dropped = 0;
        this.#options.dropped(count);
      }
    }
    this.#writing = undefined;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        try {
          at += await this.#options.write(bytes.subarray(at));
        } catch (error) {
          if (!(error instanceof Deno.errors.WouldBlock)) throw error;
          await new Promise((resolve) => setTimeout(resolve, NOT_READY_MS));
        }
      }
    } catch {
      // The reader went away, or the disk is full: no reason to stop.
    }
  }
}
