/**
 * A sign of life of what has said nothing for long.
 *
 * @module
 */

/** Calls `beat` whenever `everyMs` have gone by without a {@linkcode Heartbeat.restart}; 0: never. */
export class Heartbeat implements Disposable {
  readonly #everyMs: number;
  readonly #beat: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(everyMs: number, beat: () => void) {
    this.#everyMs = everyMs;
    this.#beat = beat;
    this.restart();
  }

  /** There was another sign of life just now. */
  restart(): void {
    clearInterval(this.#timer);
    if (this.#everyMs > 0) this.#timer = setInterval(this.#beat, this.#everyMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
