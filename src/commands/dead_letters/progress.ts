/**
 * How far a long piece of work has come, for who waits for it.
 *
 * @module
 */
import type { Context } from "../../app/context.ts";

/** Where nobody is looking, a log is told as often. */
const TOLD_EVERY_MS = 10_000;

/** What is worked at. */
export interface ProgressOptions {
  readonly context: Pick<Context, "log" | "terminal">;
  /** What is being done: `dropping`. */
  readonly doing: string;
  /** How many there are; `undefined` where nobody knows yet. */
  readonly total: number | undefined;
}

/** Shows how many were seen to: at once on a terminal, every 10 s in the log elsewhere. */
export class Progress {
  readonly #options: ProgressOptions;
  #toldAt = performance.now();
  #done = 0;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  /** How many were seen to. */
  get done(): number {
    return this.#done;
  }

  /** Some more were seen to. */
  add(count: number): void {
    this.#done += count;
    const { context: { log, terminal }, doing, total } = this.#options;
    if (terminal.live) {
      const share = total === undefined || total === 0 ? "" : ` of ${total}, ${Math.floor(100 * this.#done / total)} %`;
      terminal.status([`${doing}: ${this.#done}${share}`]);
      return;
    }
    const now = performance.now();
    if (now - this.#toldAt < TOLD_EVERY_MS) return;
    this.#toldAt = now;
    log.info(doing, { done: this.#done, ...(total === undefined ? {} : { of: total }) });
  }

  /** Nothing is shown any more. */
  end(): void {
    this.#options.context.terminal.status([]);
  }
}
