/**
 * Standard error: the log of a process and, on a terminal, its status.
 *
 * @module
 */
import { type Log, type LogFormat, type LogLevel, openLog } from "./logger.ts";
import { Terminal } from "./terminal.ts";
import { TextQueue } from "./text_queue.ts";

/** How much may wait for its reader, in characters. */
const WAITING_MAX = 1024 * 1024;

/** The stream itself. */
export interface StderrStream {
  /** Writes some of the bytes and resolves to how many. */
  write(bytes: Uint8Array): Promise<number>;
  isTerminal(): boolean;
}

/** Takes everything at once, and writes it aside: who reads it slowly, or not at all, holds nothing up. */
export class Stderr {
  readonly terminal: Terminal;
  readonly #queue: TextQueue;
  #log: Log | undefined;

  /**
   * @param options.columns Cells in a row of the terminal; asked only where it is one.
   * @param options.colour Whether it takes colours; default `false`.
   */
  constructor(
    stream: StderrStream,
    { columns, colour = false }: { readonly columns: () => number; readonly colour?: boolean },
  ) {
    this.#queue = new TextQueue({
      write: (bytes) => stream.write(bytes),
      waitingMax: WAITING_MAX,
      dropped: (count) => this.#log?.warn("lines of the log were dropped, because nobody read them", { count }),
    });
    this.terminal = new Terminal({
      write: (text) => this.#queue.add(text),
      live: stream.isTerminal(),
      columns,
      colour,
    });
  }

  /** Opens the log, by default for people on a terminal and for machines elsewhere. */
  openLog(level: LogLevel, format: LogFormat = this.terminal.live ? "text" : "json"): Log {
    const { terminal } = this;
    return this.#log = openLog({ level, format, colour: terminal.colour, write: (line) => terminal.line(line) });
  }

  /** The log, once it is open. */
  get log(): Log | undefined {
    return this.#log;
  }

  /** Whether everything is written. */
  get idle(): boolean {
    return this.#queue.idle;
  }

  /** Adds a result that is printed on the same terminal; unlike the log it is never dropped. */
  print(text: string): void {
    this.#queue.keep(text);
  }

  /** Resolves when everything is written, or after this many milliseconds. */
  flushed(ms: number): Promise<void> {
    return this.#queue.flushed(ms);
  }
}
