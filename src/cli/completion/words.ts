/**
 * What can be completed, from the tables of commands and settings: the same for every shell.
 *
 * @module
 */
import type { Declaration } from "../../commands/command.ts";
import type { Setting } from "../../config/setting.ts";
import { SETTINGS } from "../../config/settings.ts";
import { settingsOf } from "../help.ts";

/** What a script is written for. */
export interface Completed {
  /** The program's name. */
  readonly program: string;
  readonly commands: readonly Declaration[];
}

/** A flag of a command, or of the program. */
export interface CompletedFlag {
  /** Without the dashes. */
  readonly name: string;
  /** A letter that stands for it. */
  readonly short?: string;
  readonly help: string;
  /** What its value is called; absent for a switch. */
  readonly value?: string;
  /** What its value may be: one of some words, a file, or something that nobody can guess. */
  readonly values: readonly string[] | "file" | "any";
  readonly repeats: boolean;
}

const HELP = { name: "help", short: "h", values: "any", repeats: false } as const;

/** What may stand in a command's place. */
export const PROGRAM_FLAGS: readonly CompletedFlag[] = [
  { ...HELP, help: "list the commands" },
  { name: "version", short: "V", help: "print the version", values: "any", repeats: false },
];

/** The command that is not in the table: it explains the others. */
export const HELP_COMMAND = { name: "help", summary: "explain a command" } as const;

/** The flags of a command. */
export function flagsOf(command: Declaration): readonly CompletedFlag[] {
  const flags = settingsOf(command).flatMap((name): CompletedFlag[] => {
    const { flag, short, value, help, repeats, read }: Setting<unknown> = SETTINGS[name];
    if (flag === undefined) return [];
    const values = read.path ? "file" : read.words !== undefined && read.words.length > 0 ? read.words : "any";
    return [{
      name: flag,
      ...(short === undefined ? {} : { short }),
      help,
      ...(value === undefined ? {} : { value }),
      values,
      repeats: repeats === true,
    }];
  });
  return [...flags, { ...HELP, help: "explain this command" }];
}

/** The name of a shell function that is this program's own. */
export function functionName(program: string): string {
  return `_${program.replaceAll(/\W/g, "_")}`;
}
