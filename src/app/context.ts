/**
 * The world outside the program, as its parts are handed it.
 *
 * @module
 */
import type { PageFiles } from "../http/page/page.ts";
import type { Log } from "../ops/logger.ts";
import type { TableOptions } from "../ops/table.ts";
import type { Terminal } from "../ops/terminal.ts";

/** The two ways to be asked to stop. */
export interface Stops {
  /** Stop taking in, finish what is held. */
  readonly drain: AbortSignal;
  /** Stop now, give back what is held. Aborted only after `drain`. */
  readonly abort: AbortSignal;
}

/** What the parts of the program speak to the world through. */
export interface Context extends Stops {
  /** LMS's own log, on stderr. */
  readonly log: Log;
  /** stderr, for progress. */
  readonly terminal: Terminal;
  /** Prints a result, on stdout. */
  readonly print: (line: string) => void;
  /** Prints lines as they are, which are safe to show and may have colours. */
  readonly printRows: (rows: readonly string[]) => void;
  /** Aborted once nobody reads stdout any more: what would be printed is for nobody. */
  readonly unread: AbortSignal;
  /** How tables are to look on stdout. */
  readonly results: TableOptions;
  /** Whether a person reads stdout, and not a file or a program that wants every byte. */
  readonly interactive: boolean;
  /** Reads a file that the user named. */
  readonly readFile: (path: string) => Promise<string>;
  /** What comes in on stdin. */
  readonly readInput: () => ReadableStream<Uint8Array>;
  /** Makes sure that a file that the user named can be written, and makes an empty one where there is none. */
  readonly reserveFile: (path: string) => Promise<void>;
  /** Whether this program was given the right to write a file there. */
  readonly mayWrite: (path: string) => boolean;
  /** Writes a file that the user named. */
  readonly writeFile: (path: string, text: string) => Promise<void>;
  /** The dashboard's page; `undefined`: this program has none. Default: it has none. */
  readonly readPage?: () => Promise<PageFiles | undefined>;
  /** The name that this program was built under: `lms`, `lms-mon`. */
  readonly program: string;
  /** Its version. */
  readonly version: string;
  /** The same, and how it was built, in a line. */
  readonly build: string;
  /** The day of the commit that it was built from, as YYYY-MM-DD; `undefined` where it runs from source. */
  readonly date: string | undefined;
}
