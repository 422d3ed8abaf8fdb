/**
 * From arguments to a command, its settings and its exit code. Opens nothing itself.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { COMMANDS } from "./commands/catalogue.ts";
import { type Command, type Context, EXIT, UsageError } from "./commands/command.ts";
import { explainFailure } from "./commands/failure.ts";
import { commandHelp, programHelp, settingsOf } from "./commands/help.ts";
import { readConfig, type Setting, type SettingName, SETTINGS } from "./config.ts";
import { unknownWord } from "./ops/nearest.ts";
import { redact } from "./ops/redact.ts";
import { oneLine } from "./ops/safe_text.ts";

/** The world as the program is given it. */
export interface World extends Omit<Context, "log" | "commands"> {
  /** Arguments after the program's name. */
  readonly args: readonly string[];
  /** The program's version and how it was built, in a line. */
  readonly build: string;
  /** The commands that this build has; default: every one. */
  readonly commands?: readonly string[];
  /** An environment variable; `undefined` where it is not set or may not be read. */
  readonly env: (name: string) => string | undefined;
  /** Prints a line for a person, on stderr. */
  readonly complain: (line: string) => void;
  /** Makes LMS's own log. */
  readonly openLog: (level: "debug" | "info" | "warn" | "error", format: "text" | "json" | undefined) => Context["log"];
}

/** Runs the program. Never exits by itself: the result is the exit code. */
export async function run(world: World): Promise<number> {
  try {
    return await runCommand(world);
  } catch (error) {
    const failure = explainFailure(error);
    if (failure === undefined) throw error;
    world.complain(oneSafeLine(`${world.program}: ${failure}`));
    return EXIT.failed;
  }
}

async function runCommand(world: World): Promise<number> {
  const { print, program } = world;
  // Whoever collects the log reads every line of it, and the last one most of all.
  const complain = world.env("LOG_FORMAT") === "json"
    ? (problem: string) => world.openLog("error", "json").error(problem)
    : (problem: string) => world.complain(oneSafeLine(problem));
  const commands = COMMANDS.filter(({ name }) => world.commands?.includes(name) ?? true);
  const [first, ...rest] = world.args;
  if (first === undefined) {
    world.complain(programHelp(commands, program));
    return EXIT.failed;
  }
  if (first === "--version" || first === "-V") {
    print(world.build);
    return EXIT.ok;
  }
  if (first === "--help" || first === "-h" || (first === "help" && rest.length === 0)) {
    print(programHelp(commands, program));
    return EXIT.ok;
  }
  const [name, args] = first === "help" ? [rest[0]!, ["--help"]] : [first, rest];
  const command = commands.find((command) => command.name === name);
  if (command === undefined) {
    const kind = name.startsWith("-") ? "flag" : "command";
    const known = kind === "flag" ? ["--help", "--version"] : commands.map(({ name }) => name);
    complain(unknownWord(kind, name, known));
    return EXIT.usage;
  }
  const parsed = parseFlags(command, args);
  if (parsed.help) {
    print(commandHelp(command, program));
    return EXIT.ok;
  }
  if (parsed.problem !== undefined) {
    complain(`${program} ${command.name}: ${parsed.problem}`);
    return EXIT.usage;
  }
  const config = readConfig(settingsOf(command), {
    flags: parsed.flags,
    lists: parsed.lists,
    env: world.env,
    ...(command.defaults === undefined ? {} : { defaults: command.defaults }),
  });
  if (!config.ok) {
    complain(`${program} ${command.name}: ${config.problem}`);
    return EXIT.usage;
  }
  const log = world.openLog(config.value.logLevel, config.value.logFormat);
  try {
    const run = await command.load();
    return await run(config.value, { ...world, commands, log }, parsed.args);
  } catch (error) {
    if (error instanceof UsageError) {
      complain(`${program} ${command.name}: ${error.message}`);
      return EXIT.usage;
    }
    const failure = explainFailure(error);
    if (failure === undefined) throw error;
    log.error(failure);
    return EXIT.failed;
  }
}

/** What was given is repeated in one line, whatever it is, and without a password that it may hold. */
function oneSafeLine(problem: string): string {
  return oneLine(redact(problem));
}

interface Parsed {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly args: readonly string[];
  /** Of flags that may be given several times. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly help: boolean;
  /** What is wrong with the arguments. */
  readonly problem: string | undefined;
}

function parseFlags(command: Command, args: readonly string[]): Parsed {
  const settings = command.settings.map((name: SettingName): Setting<unknown> => SETTINGS[name]);
  const valued = settings.flatMap(({ flag, value }) => flag !== undefined && value !== undefined ? [flag] : []);
  const switches = settings.flatMap(({ flag, value }) => flag !== undefined && value === undefined ? [flag] : []);
  const repeated = settings.flatMap(({ flag, repeats }) => flag !== undefined && repeats === true ? [flag] : []);
  let problem: string | undefined;
  const parsed = parseArgs(args, {
    string: [...valued, "_"],
    boolean: [...switches, "help"],
    collect: repeated,
    alias: { help: "h" },
    unknown: (arg, key) => {
      if (key === undefined) return true;
      const flag = arg.replace(/=.*$/s, "");
      problem ??= unknownWord("flag", flag, [...valued, ...switches, "help"].map((name) => `--${name}`));
      return false;
    },
  });
  const values = parsed as unknown as Readonly<Record<string, unknown>>;
  const positionals = parsed._.map(String);
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
  return { flags, lists, args: positionals, help: values.help === true, problem };
}
