/**
 * What a command is, and what it is run with.
 *
 * @module
 */
import type { Config, SettingName } from "../config/settings.ts";
import type { Log } from "../ops/logger.ts";
import type { TableOptions } from "../ops/table.ts";
import type { Terminal } from "../ops/terminal.ts";

/** What the process ends with. */
export const EXIT = {
  ok: 0,
  /** An operating error: the log says which. */
  failed: 1,
  /** An unknown command, flag or value, or settings that contradict each other. */
  usage: 2,
  /** Everything went well, but messages were given back unsettled, and will be delivered again. */
  handedBack: 3,
} as const;

/** What each exit code means, in a few words. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "done",
  failed: "failed",
  usage: "unknown or contradictory settings",
  handedBack: "done but messages were given back",
};

/** The two ways to be asked to stop. */
export interface Stops {
  /** Stop taking in, finish what is held. */
  readonly drain: AbortSignal;
  /** Stop now, give back what is held. Aborted only after `drain`. */
  readonly abort: AbortSignal;
}

/** What a command speaks to the world through. */
export interface Context extends Stops {
  /** LMS's own log, on stderr. */
  readonly log: Log;
  /** stderr, for progress. */
  readonly terminal: Terminal;
  /** Prints a result, on stdout. */
  readonly print: (line: string) => void;
  /** Prints lines as they are, which are safe to show and may have colours. */
  readonly printRows: (rows: readonly string[]) => void;
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
  /** The name that this program was built under: `lms`, `lms-mon`. */
  readonly program: string;
  /** The commands that it has, in the order in which they are listed. */
  readonly commands: readonly Command[];
  /** Its version. */
  readonly version: string;
  /** The same, and how it was built, in a line. */
  readonly build: string;
  /** The day of the commit that it was built from, as YYYY-MM-DD; `undefined` where it runs from source. */
  readonly date: string | undefined;
}

/**
 * Runs a command; returns the exit code.
 *
 * @throws {UsageError} For what only shows once the settings are put together.
 */
export type Run<N extends SettingName = SettingName> = (
  config: Config<N>,
  context: Context,
  args: readonly string[],
) => Promise<number>;

/** A command of the program. */
export interface Command<N extends SettingName = SettingName> {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What it does, for its own help: lines of at most 100 characters. */
  readonly description: readonly string[];
  /** What may stand beside the flags. */
  readonly argument?: {
    /** As a help text shows it: `qty`, `ACTION [ID...]`. */
    readonly name: string;
    readonly help: string;
    /** What the first one may be, where that is one of some words. */
    readonly words?: readonly string[];
    /** How many there may be; default 1. */
    readonly most?: number;
  };
  readonly settings: readonly N[];
  /** Defaults that differ from the settings' own. */
  readonly defaults?: Readonly<Partial<Record<SettingName, string>>>;
  /** What holds where a setting is not given, in words, where the setting's own words are of other commands. */
  readonly notes?: Readonly<Partial<Record<SettingName, string>>>;
  /** Loads what it runs with; not before it is run. */
  load(): Promise<Run<N>>;
}

/** Settings that cannot work; the message is one line that names the setting and the remedy. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Keeps the types of a command's settings. */
export function defineCommand<const N extends SettingName>(command: Command<N>): Command {
  return command as unknown as Command;
}
