/**
 * Lines and a live status on a terminal, plain lines anywhere else.
 *
 * @module
 */
import { oneLine } from "./safe_text.ts";

/** Where a terminal's text goes. */
export interface TerminalOptions {
  /** Writes text as it is. */
  readonly write: (text: string) => void;
  /** Whether a person is looking: only then is there a status. */
  readonly live: boolean;
  /** Characters in a row, asked at each status; default 80, also where it says 0, as some terminals do. */
  readonly columns?: () => number;
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

  /** Prints a line above the status; the status is drawn again with the next {@linkcode Terminal.status}. */
  line(text: string): void {
    this.#options.write(`${this.#erased()}${text}\n`);
  }

  /** Draws the status over the one before; no rows erase it. Does nothing where nobody is looking. */
  status(rows: readonly string[]): void {
    if (!this.#options.live) return;
    const columns = this.#options.columns?.() || 80;
    const drawn = rows.map((row) => [...oneLine(row)].slice(0, columns - 1).join("")).join("\n");
    this.#options.write(this.#erased() + drawn);
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
