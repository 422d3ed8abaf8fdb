/**
 * How much one request may still take.
 *
 * @module
 */
import type { ReadBounds } from "../store/log_reader.ts";
import { ReadTimeoutError } from "../store/log_rows.ts";
import { BUDGET_MS, type ReadOptions, ROWS_MAX, TIMEOUT_MS } from "./log_queries.ts";

/** The bounds of a request from its begin on. */
export class Budget {
  readonly #signal: AbortSignal | undefined;
  readonly #timeoutMs: number;
  readonly #endsAt: number;
  readonly #answersAt: number;
  readonly #rowsMax: number;
  #examined = 0;

  /** @throws {RangeError} On a bound that is no whole number above 0. */
  constructor(options: ReadOptions = {}) {
    const { signal, timeoutMs = TIMEOUT_MS, budgetMs = BUDGET_MS, rowsMax = ROWS_MAX } = options;
    for (const [name, value] of Object.entries({ timeoutMs, budgetMs, rowsMax })) {
      if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`Cannot read: ${name} is ${value}`);
    }
    this.#signal = signal;
    this.#timeoutMs = timeoutMs;
    const now = performance.now();
    this.#endsAt = now + timeoutMs;
    this.#answersAt = now + Math.min(budgetMs, timeoutMs);
    this.#rowsMax = rowsMax;
  }

  /** Rows that were read. */
  get examined(): number {
    return this.#examined;
  }

  /** Rows that may still be read. */
  get rowsLeft(): number {
    return Math.max(this.#rowsMax - this.#examined, 0);
  }

  /** Whether to answer with what there is. */
  get isSpent(): boolean {
    return this.rowsLeft === 0 || performance.now() >= this.#answersAt;
  }

  /** For the next question. @throws {ReadTimeoutError} When there is no time for one. */
  get bounds(): ReadBounds {
    this.#signal?.throwIfAborted();
    const leftMs = Math.floor(this.#endsAt - performance.now());
    if (leftMs < 1) throw new ReadTimeoutError(`Cannot read: it takes longer than ${this.#timeoutMs} ms`);
    return { signal: this.#signal, timeoutMs: leftMs };
  }

  spend(rows: number): void {
    this.#examined += rows;
  }
}
