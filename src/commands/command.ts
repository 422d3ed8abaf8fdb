/**
 * What a command is, and what it is run with.
 *
 * @module
 */
import type { Context } from "../app/context.ts";
import type { Config, SettingName } from "../config/settings.ts";

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

/** What a command is run with. */
export interface CommandContext extends Context {
  /** The commands that this program has, in the order in which they are listed. */
  readonly commands: readonly Declaration[];
}

/**
 * Runs a command; returns the exit code.
 *
 * @throws {UsageError} For what only shows once the settings are put together.
 */
export type Run<N extends SettingName = SettingName> = (
  config: Config<N>,
  context: CommandContext,
  args: readonly string[],
) => Promise<number>;

/** What a command is called, says of itself and takes. */
export interface Declaration<N extends SettingName = SettingName> {
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
    /** One that begins with a single `-`, and is no short flag, is an argument all the same: `-healthz`. */
    readonly dashed?: true;
  };
  readonly settings: readonly N[];
  /** Defaults that differ from the settings' own. */
  readonly defaults?: Readonly<Partial<Record<SettingName, string>>>;
  /** What holds where a setting is not given, in words, where the setting's own words are of other commands. */
  readonly notes?: Readonly<Partial<Record<SettingName, string>>>;
}

/** The settings that a declared command runs with. */
export type ConfigOf<D> = D extends Declaration<infer N> ? Config<N> : never;

/** A command of the program. */
export interface Command extends Declaration {
  /** Loads what it runs with; not before it is run. */
  load(): Promise<Run>;
}

/** Keeps the types of a command's settings. */
export function defineCommand<const N extends SettingName>(declaration: Declaration<N>): Declaration<N> {
  return declaration;
}

/** A declared command with what it runs. @param load Loads it. */
export function runnable<N extends SettingName>(declaration: Declaration<N>, load: () => Promise<Run<N>>): Command {
  return { ...declaration, load } as unknown as Command;
}
