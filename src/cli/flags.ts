/**
 * From the arguments of a command to its flags.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { Declaration } from "../commands/command.ts";
import type { Setting } from "../config/setting.ts";
import { type SettingName, SETTINGS } from "../config/settings.ts";
import { unknownWord } from "../ops/nearest.ts";
import { settingsOf } from "./help.ts";

/** Flags as given, by name. */
export type Flags = Readonly<Record<string, string | undefined>>;

/** What the arguments of a command say. */
export interface Parsed {
  readonly flags: Flags;
  readonly args: readonly string[];
  /** Of flags that may be given several times. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly help: boolean;
  readonly version: boolean;
  /** What is wrong with the arguments. */
  readonly problem: string | undefined;
}

/** Before an argument that is to be taken as it is; no argument of a process can hold one. */
const MARK = "\0";

/**
 * Arguments with short flags written in full, and with a mark before what only looks like a flag: the library would read
 * `-healthz` as six flags, and `--since -15m` as a flag without a value.
 */
function spelledOut(
  args: readonly string[],
  { settings, valued, dashed }: {
    readonly settings: readonly Setting<unknown>[];
    readonly valued: readonly string[];
    readonly dashed: boolean;
  },
): string[] {
  const shorts = new Map(settings.flatMap(({ short, flag }) => short === undefined ? [] : [[short, flag!] as const]));
  const end = args.indexOf("--");
  const before = end < 0 ? args : args.slice(0, end);
  const out: string[] = [];
  for (let at = 0; at < before.length; at++) {
    const arg = before[at]!;
    const [, letters, value] = /^-([A-Za-z]+)=?(\d*)$/.exec(arg) ?? [];
    const flags = [...letters ?? ""].map((letter) => shorts.get(letter));
    if (letters !== undefined && !flags.includes(undefined)) {
      out.push(...flags.map((flag) => `--${flag}`));
      if (value !== "") out.push(`${out.pop()}=${value}`);
    } else if (dashed && /^-[^-]/.test(arg) && !/^-[hvV]$/.test(arg)) {
      out.push(MARK + arg);
    } else out.push(arg);
    if (valued.some((flag) => out.at(-1) === `--${flag}`) && /^-\d/.test(before[at + 1] ?? "")) {
      out.push(`${out.pop()}=${before[++at]}`);
    }
  }
  return [...out, ...args.slice(before.length)];
}

/** Parses the arguments of a command, without reading what its settings are set to. */
export function parseFlags(command: Declaration, args: readonly string[]): Parsed {
  const settings = settingsOf(command).map((name: SettingName): Setting<unknown> => SETTINGS[name]);
  const valued = settings.flatMap(({ flag, value }) => flag !== undefined && value !== undefined ? [flag] : []);
  const switches = settings.flatMap(({ flag, value }) => flag !== undefined && value === undefined ? [flag] : []);
  const repeated = settings.flatMap(({ flag, repeats }) => flag !== undefined && repeats === true ? [flag] : []);
  let problem: string | undefined;
  const parsed = parseArgs(spelledOut(args, { settings, valued, dashed: command.argument?.dashed === true }), {
    string: [...valued, "_"],
    boolean: [...switches, "help", "version"],
    collect: repeated,
    alias: { help: "h", version: ["V", "v"] },
    unknown: (arg, key) => {
      if (key === undefined) return true;
      const flag = arg.replace(/=.*$/s, "");
      problem ??= unknownWord("flag", flag, [...valued, ...switches, "help", "version"].map((name) => `--${name}`));
      return false;
    },
  });
  const values = parsed as unknown as Readonly<Record<string, unknown>>;
  const positionals = parsed._.map((word) => String(word).replace(MARK, ""));
  const most = command.argument === undefined ? 0 : command.argument.most ?? 1;
  if (positionals.length > most) {
    problem ??= `Cannot use the argument "${positionals[most]}": ` +
      (most === 0 ? "this command takes none" : `this command takes one, ${command.argument!.name}`);
  }
  const flags: Record<string, string | undefined> = {};
  const lists: Record<string, readonly string[]> = {};
  for (const flag of valued) flags[flag] = values[flag] as string | undefined;
  for (const flag of repeated) {
    lists[flag] = values[flag] as readonly string[];
    flags[flag] = undefined;
  }
  for (const flag of switches) flags[flag] = values[flag] === true ? "true" : undefined;
  return { flags, lists, args: positionals, help: values.help === true, version: values.version === true, problem };
}
