/**
 * Lines and a live status on a terminal, plain lines anywhere else.
 *
 * @module
 */
import { oneLine } from "./safe_text.ts";
import { cutTo } from "./width.ts";

/** Where a terminal's text goes. */
export interface TerminalOptions {
  /** Writes text as it is. */
  readonly write: (text: string) => void;
  /** Whether a person is looking: only then is there a status. */
  readonly live: boolean;
  /** Cells in a row, asked at each status; default 80, also where it says 0, as some terminals do. */
  readonly columns?: () => number;
  /** Whether it takes colours; default `false`. */
  readonly colour?: boolean;
}

/** Erases everything from the cursor to the end of the screen. */
const ERASE_BELOW = "\x1b[J";

/**
 * Prints lines, and below them a status of one or more rows that stays at the bottom and is drawn over. What would move
 * the cursor is escaped in the status.
 */
export class Terminal {
  readonly #options: TerminalOptions;
  #rows = 0;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  /** Whether a status is shown at all. */
  get live(): boolean {
    return this.#options.live;
  }

  /** Cells in a row. */
  get columns(): number {
    return this.#options.columns?.() || 80;
  }

  /** Whether it takes colours. */
  get colour(): boolean {
    return this.#options.colour ?? false;
  }

  /** Prints a line above the status; the status is drawn again with the next {@linkcode Terminal.status}. */
  line(text: string): void {
    this.#options.write(`${this.#erased()}${text}\n`);
  }

  /** Draws the status over the one before; no rows erase it. Does nothing where nobody is looking. */
  status(rows: readonly string[]): void {
    if (!this.#options.live) return;
    const columns = this.columns;
    this.#draw(rows.map((row) => cutTo(oneLine(row), columns - 1)));
  }

  /** The same for the rows of a table that is safe to show and as wide as it may be: they have its colours. */
  table(rows: readonly string[]): void {
    if (this.#options.live) this.#draw(rows);
  }

  #draw(rows: readonly string[]): void {
    this.#options.write(this.#erased() + rows.join("\n"));
    this.#rows = rows.length;
  }

  /** What moves the cursor to where the status began, and erases it. */
  #erased(): string {
    if (this.#rows === 0) return "";
    const up = this.#rows > 1 ? `\x1b[${this.#rows - 1}A` : "";
    this.#rows = 0;
    return `\r${up}${ERASE_BELOW}`;
  }
}
