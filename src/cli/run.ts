/**
 * From arguments to a command, its settings and its exit code. Opens nothing itself.
 *
 * @module
 */
import type { Context } from "../app/context.ts";
import { EXIT } from "../commands/command.ts";
import { readConfig } from "../config/read_config.ts";
import type { Setting } from "../config/setting.ts";
import { SETTINGS } from "../config/settings.ts";
import { UsageError } from "../config/usage_error.ts";
import { misleadingVariables } from "../config/variables.ts";
import type { LogFormat, LogLevel } from "../ops/logger.ts";
import { unknownWord } from "../ops/nearest.ts";
import { redact } from "../ops/redact.ts";
import { oneLine } from "../ops/safe_text.ts";
import { COMMANDS } from "./catalogue.ts";
import { explainFailure } from "./failure.ts";
import { type Flags, parseFlags } from "./flags.ts";
import { commandHelp, programHelp, settingsOf } from "./help.ts";

/** The world as the program is given it. */
export interface World extends Omit<Context, "log"> {
  /** Arguments after the program's name. */
  readonly args: readonly string[];
  /** The commands that this build has; default: every one. */
  readonly commands?: readonly string[];
  /** An environment variable; `undefined` where it is not set or may not be read. */
  readonly env: (name: string) => string | undefined;
  /** Prints a line for a person, on stderr. */
  readonly complain: (line: string) => void;
  /** Makes LMS's own log. */
  readonly openLog: (level: LogLevel, format: LogFormat | undefined) => Context["log"];
}

/** Tells what is wrong, once. */
type Complain = (problem: string, given?: { readonly flags?: Flags; readonly lines?: readonly string[] }) => void;

/** Runs the program. Never exits by itself: the result is the exit code. */
export async function run(world: World): Promise<number> {
  const complain: Complain = (problem, { flags = {}, lines = [] } = {}) => {
    const format = readConfig(["logFormat"], { flags, env: world.env, defaults: platformDefaults(world) });
    const asked = format.ok ? format.value.logFormat : undefined;
    // Whoever collects the log reads every line of it, and the last one most of all.
    if (asked === "json" || asked === "gcp") world.openLog("error", asked).error(problem);
    // What was given is repeated in one line, whatever it is, and without a password that it may hold.
    else [oneLine(redact(problem)), ...lines].forEach((line) => world.complain(line));
  };
  try {
    return await runCommand(world, complain);
  } catch (error) {
    const failure = explainFailure(error);
    if (failure === undefined) throw error;
    complain(`${world.program}: ${failure}`);
    return EXIT.failed;
  }
}

/** Defaults of settings that depend on where the program runs. */
function platformDefaults({ env }: Pick<World, "env">): { readonly logFormat?: LogFormat } {
  return env("K_SERVICE") || env("CLOUD_RUN_JOB") ? { logFormat: "gcp" } : {};
}

/** How the program's version is asked for, beside the command. */
const VERSION_FLAGS: readonly string[] = ["--version", "-V", "-v"];

async function runCommand(world: World, complain: Complain): Promise<number> {
  const { print, program } = world;
  const help = { program, width: world.results.columns };
  const commands = COMMANDS.filter(({ name }) => world.commands?.includes(name) ?? true);
  const [first, ...rest] = world.args;
  if (first === undefined) {
    world.complain(programHelp(commands, help));
    return EXIT.failed;
  }
  if (VERSION_FLAGS.includes(first)) {
    print(world.build);
    return EXIT.ok;
  }
  if (first === "--help" || first === "-h" || (first === "help" && rest.length === 0)) {
    print(programHelp(commands, help));
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
    print(commandHelp(command, help));
    return EXIT.ok;
  }
  if (parsed.version) {
    print(world.build);
    return EXIT.ok;
  }
  const { flags, lists } = parsed;
  const refuse = (problem: string, lines: readonly string[] = []) => {
    complain(`${program} ${command.name}: ${problem}`, { flags, lines });
    return EXIT.usage;
  };
  if (parsed.problem !== undefined) return refuse(parsed.problem);
  const names = settingsOf(command);
  const defaults = { ...platformDefaults(world), ...command.defaults };
  const config = readConfig(names, { flags, lists, env: world.env, defaults });
  if (!config.ok) return refuse(config.problem);
  const log = world.openLog(config.value.logLevel, config.value.logFormat);
  const settings = names.map((name): Setting<unknown> => SETTINGS[name]);
  for (const warning of misleadingVariables(settings, { flags, env: world.env })) {
    log.warn(warning);
  }
  try {
    const run = await command.load();
    return await run(config.value, { ...world, commands, log }, parsed.args);
  } catch (error) {
    if (error instanceof UsageError) return refuse(error.message, error.lines);
    const failure = explainFailure(error);
    if (failure === undefined) throw error;
    log.error(failure);
    return EXIT.failed;
  }
}
