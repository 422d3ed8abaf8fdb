/**
 * A stream of bytes as lines, of which none is held that is too long.
 *
 * @module
 */

/** Reads lines of UTF-8 text; `undefined` stands for one that was too long. */
export class TextLines {
  readonly #input: ReadableStream<Uint8Array>;
  readonly #lineMax: number;
  readonly #signal: AbortSignal;

  /** @param options.lineMax In characters. @param options.signal Ends it, also while nothing comes. */
  constructor(
    input: ReadableStream<Uint8Array>,
    { lineMax, signal }: { readonly lineMax: number; readonly signal: AbortSignal },
  ) {
    this.#input = input;
    this.#lineMax = lineMax;
    this.#signal = signal;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string | undefined> {
    const reader = this.#input.getReader();
    const decoder = new TextDecoder();
    const cancel = () => void reader.cancel().catch(() => {});
    this.#signal.addEventListener("abort", cancel);
    try {
      let [rest, skipping] = ["", false];
      while (!this.#signal.aborted) {
        const { done, value } = await reader.read();
        if (this.#signal.aborted) return;
        const lines = (rest + (done ? decoder.decode() : decoder.decode(value, { stream: true }))).split("\n");
        rest = lines.pop()!;
        for (const line of lines) {
          if (!skipping) yield line.length > this.#lineMax ? undefined : line;
          skipping = false;
        }
        if (rest.length > this.#lineMax) {
          if (!skipping) yield undefined;
          [rest, skipping] = ["", true];
        }
        if (!done) continue;
        if (rest !== "" && !skipping) yield rest;
        return;
      }
    } finally {
      this.#signal.removeEventListener("abort", cancel);
      cancel();
    }
  }
}
